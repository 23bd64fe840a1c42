// Pseudonyms: formats.md section 3, usage-policy 5.2. K = HKDF-SHA-256(root, "sekisho pseudonym" ‖ agreement ‖ class ‖
// epoch); a token is the lower-case base32 of the first 128 bits of HMAC-SHA-256(K, value). One value has one token
// within an agreement, and tokens of two agreements cannot be linked without the root. Immutable; shared by threads.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/core/bytes.hpp"
#include "base/crypto/digest.hpp"

namespace sekisho::policy {

inline constexpr std::size_t kTokenLength = 26;

// Whose pseudonyms. root: at least 32 octets of the node's key file; agreement: digest of the agreement.
struct PseudonymDomain {
  BytesView root;
  Digest agreement{};
};

class Pseudonyms {
 public:
  Pseudonyms(const PseudonymDomain& domain, std::string_view field_class, std::uint64_t epoch);

  // Appends kTokenLength characters of a-z and 2-7.
  void append_token(std::string& out, std::string_view value) const;
  // FHIR R4 2.3.0.1: Type/id, absolute or with a version, keeps its type; urn:uuid: and urn:oid: and # keep their
  // prefix; everything else becomes Type/token when a type can be read, otherwise urn:uuid:token. The token is that of
  // the id, so that a reference and the id it names stay together.
  void append_reference(std::string& out, std::string_view reference) const;

 private:
  HmacSha256 key_;
};

[[nodiscard]] bool is_token(std::string_view text);
[[nodiscard]] bool is_token_reference(std::string_view text);

}  // namespace sekisho::policy
