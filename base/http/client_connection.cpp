#include "base/http/client_connection.hpp"

#include <iterator>

namespace sekisho::http {

boost::asio::execution_context::id IdleConnections::id;

std::list<IdleConnections::Entry>::iterator IdleConnections::drop(std::list<Entry>::iterator at) {
  const auto server = servers_.find(at->server);
  if (server != servers_.end() && --server->second.idle == 0) servers_.erase(server);
  return idle_.erase(at);
}

// Constant in the usual case, however many connections there are: each message of a busy node comes by here twice.
std::unique_ptr<ClientConnection> IdleConnections::take(const std::string& server, std::uint64_t generation,
                                                        std::chrono::milliseconds idle) {
  const auto oldest = std::chrono::steady_clock::now() - idle;
  while (!idle_.empty() && idle_.front().since < oldest) drop(idle_.begin());
  const auto known = servers_.find(server);
  if (known == servers_.end()) return nullptr;
  if (known->second.generation != generation) {
    known->second.generation = generation;
    for (auto at = idle_.begin(); at != idle_.end();) {
      const bool outdated = at->server == server && at->connection->generation != generation;
      at = outdated ? drop(at) : std::next(at);
    }
  }
  // The newest first: the oldest may then grow old and go.
  for (auto at = idle_.end(); at != idle_.begin();) {
    --at;
    if (at->server != server) continue;
    auto connection = std::move(at->connection);
    at = drop(at);
    if (!connection->stream->quiet()) continue;
    connection->reused = true;
    return connection;
  }
  return nullptr;
}

void IdleConnections::give(std::string server, std::unique_ptr<ClientConnection> connection,
                           const ClientOptions& options) {
  if (options.idle_total == 0 || options.idle_per_server == 0) return;
  const auto known = servers_.find(server);
  const bool full = known != servers_.end() && known->second.idle >= options.idle_per_server;
  const bool outdated = known != servers_.end() && connection->generation < known->second.generation;
  if (full || outdated) return;
  if (idle_.size() >= options.idle_total) drop(idle_.begin());
  Server& of = servers_[server];
  if (of.idle++ == 0) of.generation = connection->generation;
  idle_.push_back({std::move(server), std::move(connection), std::chrono::steady_clock::now()});
}

}  // namespace sekisho::http
