// The book of one CA: what it issued, what it revoked, its newest list. For trust/zone only.
#pragma once

#include <chrono>
#include <optional>

#include "base/core/result.hpp"
#include "trust/pki/crl.hpp"
#include "trust/pki/issue.hpp"
#include "trust/zone/proto_io.hpp"

namespace sekisho::trust {

void note_issued(pb::CaBook& book, const Certificate& certificate);

// NotFound when the CA did not issue it. Revoking again keeps the first date.
[[nodiscard]] Status mark_revoked(pb::CaBook& book, const Certificate& certificate, int reason,
                                  std::optional<Instant> invalid_since, Instant now);

// The next list: number + 1, thisUpdate at least a second after the last.
[[nodiscard]] Status renew_crl(pb::CaBook& book, const CaKey& ca, Instant now, std::chrono::seconds validity);

// The newest list is missing, does not hold every revocation, or has less than half its time left.
[[nodiscard]] bool crl_is_due(const pb::CaBook& book, Instant now, std::chrono::seconds validity);

}  // namespace sekisho::trust
