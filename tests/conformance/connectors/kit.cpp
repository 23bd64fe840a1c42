#include "tests/conformance/connectors/kit.hpp"

#include <atomic>
#include <charconv>
#include <thread>

#include "base/async/sync_wait.hpp"
#include "base/core/encoding.hpp"
#include "base/core/log.hpp"
#include "base/http/client.hpp"
#include "tests/conformance/connectors/checks.hpp"

namespace sekisho::conformance {

namespace {

constexpr std::size_t kThreads = 16;  // the checks mostly wait

template <Fault fault>
async::Task<Outcome> fault_of(const Bench* bench) {
  return check_fault(bench, fault);
}

constexpr CheckInfo kChecks[] = {
    {Check::Settings, "settings", "spec and settings: good ones taken, bad ones and strange hosts refused",
     check_settings},
    {Check::CheckCall, "check", "check() on a working source, an absent one and without its secret", check_check},
    {Check::Schema, "schema", "the discovered schema validates every record", check_schema},
    {Check::Order, "order", "every record once and in order, whatever the credits", check_order},
    {Check::Resume, "resume", "from every cursor without loss or repeat", check_resume},
    {Check::Acknowledge, "acknowledge", "what was acknowledged never comes again, the rest does", check_acknowledge},
    {Check::Budget, "budget", "a long stream in a small memory", check_budget, true},
    {Check::SlowSink, "slow-sink", "a sink that sleeps keeps memory flat", check_slow_sink, true},
    {Check::Reset, "reset", "a connection reset", fault_of<Fault::Reset>, false, Fault::Reset},
    {Check::Garbage, "garbage", "garbage instead of an answer", fault_of<Fault::Garbage>, false, Fault::Garbage},
    {Check::Delay, "delay", "no answer before the deadline", fault_of<Fault::Delay>, false, Fault::Delay},
    {Check::TooManyRequests, "429", "429 with Retry-After", fault_of<Fault::TooManyRequests>, false,
     Fault::TooManyRequests},
    {Check::Burst503, "503", "a burst of 503", fault_of<Fault::Burst503>, false, Fault::Burst503},
    {Check::Truncated, "truncated", "a record that is cut off", fault_of<Fault::Truncated>, false, Fault::Truncated},
    {Check::WrongLength, "wrong-length", "fewer octets than announced", fault_of<Fault::WrongLength>, false,
     Fault::WrongLength},
    {Check::TokenExpiry, "token", "the token ends in mid-stream", check_token},
    {Check::ClockSkew, "clock-skew", "the source's clock is ten minutes off", check_skew},
    {Check::Cancel, "cancel", "cancel ends a read that waits", check_cancel},
    {Check::Canary, "canary", "the secret stands in no log, error or cursor", check_canary},
};

// Log lines of the whole run go into one notebook.
class LogTap {
 public:
  explicit LogTap(Notebook& notebook) : level_(log_level()) {
    set_log_level(LogLevel::Debug);
    set_log_sink([&notebook](std::string_view line) { notebook.note(line); });
  }
  ~LogTap() {
    set_log_sink(nullptr);
    set_log_level(level_);
  }

 private:
  LogLevel level_;
};

Outcome run_check(const CheckInfo& info, const Bench& bench) {
  const auto start = std::chrono::steady_clock::now();
  Outcome out;
  const std::string absent = bench.subject.unavailable();
  const std::string excuse = absent.empty() ? bench.subject.not_applicable(info.check) : absent;
  if (!excuse.empty()) {
    out = not_applicable(excuse);
  } else {
    try {
      out = async::sync_wait(info.run(&bench));
    } catch (const std::exception& e) {
      out = failed(std::string("threw: ") + e.what());
    }
  }
  out.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return out;
}

}  // namespace

std::span<const CheckInfo> checks() { return kChecks; }

Outcome passed(std::string detail) { return {Verdict::Passed, std::move(detail), 0}; }
Outcome failed(std::string detail) { return {Verdict::Failed, std::move(detail), 0}; }
Outcome not_applicable(std::string reason) { return {Verdict::NotApplicable, std::move(reason), 0}; }

Sizes Sizes::quick() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return {300, 4U << 20, 0, 3};  // a budget of 0: the process is not measured
#else
  return {2000, 48U << 20, 24U << 20, 10};
#endif
}

