#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "base/http/drain.hpp"
#include "base/http/socket_handle.hpp"
#include "base/http/stream.hpp"

namespace sekisho::http {
namespace {

namespace net = boost::asio;

class PlainStream final : public Stream {
 public:
  explicit PlainStream(Socket socket) : socket_(std::move(socket.handle().socket)) {}

  async::Task<Result<std::size_t>> read_some(std::span<char> into) override {
    auto got =
        co_await socket_.async_read_some(net::buffer(into.data(), into.size()), net::as_tuple(net::use_awaitable));
    auto& [ec, n] = got;
    if (ec == net::error::eof) co_return std::size_t{0};
    if (ec) co_return fail(socket_error(ec, "reading"));
    co_return n;
  }

  async::Task<Status> write_all(std::string_view bytes) override {
    auto put =
        co_await net::async_write(socket_, net::buffer(bytes.data(), bytes.size()), net::as_tuple(net::use_awaitable));
    auto& [ec, n] = put;
    if (ec) co_return fail(socket_error(ec, "writing"));
    co_return Status();
  }

  async::Task<void> finish(std::size_t most) override { co_await say_goodbye(socket_, most); }

  void reset() override {
    boost::system::error_code ignored;
    socket_.set_option(net::socket_base::linger(true, 0), ignored);
    close();
  }

  void close() override {
    boost::system::error_code ignored;
    socket_.close(ignored);
  }

  bool quiet() const override { return is_quiet(socket_); }

  bool gone() const override { return is_gone(socket_); }

 private:
  GenericSocket socket_;
};

}  // namespace

std::unique_ptr<Stream> plain_stream(Socket socket) { return std::make_unique<PlainStream>(std::move(socket)); }

}  // namespace sekisho::http
