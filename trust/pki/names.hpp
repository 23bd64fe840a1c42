// Names that certificates carry: zone ids, assurance levels, policy identifiers, uses.
//
// Policy OIDs lie under 2.25.<one UUID of the project>; arc 1 is TLS, arc 2 statements; then the zone (its id read
// as a big-endian integer) and the level. They are certificate policies and nothing else (formats.md 3).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/result.hpp"

namespace sekisho::trust {

// What a certificate is asked to be good for.
enum class Use : std::uint8_t { TlsClient, TlsServer, Statement };

// How well the zone knows the holder; ordered.
enum class Assurance : std::uint8_t { Low = 1, Substantial = 2 };

inline constexpr std::string_view kPolicyArc = "2.25.60136733387519218297887909660515209481";
inline constexpr std::string_view kDocumentSigning = "1.3.6.1.5.5.7.3.36";  // id-kp-documentSigning, RFC 9336

[[nodiscard]] std::string_view name_of(Assurance level);  // "low", "substantial"
[[nodiscard]] Result<Assurance> assurance_from_text(std::string_view text);
[[nodiscard]] std::string_view name_of(Use use);

// 1 … 8 characters: a letter, then letters, digits or '-'; lower case.
[[nodiscard]] bool is_zone_id(std::string_view zone);
// Lower-case LDH labels, at least two, no trailing dot, not all digits, no "xn--", at most 253 characters.
[[nodiscard]] bool is_dns_name(std::string_view name);
// did:web:<dns name>: no port, no path, no percent-encoding.
[[nodiscard]] std::string did_web(std::string_view dns);
// name equals suffix or ends in "." + suffix.
[[nodiscard]] bool within_suffix(std::string_view name, std::string_view suffix);

[[nodiscard]] std::string policy_oid(std::string_view zone, Use use, Assurance level);
// All OIDs of the zone for the use at or above the level.
[[nodiscard]] std::vector<std::string> policy_oids(std::string_view zone, Use use, Assurance at_least);
[[nodiscard]] std::optional<Assurance> assurance_of(std::string_view zone, Use use, std::string_view oid);

}  // namespace sekisho::trust
