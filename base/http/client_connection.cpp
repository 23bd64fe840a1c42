#include "base/http/client_connection.hpp"

#include <algorithm>

namespace sekisho::http {

boost::asio::execution_context::id IdleConnections::id;

std::unique_ptr<ClientConnection> IdleConnections::take(const std::string& server, std::uint64_t generation,
                                                        std::chrono::milliseconds idle) {
  const auto oldest = std::chrono::steady_clock::now() - idle;
  std::erase_if(idle_, [&](const Entry& entry) {
    return entry.since < oldest || (entry.server == server && entry.connection->generation != generation);
  });
  // The newest first: the oldest may then grow old and go.
  for (auto at = idle_.end(); at != idle_.begin();) {
    --at;
    if (at->server != server) continue;
    auto connection = std::move(at->connection);
    at = idle_.erase(at);
    if (!connection->stream->quiet()) continue;
    connection->reused = true;
    return connection;
  }
  return nullptr;
}

void IdleConnections::give(std::string server, std::unique_ptr<ClientConnection> connection,
                           const ClientOptions& options) {
  const auto same =
      std::count_if(idle_.begin(), idle_.end(), [&](const Entry& entry) { return entry.server == server; });
  if (static_cast<std::size_t>(same) >= options.idle_per_server || options.idle_total == 0) return;
  if (idle_.size() >= options.idle_total) idle_.pop_front();
  idle_.push_back({std::move(server), std::move(connection), std::chrono::steady_clock::now()});
}

}  // namespace sekisho::http
