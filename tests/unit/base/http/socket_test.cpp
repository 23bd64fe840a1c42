#include "base/http/socket.hpp"

#include <filesystem>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/async/spawn.hpp"
#include "base/async/timer.hpp"
#include "base/http/client.hpp"
#include "tests/support/co_test.hpp"

namespace sekisho::http {
namespace {

using namespace std::chrono_literals;

std::string socket_path(const char* name) {
  const auto folder = std::filesystem::temp_directory_path() / ("sekisho-socket-test-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  return (folder / name).string();
}

CO_TEST(Acceptor, APortInUseIsNamed) {
  auto executor = co_await async::current_executor();
  auto first = Acceptor::listen_tcp(executor, "127.0.0.1", 0);
  CO_ASSERT(first.has_value());
  auto second = Acceptor::listen_tcp(executor, "127.0.0.1", first->port());
  CO_ASSERT(!second.has_value());
  EXPECT_EQ(second.error().code, Code::PortInUse);
  EXPECT_NE(second.error().message.find(first->name()), std::string::npos);
  EXPECT_FALSE(Acceptor::listen_tcp(executor, "farm.jp.example", 0).has_value());
}

async::Task<void> accept_one(Acceptor& acceptor, std::string& address, uid_t& uid) {
  auto executor = co_await async::current_executor();
  auto socket = co_await acceptor.accept(executor);
  if (!socket) co_return;
  address = socket->remote_address();
  uid = socket->peer_uid();
}

CO_TEST(Acceptor, AUnixSocketIsPrivateAndNamesItsPeer) {
  auto executor = co_await async::current_executor();
  const std::string path = socket_path("private");
  auto acceptor = Acceptor::listen_unix(executor, path);
  CO_ASSERT(acceptor.has_value());
  struct stat info{};
  CO_ASSERT(::stat(path.c_str(), &info) == 0);
  EXPECT_EQ(info.st_mode & 0777U, 0600U);
  std::string address;
  uid_t uid = 12345;
  async::spawn(executor, accept_one(*acceptor, address, uid));
  auto client = co_await connect_unix(path, async::Deadline::in(10s));
  CO_ASSERT(client.has_value());
  while (address.empty()) co_await async::sleep_for(0ns);
  EXPECT_EQ(address, "unix");
  EXPECT_EQ(uid, ::getuid());
  acceptor->close();
  EXPECT_FALSE(std::filesystem::exists(path));
}

CO_TEST(Acceptor, AServedUnixSocketIsInUseAStaleOneIsReplacedAFileIsKept) {
  auto executor = co_await async::current_executor();
  const std::string path = socket_path("stale");
  {
    auto first = Acceptor::listen_unix(executor, path);
    CO_ASSERT(first.has_value());
    auto second = Acceptor::listen_unix(executor, path);
    CO_ASSERT(!second.has_value());
    EXPECT_EQ(second.error().code, Code::PortInUse);
  }
  // As a killed process leaves it: bound, and nobody there.
  sockaddr_un left{};
  left.sun_family = AF_UNIX;
  path.copy(left.sun_path, sizeof left.sun_path - 1);
  const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
  CO_ASSERT(::bind(fd, reinterpret_cast<const sockaddr*>(&left), sizeof left) == 0);
  ::close(fd);
  CO_ASSERT(std::filesystem::exists(path));
  EXPECT_TRUE(Acceptor::listen_unix(executor, path).has_value());

  const std::string file = socket_path("file");
  {
    std::fclose(std::fopen(file.c_str(), "w"));
  }
  auto on_file = Acceptor::listen_unix(executor, file);
  CO_ASSERT(!on_file.has_value());
  EXPECT_TRUE(std::filesystem::exists(file));
  EXPECT_FALSE(Acceptor::listen_unix(executor, std::string(200, 'x')).has_value());
}

CO_TEST(Connect, TheDeadlineHolds) {
  // A listening socket whose queue is never emptied still connects; an address of TEST-NET-1 answers nothing or fails.
  auto socket = co_await connect_tcp("192.0.2.1", 9, async::Deadline::in(20ms));
  EXPECT_FALSE(socket.has_value());
  auto name = co_await connect_tcp("not-an-address", 9, async::Deadline::in(20ms));
  CO_ASSERT(!name.has_value());
  EXPECT_EQ(name.error().code, Code::InvalidArgument);
}

}  // namespace
}  // namespace sekisho::http
