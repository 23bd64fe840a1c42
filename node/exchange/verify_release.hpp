// Does a provider's release say what this node asked for, and are these the data it speaks of? Pure.
// Errors: EvidenceInvalid naming the member that differs; CommitmentMismatch.
#pragma once

#include <string_view>

#include "base/core/result.hpp"
#include "node/dataspace/transfer_book.hpp"
#include "node/exchange/intents.hpp"
#include "trust/evidence/commitment.hpp"
#include "trust/evidence/statement.hpp"

namespace sekisho::node {

// The release belongs to this intent under this transfer, made over a connection with this certificate of ours.
[[nodiscard]] Status check_release(const trust::Statement& release, const OpenIntent& intent, const Digest& terms,
                                   const Digest& own_tls_cert);

// The commitment as received; equal to the one that the release states, or an error.
[[nodiscard]] Result<trust::Commitment> check_content(const trust::Statement& release, const Digest& salt, std::string_view body);

}  // namespace sekisho::node
