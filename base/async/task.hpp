// The coroutine types of the project: the only spelling of Asio's awaitable above this room.
//
//   Task<Result<Row>> load(Store& store, Key key);       // starts when it is awaited
//   Result<Row> row = co_await load(store, std::move(key));
//
// A coroutine runs on the executor it was spawned on and always resumes there. Parameters are values, or references
// to things that outlive the awaiting frame; lambdas with captures are never coroutines (g++ 12 frees them twice).
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

namespace sekisho::async {

template <class T>
using Task = boost::asio::awaitable<T>;

using Executor = boost::asio::any_io_executor;

}  // namespace sekisho::async
