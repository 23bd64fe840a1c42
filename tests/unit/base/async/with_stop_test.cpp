#include "base/async/with_stop.hpp"

#include <memory>
#include <thread>

#include "base/async/timer.hpp"
#include "tests/support/co_test.hpp"

namespace sekisho::async {
namespace {

using namespace std::chrono_literals;

struct Leave {
  std::shared_ptr<bool> flag;
  ~Leave() { *flag = true; }
};

Task<Result<int>> endless(std::shared_ptr<bool> left) {
  const Leave leave{left};
  co_await sleep_for(1h);
  co_return 1;
}

Task<Result<int>> quick(int v) {
  co_await sleep_for(1ns);
  co_return v;
}

Task<Result<int>> throwing() {
  co_await sleep_for(1ns);
  throw std::runtime_error("bug");
}

CO_TEST(WithStop, WorkThatNobodyStopsEnds) {
  const std::atomic<bool> stop{false};
  auto got = co_await with_stop(stop, quick(3), "work");
  CO_ASSERT(got.has_value());
  EXPECT_EQ(*got, 3);
}

CO_TEST(WithStop, AnotherThreadStopsTheWork) {
  std::atomic<bool> stop{false};
  auto left = std::make_shared<bool>(false);
  std::jthread other([&stop] { stop = true; });
  auto got = co_await with_stop(stop, endless(left), "the reading");
  CO_ASSERT(!got.has_value());
  EXPECT_EQ(got.error().code, Code::Cancelled);
  EXPECT_NE(got.error().message.find("the reading"), std::string::npos);
  EXPECT_TRUE(*left);
}

CO_TEST(WithStop, AnExceptionComesThrough) {
  const std::atomic<bool> stop{false};
  bool thrown = false;
  try {
    auto got = co_await with_stop(stop, throwing(), "work");
    (void)got;
  } catch (const std::runtime_error&) {
    thrown = true;
  }
  EXPECT_TRUE(thrown);
}

}  // namespace
}  // namespace sekisho::async
