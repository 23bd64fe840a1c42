#include "tests/support/nginx_receiver.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <set>
#include <stdexcept>

#include "tests/support/push_receiver.hpp"
#include "tests/support/reserved_port.hpp"

namespace sekisho::test {
namespace {

constexpr const char* kProgram = "/usr/sbin/nginx";

bool answers(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const bool up = ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::close(fd);
  return up;
}

}  // namespace

bool NginxReceiver::available() { return ::access(kProgram, X_OK) == 0; }

NginxReceiver::NginxReceiver(std::filesystem::path folder, const std::string& limits)
    : folder_(std::move(folder)), authority_("nginx receivers"), port_(reserve_port()) {
  std::filesystem::create_directories(folder_ / "parts");
  const http::TlsIdentity tls = authority_.issue(kSinkName);
  std::ofstream(folder_ / "chain.pem") << tls.chain_pem;
  std::ofstream(folder_ / "key.pem") << tls.key_pem;
  const std::string at = folder_.string();
  std::ofstream(folder_ / "nginx.conf") << "daemon off; master_process off; pid " << at << "/pid; error_log " << at
                                        << "/error.log;\n"
                                        << "events {}\n"
                                        << "http {\n"
                                        << "  access_log off; proxy_temp_path " << at << "/t1; fastcgi_temp_path " << at
                                        << "/t2;\n"
                                        << "  uwsgi_temp_path " << at << "/t3; scgi_temp_path " << at
                                        << "/t4; client_body_temp_path " << at << "/parts;\n"
                                        << "  server {\n"
                                        << "    listen 127.0.0.1:" << port_ << " ssl; server_name " << kSinkName
                                        << "; ssl_protocols TLSv1.3;\n"
                                        << "    ssl_certificate " << at << "/chain.pem; ssl_certificate_key " << at
                                        << "/key.pem;\n"
                                        << "    root " << at << "/none;\n    " << limits << "\n"
                                        << "    location = /sink {\n"
                                        << "      client_body_in_file_only on; proxy_pass http://unix:" << at
                                        << "/taken:/;\n"
                                        << "      proxy_pass_request_body off; proxy_set_header Content-Length \"\";\n"
                                        << "    }\n"
                                        << "  }\n"
                                        << "  server { listen unix:" << at << "/taken; return 204; }\n"
                                        << "}\n";
}

void NginxReceiver::start() {
  const std::string settings = (folder_ / "nginx.conf").string();
  std::filesystem::remove(folder_ / "taken");
  pid_ = ::fork();
  if (pid_ == 0) {
    ::close_range(3, ~0U, 0);  // sockets of nodes that run already
    ::execl(kProgram, kProgram, "-c", settings.c_str(), "-e", (folder_ / "error.log").c_str(), nullptr);
    ::_exit(127);
  }
  for (int attempt = 0; attempt < 1000; ++attempt) {
    if (answers(port_)) return;
    ::poll(nullptr, 0, 10);
  }
  throw std::runtime_error("nginx did not start");
}

void NginxReceiver::stop() {
  if (pid_ < 0) return;
  ::kill(pid_, SIGTERM);
  ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

std::string NginxReceiver::endpoint(const std::string& path) const {
  return "https://" + std::string(kSinkName) + ":" + std::to_string(port_) + path;
}

std::string NginxReceiver::octets() const {
  std::set<std::filesystem::path> parts;  // nginx counts them up
  for (const auto& part : std::filesystem::directory_iterator(folder_ / "parts")) parts.insert(part.path());
  std::string all;
  for (const auto& part : parts) {
    std::ifstream in(part);
    all.append(std::istreambuf_iterator<char>(in), {});
  }
  return all;
}

}  // namespace sekisho::test
