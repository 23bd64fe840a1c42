#include "tests/bench/tls_load.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

namespace sekisho::bench {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

struct Connection {
  std::size_t number = 0;
  int fd = -1;
  SSL* ssl = nullptr;
  std::string out;
  std::size_t written = 0;
  std::string in;
  SteadyTime sent;
  bool wants_write = false;

  Connection() = default;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() {
    if (ssl != nullptr) SSL_free(ssl);
    if (fd >= 0) ::close(fd);
  }
};

struct ContextDeleter {
  void operator()(SSL_CTX* c) const { SSL_CTX_free(c); }
};

std::unexpected<Error> broken(std::string what) {
  std::array<char, 256> text{};
  ERR_error_string_n(ERR_get_error(), text.data(), text.size());
  return fail(Code::Connection, fmt::format("{}: {} ({})", what, std::strerror(errno), text.data()));
}

Status open(Connection& c, const LoadOptions& o, SSL_CTX* context) {
  c.fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(o.port);
  inet_pton(AF_INET, o.address.c_str(), &to.sin_addr);
  if (::connect(c.fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) return broken("connect");
  const int one = 1;
  ::setsockopt(c.fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  c.ssl = SSL_new(context);
  SSL_set_fd(c.ssl, c.fd);
  // What SSL_set_tlsext_host_name does, without its old-style cast.
  std::string name = o.server_name;
  SSL_ctrl(c.ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data());
  if (SSL_connect(c.ssl) != 1) return broken("TLS handshake");
  if (::fcntl(c.fd, F_SETFL, O_NONBLOCK) != 0) return broken("fcntl");
  return {};
}

// The whole answer's length, or 0 while it is not complete.
std::size_t complete(const std::string& in, LoadAnswer& answer) {
  const auto end = in.find("\r\n\r\n");
  if (end == std::string::npos) return 0;
  answer.header = std::string_view(in).substr(0, end + 4);
  std::size_t length = 0;
  const auto text = header_value(answer.header, "content-length");
  std::from_chars(text.data(), text.data() + text.size(), length);
  if (in.size() < end + 4 + length) return 0;
  answer.body = std::string_view(in).substr(end + 4, length);
  answer.status = 0;
  if (in.size() > 12) std::from_chars(in.data() + 9, in.data() + 12, answer.status);
  return end + 4 + length;
}

}  // namespace

double LoadReport::percentile_ms(double p) {
  if (latencies_us.empty()) return 0;
  std::sort(latencies_us.begin(), latencies_us.end());
  const auto at = static_cast<std::size_t>(p * static_cast<double>(latencies_us.size() - 1));
  return latencies_us[at] / 1000.0;
}

std::string_view header_value(std::string_view header, std::string_view name) {
  std::size_t line = header.find("\r\n");
  while (line != std::string_view::npos && line + 2 < header.size()) {
    const std::size_t start = line + 2;
    line = header.find("\r\n", start);
    const auto text = header.substr(start, line - start);
    const auto colon = text.find(':');
    if (colon != name.size()) continue;
    const bool same = std::equal(name.begin(), name.end(), text.begin(), [](char a, char b) {
      return (a | 0x20) == (b | 0x20);
    });
    if (!same) continue;
    auto value = text.substr(colon + 1);
    while (!value.empty() && value.front() == ' ') value.remove_prefix(1);
    return value;
  }
  return {};
}

Result<LoadReport> run_load(const LoadOptions& o, const std::function<void(std::size_t, std::string&)>& make,
                            const std::function<void(const LoadAnswer&)>& see) {
  const std::unique_ptr<SSL_CTX, ContextDeleter> context(SSL_CTX_new(TLS_client_method()));
  SSL_CTX_set_min_proto_version(context.get(), TLS1_3_VERSION);
  SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  if (!o.certificate_file.empty() &&
      (SSL_CTX_use_certificate_chain_file(context.get(), o.certificate_file.c_str()) != 1 ||
       SSL_CTX_use_PrivateKey_file(context.get(), o.key_file.c_str(), SSL_FILETYPE_PEM) != 1)) {
    return broken("client certificate");
  }
  const int poll = ::epoll_create1(0);
  std::vector<std::unique_ptr<Connection>> connections;
  LoadReport report;

  const auto flush = [&](Connection& c) -> Status {
    while (c.written < c.out.size()) {
      const int n = SSL_write(c.ssl, c.out.data() + c.written, static_cast<int>(c.out.size() - c.written));
      if (n > 0) {
        c.written += static_cast<std::size_t>(n);
        continue;
      }
      if (SSL_get_error(c.ssl, n) != SSL_ERROR_WANT_WRITE) return broken("write");
      c.wants_write = true;
      epoll_event event{EPOLLIN | EPOLLOUT, {.u64 = c.number}};
      ::epoll_ctl(poll, EPOLL_CTL_MOD, c.fd, &event);
      return {};
    }
    if (c.wants_write) {
      c.wants_write = false;
      epoll_event event{EPOLLIN, {.u64 = c.number}};
      ::epoll_ctl(poll, EPOLL_CTL_MOD, c.fd, &event);
    }
    return {};
  };
  const auto next = [&](Connection& c) -> Status {
    c.out.clear();
    c.written = 0;
    make(c.number, c.out);
    c.sent = std::chrono::steady_clock::now();
    return flush(c);
  };

  for (std::size_t i = 0; i < o.connections; ++i) {
    auto c = std::make_unique<Connection>();
    c->number = i;
    if (auto opened = open(*c, o, context.get()); !opened) return fail(opened.error());
    epoll_event event{EPOLLIN, {.u64 = i}};
    ::epoll_ctl(poll, EPOLL_CTL_ADD, c->fd, &event);
    connections.push_back(std::move(c));
  }
  const auto start = std::chrono::steady_clock::now();
  const auto measured_from = start + o.warm_up;
  const auto until = measured_from + o.duration;
  for (auto& c : connections) {
    if (auto sent = next(*c); !sent) return fail(sent.error());
  }
  std::size_t running = connections.size();
  std::array<epoll_event, 256> events{};
  std::vector<char> buffer(65536);
  auto last = start;
  while (running > 0) {
    const int n = ::epoll_wait(poll, events.data(), static_cast<int>(events.size()), 10'000);
    if (n <= 0) return fail(Code::Deadline, "the server did not answer for 10 s");
    for (int i = 0; i < n; ++i) {
      Connection& c = *connections[events[static_cast<std::size_t>(i)].data.u64];
      if (c.wants_write) {
        if (auto sent = flush(c); !sent) return fail(sent.error());
      }
      for (;;) {
        const int got = SSL_read(c.ssl, buffer.data(), static_cast<int>(buffer.size()));
        if (got > 0) {
          c.in.append(buffer.data(), static_cast<std::size_t>(got));
          if (static_cast<std::size_t>(got) < buffer.size() && SSL_pending(c.ssl) == 0) break;
          continue;
        }
        if (SSL_get_error(c.ssl, got) == SSL_ERROR_WANT_READ) break;
        return broken("read");
      }
      LoadAnswer answer;
      const std::size_t length = complete(c.in, answer);
      if (length == 0) continue;
      const auto now = std::chrono::steady_clock::now();
      answer.connection = c.number;
      ++report.all_answers;
      if (answer.status != 200) {
        if (report.refused++ == 0) report.first_refusal = c.in;
      }
      if (now >= measured_from && now <= until) {
        ++report.answers;
        report.latencies_us.push_back(static_cast<std::uint32_t>(
            std::chrono::duration_cast<std::chrono::microseconds>(now - c.sent).count()));
        last = now;
      }
      see(answer);
      c.in.erase(0, length);
      const bool enough = now >= until || (o.most_requests != 0 && report.all_answers + running > o.most_requests);
      if (enough) {
        --running;
        continue;
      }
      if (auto sent = next(c); !sent) return fail(sent.error());
    }
  }
  ::close(poll);
  report.seconds = std::chrono::duration<double>(std::min(last, until) - measured_from).count();
  return report;
}

}  // namespace sekisho::bench
