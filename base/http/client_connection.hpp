// Inside base/http only: one outgoing connection, and the kept-alive ones of an executor's context.
#pragma once

#include <chrono>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/execution_context.hpp>

#include "base/http/client.hpp"
#include "base/http/stream.hpp"
#include "base/http/wire_reader.hpp"

namespace sekisho::http {

struct ClientConnection {
  explicit ClientConnection(std::unique_ptr<Stream> s, const HeadLimits& head)
      : stream(std::move(s)), wire(*stream, head) {}

  std::shared_ptr<const TlsClientContext> tls;  // outlives the stream
  std::unique_ptr<Stream> stream;
  WireReader wire;
  std::vector<Bytes> chain_der;
  std::shared_ptr<const void> identity;
  std::uint64_t generation = 0;  // of the client's trust when it was judged
  bool reused = false;
};

// A service of the context: when the context ends (sync_wait, worker) its idle connections end before it does.
// Used by the context's one thread, so without locks.
class IdleConnections final : public boost::asio::execution_context::service {
 public:
  using key_type = IdleConnections;
  static boost::asio::execution_context::id id;

  explicit IdleConnections(boost::asio::execution_context& context) : service(context) {}

  // A quiet connection of this server and generation, or null. Drops what is old, closed or of another generation.
  std::unique_ptr<ClientConnection> take(const std::string& server, std::uint64_t generation,
                                         std::chrono::milliseconds idle);
  void give(std::string server, std::unique_ptr<ClientConnection> connection, const ClientOptions& options);

 private:
  void shutdown() override {
    idle_.clear();
    servers_.clear();
  }

  struct Entry {
    std::string server;
    std::unique_ptr<ClientConnection> connection;
    std::chrono::steady_clock::time_point since;
  };
  struct Server {
    std::uint64_t generation = 0;  // of the last take()
    std::size_t idle = 0;
  };
  std::list<Entry>::iterator drop(std::list<Entry>::iterator at);

  std::list<Entry> idle_;  // oldest first
  std::map<std::string, Server, std::less<>> servers_;  // of the entries
};

}  // namespace sekisho::http
