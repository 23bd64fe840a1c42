// Durable, integrated appends: statements of about 600 octets with six tokens and a counter, sealed and synced before
// anyone is told, from coroutines on one thread beside the writer.
//
//   journal_bench [--folder FOLDER] [--seconds N]
//
// Prints one JSON line {"appends_per_s":…, …}. The folder must be on the medium to be measured.
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <thread>
#include <vector>

#include "base/async/spawn.hpp"
#include "base/async/worker_pool.hpp"
#include "base/crypto/system_random.hpp"
#include "node/audit/publisher.hpp"
#include "node/storage/rocksdb_storage.hpp"
#include "tests/support/journal_kit.hpp"
#include "tests/support/temp_folder.hpp"

namespace sekisho::node {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::uint64_t kInFlight = 512;

struct Load {
  explicit Load(Journal& j) : journal(j) {}

  Journal& journal;
  std::atomic<bool> stop{false};
  std::atomic<std::uint64_t> next{0};
  std::atomic<std::uint64_t> running{0};
  std::atomic<std::uint64_t> failed{0};
  std::atomic<std::uint64_t> octets{0};
  std::vector<std::uint32_t> latencies_us;  // written by the one worker thread
};

async::Task<void> produce(Load& load) {
  while (!load.stop) {
    const std::uint64_t n = load.next++;
    EntryDraft draft = testing::intent(n, Digest{static_cast<std::uint8_t>(n % 7)});
    const Steady::time_point begin = Steady::now();
    Result<Committed> done = co_await load.journal.commit(testing::one(std::move(draft)));
    if (!done) {
      ++load.failed;
      continue;
    }
    load.octets += done->entries[0].payload.size();
    load.latencies_us.push_back(static_cast<std::uint32_t>(
        std::chrono::duration_cast<std::chrono::microseconds>(Steady::now() - begin).count()));
  }
  --load.running;
}

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6; };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

std::unique_ptr<Journal> open_journal(const std::filesystem::path& folder, std::shared_ptr<RocksDbStorage>& storage) {
  storage = RocksDbStorage::open({.path = folder / "db", .did = "did:web:farm.jp.example", .hooks = nullptr}).value();
  JournalOptions options = testing::JournalKit().options((folder / "anchor").string());
  options.clock = std::make_shared<SystemClock>(std::chrono::milliseconds(100));
  options.random = std::make_shared<SystemRandom>();
  return Journal::open(std::move(options), storage).value();
}

int run(const std::filesystem::path& folder, std::chrono::milliseconds span) {
  std::shared_ptr<RocksDbStorage> storage;
  const std::unique_ptr<Journal> journal = open_journal(folder, storage);
  const auto publisher =
      Publisher::start(*journal, {testing::JournalKit().log, (folder / "anchor").string(), std::chrono::seconds(1), 4096})
          .value();
  Load load(*journal);
  load.latencies_us.reserve(1U << 22);
  async::WorkerPool workers(1);
  const std::uint64_t before = journal->head().size;
  const double cpu = cpu_seconds();
  const Steady::time_point begin = Steady::now();
  for (std::uint64_t i = 0; i < kInFlight; ++i) {
    ++load.running;
    async::spawn(workers.next(), produce(load), "bench");
  }
  std::this_thread::sleep_for(span);
  load.stop = true;
  while (load.running > 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  const double seconds = std::chrono::duration<double>(Steady::now() - begin).count();
  const double used = cpu_seconds() - cpu;
  const std::uint64_t appended = journal->head().size - before;
  workers.stop();
  if (load.failed != 0 || appended != load.latencies_us.size()) {
    std::fprintf(stderr, "appended %llu, acknowledged %zu, failed %llu\n", static_cast<unsigned long long>(appended),
                 load.latencies_us.size(), static_cast<unsigned long long>(load.failed));
    return 1;
  }
  std::ranges::sort(load.latencies_us);
  const auto percentile = [&](std::size_t p) { return load.latencies_us[load.latencies_us.size() * p / 100]; };
  std::printf("{\"appends_per_s\":%.0f,\"append_p50_us\":%u,\"append_p99_us\":%u,\"append_cpu_us\":%.1f,"
              "\"payload_octets\":%llu}\n",
              static_cast<double>(appended) / seconds, percentile(50), percentile(99),
              used * 1e6 / static_cast<double>(appended),
              static_cast<unsigned long long>(load.octets / std::max<std::uint64_t>(appended, 1)));
  return 0;
}

}  // namespace
}  // namespace sekisho::node

int main(int argc, char** argv) {
  const sekisho::testing_support::TempFolder temporary;
  std::filesystem::path folder = temporary.path();
  int seconds = 5;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view name = argv[i];
    if (name == "--folder") folder = argv[i + 1];
    if (name == "--seconds") seconds = std::atoi(argv[i + 1]);
  }
  std::filesystem::create_directories(folder);
  return sekisho::node::run(folder, std::chrono::seconds(seconds));
}
