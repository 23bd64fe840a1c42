#include "tests/integration/crash/crash_node.hpp"

#include <unistd.h>

#include <cstdio>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "base/core/encoding.hpp"
#include "base/crypto/system_random.hpp"
#include "node/journal/origin.hpp"
#include "node/storage/rocksdb_hooks.hpp"
#include "tests/support/journal_kit.hpp"
#include "tests/support/unsynced_file_system.hpp"

namespace sekisho::node::crash {

namespace {

constexpr int kThreads = 4;
constexpr std::uint8_t kAgreements = 3;

Result<CrashNode> open_node(const std::string& folder, Mode mode, bool publish) {
  RocksDbOptions options;
  options.path = folder + "/db";
  options.did = "did:web:farm.jp.example";
  options.write_buffer = 1U << 20;  // small, so that flushes and WAL changes fall into the kills
  if (mode != Mode::Real) {
    auto files = std::make_shared<testing_support::UnsyncedFileSystem>();
    options.hooks = std::make_shared<const RocksDbHooks>(RocksDbHooks{std::move(files), mode != Mode::NoSync});
  }
  Result<std::unique_ptr<RocksDbStorage>> storage = RocksDbStorage::open(std::move(options));
  if (!storage) return fail(storage.error());
  CrashNode node;
  node.storage = std::move(*storage);

  const testing::JournalKit kit;
  JournalOptions journal = kit.options(folder + "/anchor");
  const auto clock = std::make_shared<SystemClock>(std::chrono::milliseconds(100));
  journal.clock = clock;
  journal.random = std::make_shared<SystemRandom>();
  Result<std::unique_ptr<Journal>> opened = Journal::open(std::move(journal), node.storage);
  if (!opened) return fail(opened.error());
  node.journal = std::move(*opened);
  if (!publish) return node;
  Result<std::unique_ptr<Publisher>> publisher =
      Publisher::start(*node.journal, {kit.log, folder + "/anchor", std::chrono::milliseconds(5), 64});
  if (!publisher) return fail(publisher.error());
  node.publisher = std::move(*publisher);
  return node;
}

void say(int out, const std::string& line) {
  if (::write(out, line.data(), line.size()) != static_cast<ssize_t>(line.size())) ::_exit(3);
}

// One release of an agreement with a quota: claim, statement, count, all in one unit.
Unit release(std::uint64_t n, std::uint8_t agreement) {
  Unit unit = testing::one(testing::intent(n, Digest{agreement}));
  Bytes claim(32);
  SystemRandom random;
  random.fill(claim);
  unit.claims.push_back({claim});
  unit.derive = [agreement](const std::vector<CommittedEntry>& entries, std::vector<Mutation>& rows) {
    const std::uint64_t used = trust::parse_statement(entries[0].payload)->counter.value() + 1;
    const auto value = be64(used);
    rows.push_back({Family::Quota, Bytes{agreement}, Bytes(value.begin(), value.end())});
  };
  return unit;
}

void append_for_ever(Journal& journal, int out, int thread) {
  for (std::uint64_t n = 0;; ++n) {
    const std::uint8_t agreement = static_cast<std::uint8_t>(1 + (n + static_cast<std::uint64_t>(thread)) % kAgreements);
    Result<Committed> done = journal.commit_blocking(release(n, agreement));
    if (!done) {
      std::fputs((done.error().chain() + "\n").c_str(), stderr);
      ::_exit(4);
    }
    say(out, fmt::format("E {} {}\n", done->entries[0].index, to_hex(done->entries[0].id)));
  }
}

}  // namespace

std::shared_ptr<KeySigner> statement_signer() { return testing::JournalKit().statement; }

Result<CrashNode> CrashNode::open(const std::string& folder, Mode mode) { return open_node(folder, mode, true); }

Result<CrashNode> CrashNode::open_to_check(const std::string& folder) { return open_node(folder, Mode::Real, false); }

int run_child(const std::string& folder, Mode mode, int out) {
  Result<CrashNode> node = CrashNode::open(folder, mode);
  if (!node) {
    std::fputs((node.error().chain() + "\n").c_str(), stderr);
    return 2;
  }
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) threads.emplace_back(append_for_ever, std::ref(*node->journal), out, t);
  std::shared_ptr<const Published> last;
  for (;;) {
    std::shared_ptr<const Published> now = node->publisher->latest();
    if (now != last) say(out, fmt::format("C {} {}\n", now->size, to_hex(now->root)));
    last = std::move(now);
    std::this_thread::yield();
  }
}

}  // namespace sekisho::node::crash
