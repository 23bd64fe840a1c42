#include "base/async/with_deadline.hpp"

#include <memory>

#include "base/async/completion.hpp"
#include "base/async/timer.hpp"
#include "tests/support/co_test.hpp"

namespace sekisho::async {
namespace {

using namespace std::chrono_literals;

Task<Result<std::unique_ptr<int>>> quick(int v) {
  co_await sleep_for(1ns);
  co_return std::make_unique<int>(v);
}

// The flag tells that the frame was really left, not only forgotten.
Task<Result<int>> endless(std::shared_ptr<bool> left) {
  struct Leave {
    std::shared_ptr<bool> flag;
    ~Leave() { *flag = true; }
  };
  const Leave leave{left};
  co_await sleep_for(1h);
  co_return 1;
}

Task<Result<int>> failing() {
  co_await sleep_for(1ns);
  co_return fail(Code::NotFound, "nothing");
}

Task<Result<int>> throwing() {
  co_await sleep_for(1ns);
  throw std::runtime_error("bug");
}

Task<Result<int>> waiting(Completion<int> answer) { co_return co_await answer.wait(); }

CO_TEST(WithDeadline, InTime) {
  auto got = co_await with_deadline(Deadline::in(10s), quick(3), "work");
  CO_ASSERT(got.has_value());
  EXPECT_EQ(**got, 3);
}

CO_TEST(WithDeadline, LateWorkIsLeftAndNamed) {
  auto left = std::make_shared<bool>(false);
  auto got = co_await with_deadline(Deadline::in(1ms), endless(left), "the peer's answer");
  CO_ASSERT(!got.has_value());
  EXPECT_EQ(got.error().code, Code::Deadline);
  EXPECT_NE(got.error().message.find("the peer's answer"), std::string::npos);
  EXPECT_TRUE(*left);
}

CO_TEST(WithDeadline, AFailureDoesNotWaitForTheTimer) {
  auto got = co_await with_deadline(Deadline::in(1h), failing(), "work");
  CO_ASSERT(!got.has_value());
  EXPECT_EQ(got.error().code, Code::NotFound);
}

CO_TEST(WithDeadline, ExceptionsPass) {
  bool caught = false;
  try {
    auto got = co_await with_deadline(Deadline::in(1h), throwing(), "work");
    (void)got;
  } catch (const std::runtime_error&) {
    caught = true;
  }
  EXPECT_TRUE(caught);
}

CO_TEST(WithDeadline, CancelsAWaitForAnotherThread) {
  Completion<int> never;
  auto got = co_await with_deadline(Deadline::in(1ms), waiting(never), "work");
  CO_ASSERT(!got.has_value());
  EXPECT_EQ(got.error().code, Code::Deadline);
  EXPECT_FALSE(never.set(1));
}

}  // namespace
}  // namespace sekisho::async
