// gzip (RFC 1952) of whole buffers, bounded: a bomb fails at its limit, not after it.
//
// Exactly one member, its checksum and length right, nothing after it. Errors: Code::GzipFormat for anything that is
// not that, Code::LimitExceeded over `limit` octets or over limits::kGzipRatio. Pure; callable from every thread.
#pragma once

#include <cstddef>

#include "base/core/bytes.hpp"
#include "base/core/result.hpp"

namespace sekisho {

[[nodiscard]] Result<Bytes> gunzip(BytesView compressed, std::size_t limit);

// Always the same octets for the same input and library: no time, no name, operating system "unknown".
[[nodiscard]] Bytes gzip(BytesView content);

}  // namespace sekisho
