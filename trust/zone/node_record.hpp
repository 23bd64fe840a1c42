// What a zone's snapshot says about one node: names, address, keys. A node's address and log key come from here and
// from nowhere else (formats.md 3 and 6).
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/bytes.hpp"
#include "base/core/clock.hpp"
#include "base/core/result.hpp"

namespace sekisho::pb {
class NodeRecord;
}

namespace sekisho::trust {

struct NodeKey {
  std::array<std::uint8_t, 32> key{};  // Ed25519
  Instant valid_from, valid_to;
};

struct NodeRecord {
  std::string dns, did, zone, organization;
  std::string ip;
  std::uint16_t port = 0;
  Digest statement_certificate{};
  Digest tls_certificate{};
  std::vector<NodeKey> log_keys;      // newest last
  std::vector<NodeKey> witness_keys;
  std::string foreign_name;           // empty: none

  // The key of a log of this node, for a checkpoint or seal made at that time. Empty when the origin is not
  // "<dns>/sekisho/<year>h<1|2>" with an optional successor ".<n>", or no key was valid then.
  [[nodiscard]] std::optional<std::array<std::uint8_t, 32>> log_key(std::string_view origin, Instant at) const;
};

[[nodiscard]] bool is_log_origin(std::string_view origin, std::string_view dns);
// "<dns>/sekisho/<year>h<1|2>" of that time.
[[nodiscard]] std::string log_origin(std::string_view dns, Instant at);
// "127.0.0.1:9441" or "[::1]:9441": a literal address, never a name.
[[nodiscard]] Result<std::pair<std::string, std::uint16_t>> parse_peer_address(std::string_view text);

// ProtobufFormat when a name, digest or key is out of form.
[[nodiscard]] Result<NodeRecord> read_node_record(const pb::NodeRecord& message);
void write_node_record(const NodeRecord& record, pb::NodeRecord& out);

}  // namespace sekisho::trust