std::string record_line(std::uint64_t number, std::size_t bytes) {
  std::string line = "{\"n\":" + std::to_string(number) + ",\"pad\":\"";
  const std::size_t used = line.size() + 3;  // "} and the newline
  line.append(bytes > used ? bytes - used : 0, 'x');
  line += "\"}\n";
  return line;
}

std::optional<std::uint64_t> Subject::number_of(std::string_view line) const {
  const std::size_t at = line.find("\"n\":");
  if (at == line.npos) return std::nullopt;
  line.remove_prefix(at + 4);
  if (line.starts_with('"')) line.remove_prefix(1);
  std::uint64_t number = 0;
  const auto read = std::from_chars(line.data(), line.data() + line.size(), number);
  if (read.ec != std::errc()) return std::nullopt;
  return number;
}

connectors::Context host(std::vector<std::string> egress, std::filesystem::path base, bool missing) {
  connectors::Context context;
  context.blocking = std::make_shared<async::BlockingPool>(2, 16);
  context.http = std::make_shared<http::Client>(http::ClientOptions{});
  context.base = std::move(base);
  context.egress = std::move(egress);
  context.secret = [missing](const std::string& name) -> Result<Secret> {
    if (missing || name != kSecretName) return fail(Code::NotFound, "no secret " + name);
    return Secret::take(std::string(kCanary));
  };
  return context;
}

void Notebook::note(std::string_view text) {
  const std::string base64 = to_base64(as_bytes("node:" + std::string(kCanary)));
  const bool leaks = text.find(kCanary) != text.npos || text.find(base64) != text.npos ||
                     text.find(to_base64(as_bytes(kCanary))) != text.npos;
  if (!leaks) return;
  const std::lock_guard lock(mutex_);
  if (leak_.empty()) leak_ = text;
}

std::string Notebook::leak() const {
  const std::lock_guard lock(mutex_);
  return leak_;
}

std::vector<Row> run(const std::vector<Subject*>& subjects, const Sizes& sizes) {
  std::vector<Row> rows;
  std::vector<std::unique_ptr<Notebook>> notebooks;  // one for each subject; the log's lines go into all
  Notebook log;
  const LogTap tap(log);
  struct Work {
    const CheckInfo* info;
    std::size_t subject;
  };
  std::vector<Work> work;
  for (std::size_t s = 0; s < subjects.size(); ++s) {
    rows.push_back({subjects[s]->name(), std::vector<Outcome>(checks().size())});
    notebooks.push_back(std::make_unique<Notebook>());
  }
  const auto do_one = [&](const CheckInfo& info, std::size_t s) {
    const Bench bench{*subjects[s], sizes, *notebooks[s]};
    rows[s].outcomes[static_cast<std::size_t>(info.check)] = run_check(info, bench);
  };
  for (const CheckInfo& info : checks()) {
    for (std::size_t s = 0; s < subjects.size(); ++s) {
      if (info.alone) {
        do_one(info, s);
      } else if (info.check != Check::Canary) {
        work.push_back({&info, s});
      }
    }
  }
  const auto do_all = [&](const std::vector<Work>& all) {
    std::atomic<std::size_t> next{0};
    std::vector<std::jthread> threads;
    for (std::size_t t = 0; t < kThreads; ++t) {
      threads.emplace_back([&] {
        for (std::size_t i = next++; i < all.size(); i = next++) do_one(*all[i].info, all[i].subject);
      });
    }
  };
  do_all(work);
  // Last, since it judges what all of them wrote down.
  std::vector<Work> canaries;
  for (std::size_t s = 0; s < subjects.size(); ++s) {
    notebooks[s]->note(log.leak());
    canaries.push_back({&checks()[static_cast<std::size_t>(Check::Canary)], s});
  }
  do_all(canaries);
  return rows;
}

Outcome run_one(Subject& subject, Check check, const Sizes& sizes) {
  Notebook notebook;
  const LogTap tap(notebook);
  const Bench bench{subject, sizes, notebook};
  return run_check(checks()[static_cast<std::size_t>(check)], bench);
}

}  // namespace sekisho::conformance
