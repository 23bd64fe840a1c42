#include "base/http/tls_stream.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "base/http/drain.hpp"
#include "base/http/socket_handle.hpp"

namespace sekisho::http {
namespace {

namespace net = boost::asio;

Bytes to_der(X509* certificate) {
  const int size = i2d_X509(certificate, nullptr);
  if (size <= 0) return {};
  Bytes der(static_cast<std::size_t>(size));
  unsigned char* out = der.data();
  i2d_X509(certificate, &out);
  return der;
}

// Held by unique_ptr and never moved: a moved ssl::stream of 1.81 loses its buffers after the handshake.
class TlsStreamImpl final : public NativeTlsStream {
 public:
  TlsStreamImpl(Socket socket, net::ssl::context& context, bool server)
      : stream_(std::move(socket.handle().socket), context), server_(server) {}

  async::Task<Status> handshake() override {
    if (poisoned_) co_return fail(Code::TlsHandshake, "the server's name cannot be checked");
    const auto side = server_ ? net::ssl::stream_base::server : net::ssl::stream_base::client;
    auto done = co_await stream_.async_handshake(side, net::as_tuple(net::use_awaitable));
    auto& [ec] = done;
    if (!ec) co_return Status();
    if (ec == net::error::operation_aborted || ec == net::error::bad_descriptor)
      co_return fail(socket_error(ec, "TLS handshake"));
    std::string why = ec.message();
    if (const long verdict = SSL_get_verify_result(stream_.native_handle()); !server_ && verdict != X509_V_OK) {
      why += std::string("; ") + X509_verify_cert_error_string(verdict);
    }
    co_return fail(Code::TlsHandshake, "the TLS handshake failed: " + why);
  }

  std::vector<Bytes> peer_chain() const override {
    std::vector<Bytes> chain;
    auto* ssl = const_cast<net::ssl::stream<GenericSocket>&>(stream_).native_handle();
    // On the server OpenSSL keeps the leaf out of the chain, on the client it is the chain's first.
    if (server_) {
      X509* leaf = SSL_get1_peer_certificate(ssl);
      if (leaf == nullptr) return chain;
      chain.push_back(to_der(leaf));
      X509_free(leaf);
    }
    const STACK_OF(X509)* rest = SSL_get_peer_cert_chain(ssl);
    for (int i = 0; rest != nullptr && i < sk_X509_num(rest); ++i) chain.push_back(to_der(sk_X509_value(rest, i)));
    return chain;
  }

  async::Task<Result<std::size_t>> read_some(std::span<char> into) override {
    auto got =
        co_await stream_.async_read_some(net::buffer(into.data(), into.size()), net::as_tuple(net::use_awaitable));
    auto& [ec, n] = got;
    if (ec == net::error::eof) co_return std::size_t{0};
    if (ec == net::ssl::error::stream_truncated)
      co_return fail(Code::Truncated, "the TLS stream ended without close_notify");
    if (ec) co_return fail(socket_error(ec, "reading"));
    co_return n;
  }

  async::Task<Status> write_all(std::string_view bytes) override {
    auto put =
        co_await net::async_write(stream_, net::buffer(bytes.data(), bytes.size()), net::as_tuple(net::use_awaitable));
    auto& [ec, n] = put;
    if (ec) co_return fail(socket_error(ec, "writing"));
    co_return Status();
  }

  async::Task<void> finish(std::size_t most) override {
    // Ends with the peer's close_notify, with its FIN, or with an error when it still sends data; all are fine here,
    // because our close_notify has gone out first.
    auto done = co_await stream_.async_shutdown(net::as_tuple(net::use_awaitable));
    (void)done;
    co_await say_goodbye(stream_.next_layer(), most);
  }

  void reset() override {
    boost::system::error_code ignored;
    stream_.next_layer().set_option(net::socket_base::linger(true, 0), ignored);
    close();
  }

  void close() override {
    boost::system::error_code ignored;
    stream_.next_layer().close(ignored);
  }

  bool quiet() const override {
    return SSL_pending(const_cast<net::ssl::stream<GenericSocket>&>(stream_).native_handle()) == 0 &&
           is_quiet(stream_.next_layer());
  }

  bool gone() const override { return is_gone(stream_.next_layer()); }

  SSL* native() override { return stream_.native_handle(); }
  void poison() override { poisoned_ = true; }

 private:
  net::ssl::stream<GenericSocket> stream_;
  bool server_;
  bool poisoned_ = false;
};

}  // namespace

std::unique_ptr<NativeTlsStream> make_tls_stream(Socket socket, net::ssl::context& context, bool server) {
  return std::make_unique<TlsStreamImpl>(std::move(socket), context, server);
}

}  // namespace sekisho::http
