// The one spelling of a ustar archive (POSIX.1-1988) that bundles use: regular files only, names sorted octet by octet,
// mode 0644, owner 0, mtime 0, two zero blocks at the end and nothing after them.
//
// The reader rebuilds each header from name and size and compares all 512 octets, so links, devices, other modes, other
// number spellings, prefixes and extension records cannot occur. Errors: Code::BundleFormat, Code::LimitExceeded. Pure.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "base/core/bytes.hpp"
#include "base/core/result.hpp"

namespace sekisho::trust {

struct ArchiveLimits {
  std::size_t members = 10'000;
  std::size_t bytes = 64U << 20;  // the whole archive
};

using ArchiveMembers = std::map<std::string, Bytes, std::less<>>;
using ArchiveView = std::map<std::string, BytesView, std::less<>>;  // into the archive's octets

// 1 … 99 octets of letters, digits, '-', '_', '.', divided by single '/'; no segment begins with '.'.
[[nodiscard]] bool valid_member_name(std::string_view name);

[[nodiscard]] Result<Bytes> write_ustar(const ArchiveMembers& members);
[[nodiscard]] Result<ArchiveView> read_ustar(BytesView archive, const ArchiveLimits& limits);

}  // namespace sekisho::trust
