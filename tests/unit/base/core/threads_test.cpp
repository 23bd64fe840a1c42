// What several threads share without a lock of their own: the log, the metrics, the clock and the random source of
// tests.
#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <thread>
#include <vector>

#include "base/core/clock.hpp"
#include "base/core/log.hpp"
#include "base/core/metrics.hpp"
#include "base/core/random.hpp"

namespace sekisho {
namespace {

constexpr int kThreads = 4;
constexpr int kRounds = 500;

template <class F>
void on_threads(F work) {
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) threads.emplace_back(work, t);
  for (auto& thread : threads) thread.join();
}

TEST(Threads, TheLogLosesNoLine) {
  std::atomic<int> lines{0};
  set_log_sink([&lines](std::string_view line) {
    if (line.front() == '{' && line.back() == '}') ++lines;
  });
  on_threads([](int t) {
    for (int i = 0; i < kRounds; ++i) {
      log_error("test", {{"thread", t}, {"round", i}});
      set_log_level(i % 2 == 0 ? LogLevel::Debug : LogLevel::Error);
    }
  });
  set_log_sink({});
  set_log_level(LogLevel::Info);
  EXPECT_EQ(lines.load(), kThreads * kRounds);
}

TEST(Threads, CountersLoseNothing) {
  Metrics metrics;
  on_threads([&metrics](int t) {
    Counter shared = metrics.counter("shared_total");
    for (int i = 0; i < kRounds; ++i) {
      shared.inc();
      metrics.counter("own_total", {{"thread", std::to_string(t)}, {"round", std::to_string(i % 10)}}).inc();
      metrics.histogram("seconds").observe(0.01);
      if (i % 100 == 0) static_cast<void>(metrics.text());
    }
  });
  EXPECT_EQ(metrics.counter("shared_total").value(), kThreads * kRounds);
  EXPECT_EQ(metrics.counter("own_total", {{"thread", "0"}, {"round", "3"}}).value(), kRounds / 10);
}

TEST(Threads, TheClockCanBeTurnedWhileItIsRead) {
  ManualClock clock{Instant{}};
  on_threads([&clock](int) {
    for (int i = 0; i < kRounds; ++i) {
      clock.advance(std::chrono::microseconds(1));
      static_cast<void>(clock.read());
    }
  });
  EXPECT_EQ(clock.now().time_since_epoch().count(), kThreads * kRounds);
}

TEST(Threads, NoTwoGetTheSameRandomOctets) {
  ManualRandom random;
  std::vector<std::set<Digest>> seen(kThreads);
  on_threads([&](int t) {
    for (int i = 0; i < kRounds; ++i) seen[static_cast<std::size_t>(t)].insert(random.digest32());
  });
  std::set<Digest> all;
  for (const auto& one : seen) all.insert(one.begin(), one.end());
  EXPECT_EQ(all.size(), static_cast<std::size_t>(kThreads * kRounds));
}

}  // namespace
}  // namespace sekisho
