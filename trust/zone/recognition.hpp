// The paper between two zones: one body, byte for byte the same, signed by both roots. Parties are sorted by zone id,
// so both sides derive the same bytes from the same two descriptors and terms.
// Errors: ProtobufFormat, InvalidArgument (terms), SignatureInvalid, Conflict (other descriptors).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/core/clock.hpp"
#include "base/core/result.hpp"
#include "trust/zone/descriptor.hpp"
#include "trust/zone/signed_object.hpp"

namespace sekisho::trust {

struct RecognitionTerms {
  Instant valid_from, valid_to;
  std::uint32_t max_status_age_s = 24 * 3600;
  std::uint32_t max_cross_certificate_days = 366;
  std::vector<std::string> purposes;         // empty: any
  std::vector<std::string> data_categories;  // empty: any
  std::string legal_basis;
};

struct RecognitionParty {
  std::string zone;
  Digest descriptor{};
  Digest root{};
  Namespace space;
};

struct Recognition {
  RecognitionParty a, b;
  std::vector<std::pair<std::string, std::string>> levels;  // OID of a ↔ OID of b
  RecognitionTerms terms;

  Digest id{};
  SignedObject object;  // as received

  // Shape only; signatures by signed_by_both().
  [[nodiscard]] static Result<Recognition> parse(BytesView signed_bytes);
  [[nodiscard]] const RecognitionParty* party(std::string_view zone) const;
  // What `own` puts into the cross-certificate for the other party.
  [[nodiscard]] CrossTerms cross_terms(std::string_view own) const;
  [[nodiscard]] bool in_force(Instant at) const { return at >= terms.valid_from && at < terms.valid_to; }
};

// The one canonical body of two descriptors and terms: levels pair equal uses and levels of both catalogues.
[[nodiscard]] Result<Bytes> recognition_body(const ZoneDescriptor& x, const ZoneDescriptor& y,
                                             const RecognitionTerms& terms);
// Conflict unless the parties are these two descriptors, by digest and root.
[[nodiscard]] Status names_parties(const Recognition& recognition, const ZoneDescriptor& x, const ZoneDescriptor& y);
// The same, and both roots signed.
[[nodiscard]] Status signed_by_both(const Recognition& recognition, const ZoneDescriptor& x, const ZoneDescriptor& y);
[[nodiscard]] bool signed_by(const Recognition& recognition, const ZoneDescriptor& zone);

}  // namespace sekisho::trust
