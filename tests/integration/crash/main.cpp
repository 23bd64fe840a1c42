// Kills a journal with SIGKILL under load, again and again, and checks what the restart finds.
//
//   journal_crash real|unsynced|nosync [--rounds N] [--seed S]
//
// Rounds: --rounds, else SEKISHO_CRASH_ROUNDS, else 4. Ends with one line of counts. Exit 0 when nothing was lost (real,
// unsynced), or when the loss was noticed within the rounds (nosync: the proof that this test can fail).
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <random>

#include <fmt/format.h>

#include "base/core/log.hpp"
#include "tests/integration/crash/oracle.hpp"
#include "tests/support/temp_folder.hpp"

namespace sekisho::node::crash {
namespace {

constexpr int kRoundsPerFolder = 10;

struct Settings {
  Mode mode = Mode::Real;
  int rounds = 4;
  std::uint64_t seed = 1;
};

Settings parse(int argc, char** argv) {
  Settings out;
  if (const char* env = std::getenv("SEKISHO_CRASH_ROUNDS")) out.rounds = std::atoi(env);
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "unsynced") out.mode = Mode::Unsynced;
    if (word == "nosync") out.mode = Mode::NoSync;
    if (word == "--rounds" && i + 1 < argc) out.rounds = std::atoi(argv[++i]);
    if (word == "--seed" && i + 1 < argc) out.seed = std::strtoull(argv[++i], nullptr, 10);
  }
  return out;
}

// Runs the child until `after` its first word and kills it. False: it ended by itself.
bool round(const std::string& folder, Mode mode, std::chrono::microseconds after, Released& released) {
  int ends[2];
  if (::pipe(ends) != 0) std::abort();
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(ends[0]);
    ::_exit(run_child(folder, mode, ends[1]));
  }
  ::close(ends[1]);
  char piece[65536];
  bool killed = false;
  std::optional<std::chrono::steady_clock::time_point> first;
  for (;;) {
    const ssize_t n = ::read(ends[0], piece, sizeof piece);
    if (n <= 0) break;
    released.read({piece, static_cast<std::size_t>(n)});
    const auto now = std::chrono::steady_clock::now();
    if (!first) first = now;
    if (!killed && now - *first >= after) {
      ::kill(child, SIGKILL);
      killed = true;
    }
  }
  ::close(ends[0]);
  released.end_of_round();
  int status = 0;
  ::waitpid(child, &status, 0);
  return killed && WIFSIGNALED(status);
}

int run(const Settings& settings) {
  std::mt19937_64 random(settings.seed);
  std::uint64_t acknowledged = 0;
  Released::Verdict total;
  int done = 0;
  while (done < settings.rounds && total.clean()) {
    const testing_support::TempFolder folder;
    Released released;
    for (int i = 0; i < kRoundsPerFolder && done < settings.rounds && total.clean(); ++i, ++done) {
      const std::chrono::microseconds after(random() % 60'000);
      if (!round(folder.path().string(), settings.mode, after, released) && settings.mode != Mode::NoSync) {
        fmt::print("the child of round {} ended by itself\n", done + 1);
        return 1;
      }
      const Released::Verdict verdict = released.judge(folder.path().string());
      total.found = verdict.found;
      total.lost += verdict.lost;
      total.inconsistent += verdict.inconsistent;
      total.gaps += verdict.gaps;
      total.quota += verdict.quota;
      total.refused += verdict.refused;
      if (!verdict.clean()) total.reason = verdict.reason;
    }
    acknowledged += released.acknowledged();
  }
  fmt::print("rounds {} acknowledged {} lost {} counter gaps {} quota wrong {} inconsistent checkpoints {} refused starts {}\n",
             done, acknowledged, total.lost, total.gaps, total.quota, total.inconsistent, total.refused);
  if (!total.reason.empty()) fmt::print("{}\n", total.reason);
  const bool noticed = !total.clean();
  return noticed == (settings.mode == Mode::NoSync) ? 0 : 1;
}

}  // namespace
}  // namespace sekisho::node::crash

int main(int argc, char** argv) {
  sekisho::set_log_level(sekisho::LogLevel::Error);
  return sekisho::node::crash::run(sekisho::node::crash::parse(argc, argv));
}
