#include "tests/bench/tls_pipe.hpp"

#include <array>
#include <cerrno>
#include <cstring>

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

namespace sekisho::bench {
namespace {

std::unexpected<Error> broken(const char* what) {
  std::array<char, 256> text{};
  const int number = errno;
  ERR_error_string_n(ERR_get_error(), text.data(), text.size());
  return fail(Code::Connection, fmt::format("{}: {} ({})", what, std::strerror(number), text.data()));
}

}  // namespace

struct TlsPipe::Impl {
  SSL_CTX* context = SSL_CTX_new(TLS_client_method());
  SSL* ssl = nullptr;
  int fd = -1;

  Impl() = default;
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() {
    SSL_free(ssl);
    SSL_CTX_free(context);
    if (fd >= 0) ::close(fd);
  }
};

TlsPipe::TlsPipe(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TlsPipe::TlsPipe(TlsPipe&&) noexcept = default;
TlsPipe& TlsPipe::operator=(TlsPipe&&) noexcept = default;
TlsPipe::~TlsPipe() = default;

Result<TlsPipe> TlsPipe::open(const TlsTarget& target) {
  auto impl = std::make_unique<Impl>();
  SSL_CTX_set_min_proto_version(impl->context, TLS1_3_VERSION);
  if (SSL_CTX_use_certificate_chain_file(impl->context, target.certificate_file.c_str()) != 1 ||
      SSL_CTX_use_PrivateKey_file(impl->context, target.key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
    return broken("client certificate");
  }
  impl->fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(target.port);
  inet_pton(AF_INET, target.address.c_str(), &to.sin_addr);
  if (::connect(impl->fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) return broken("connect");
  const int one = 1;
  ::setsockopt(impl->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  impl->ssl = SSL_new(impl->context);
  SSL_set_fd(impl->ssl, impl->fd);
  // What SSL_set_tlsext_host_name does, without its old-style cast.
  std::string name = target.server_name;
  SSL_ctrl(impl->ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data());
  if (SSL_connect(impl->ssl) != 1) return broken("TLS handshake");
  return TlsPipe(std::move(impl));
}

Status TlsPipe::write(std::string_view octets) {
  while (!octets.empty()) {
    const int n = SSL_write(impl_->ssl, octets.data(), static_cast<int>(octets.size()));
    if (n <= 0) return broken("write");
    octets.remove_prefix(static_cast<std::size_t>(n));
  }
  return {};
}

Result<std::size_t> TlsPipe::read(std::span<char> into) {
  const int n = SSL_read(impl_->ssl, into.data(), static_cast<int>(into.size()));
  if (n > 0) {
    last_ = std::chrono::steady_clock::now();
    return static_cast<std::size_t>(n);
  }
  if (SSL_get_error(impl_->ssl, n) == SSL_ERROR_ZERO_RETURN) {
    last_ = std::chrono::steady_clock::now();
    return std::size_t{0};
  }
  return broken("read");
}

std::uint64_t TlsPipe::linger() {
  std::array<char, 65536> octets{};
  std::uint64_t total = 0;
  for (;;) {
    const ssize_t n = ::recv(impl_->fd, octets.data(), octets.size(), 0);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return total;
    last_ = std::chrono::steady_clock::now();
    total += static_cast<std::uint64_t>(n);
  }
}

}  // namespace sekisho::bench
