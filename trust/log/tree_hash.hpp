// The three hashes of the tree (RFC 6962 section 2.1).
#pragma once

#include "base/core/bytes.hpp"

namespace sekisho::trust {

[[nodiscard]] Digest leaf_hash(BytesView entry);
[[nodiscard]] Digest node_hash(const Digest& left, const Digest& right);
[[nodiscard]] const Digest& empty_root();  // SHA-256("")

}  // namespace sekisho::trust
