// Whether an IP address is one of the public Internet, so that a name somebody else controls cannot lead a node into its
// own network: the registries of special addresses (RFC 6890, IANA IPv4 and IPv6 Special-Purpose Address Registries)
// and the metadata services of clouds are not.
//
// Of IPv6 only 2000::/3 is public, without documentation, benchmarks, Teredo and 6to4. What embeds an IPv4 address
// (v4-mapped, v4-compatible, NAT64, 6to4, Teredo) is never public: whoever means that address writes it as IPv4.
#pragma once

#include <string_view>

namespace sekisho::http {

// False for what is no literal of inet_pton's strict forms: no octal, no short form, no zone index, no brackets.
[[nodiscard]] bool is_public_address(std::string_view literal);

// Such a literal at all.
[[nodiscard]] bool is_address_literal(std::string_view text);

}  // namespace sekisho::http
