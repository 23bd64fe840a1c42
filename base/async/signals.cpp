#include "base/async/signals.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace sekisho::async {

Signals::Signals(const Executor& executor, std::initializer_list<int> numbers) : set_(executor) {
  for (const int number : numbers) set_.add(number);
}

Task<int> Signals::next() {
  if (closed_) co_return 0;
  auto got = co_await set_.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
  auto& [ec, number] = got;
  if (ec) co_return 0;
  co_return number;
}

void Signals::close() {
  closed_ = true;
  set_.cancel();
}

}  // namespace sekisho::async
