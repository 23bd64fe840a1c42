// Tests whose body is a coroutine:
//
//   CO_TEST(Client, ReusesConnections) {
//     auto answer = co_await client.send(request);
//     CO_ASSERT(answer.has_value());
//     EXPECT_EQ(answer->status, 200);
//   }
//
// The body runs on a context of its own and fails when it has not ended after 20 s or when it throws. EXPECT_… works
// as usual; ASSERT_… cannot (it returns), CO_ASSERT does.
#pragma once

#include <chrono>
#include <exception>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "base/async/task.hpp"

namespace sekisho::test {

inline void run_coroutine(async::Task<void> body) {
  boost::asio::io_context context(1);
  std::exception_ptr thrown;
  bool ended = false;
  boost::asio::co_spawn(context, std::move(body), [&](std::exception_ptr e) {
    thrown = std::move(e);
    ended = true;
    context.stop();  // a server that the body started may still listen
  });
  context.run_for(std::chrono::seconds(20));
  if (thrown) {
    try {
      std::rethrow_exception(thrown);
    } catch (const std::exception& e) {
      ADD_FAILURE() << "the test threw: " << e.what();
    }
  }
  EXPECT_TRUE(ended) << "the test did not end within 20 s";
}

}  // namespace sekisho::test

#define CO_TEST(suite, name)                                                     \
  static ::sekisho::async::Task<void> suite##_##name##_body();                   \
  TEST(suite, name) { ::sekisho::test::run_coroutine(suite##_##name##_body()); } \
  static ::sekisho::async::Task<void> suite##_##name##_body()

#define CO_ASSERT(condition)                          \
  if (!(condition)) {                                 \
    ADD_FAILURE() << "CO_ASSERT failed: " #condition; \
    co_return;                                        \
  }                                                   \
  static_assert(true)
