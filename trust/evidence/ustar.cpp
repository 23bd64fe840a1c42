#include "trust/evidence/ustar.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace sekisho::trust {
namespace {

constexpr std::size_t kBlock = 512;
using Header = std::array<std::uint8_t, kBlock>;

void put(Header& header, std::size_t at, std::string_view text) {
  std::copy(text.begin(), text.end(), header.begin() + static_cast<std::ptrdiff_t>(at));
}

Header header_of(std::string_view name, std::size_t size) {
  Header header{};
  put(header, 0, name);
  put(header, 100, "0000644");
  put(header, 108, "0000000");
  put(header, 116, "0000000");
  put(header, 124, fmt::format("{:011o}", size));
  put(header, 136, "00000000000");
  put(header, 148, "        ");  // the checksum counts itself as spaces
  put(header, 156, "0");
  put(header, 257, std::string_view("ustar\0", 6));
  put(header, 263, "00");
  put(header, 329, "0000000");
  put(header, 337, "0000000");
  unsigned sum = 0;
  for (const std::uint8_t octet : header) sum += octet;
  put(header, 148, fmt::format("{:06o}", sum));
  header[154] = 0;
  return header;
}

std::size_t padded(std::size_t size) { return (size + kBlock - 1) / kBlock * kBlock; }

bool is_zero(BytesView octets) {
  return std::all_of(octets.begin(), octets.end(), [](std::uint8_t o) { return o == 0; });
}

// Only to learn which header to rebuild; any other spelling fails the comparison.
std::size_t read_octal(BytesView digits) {
  std::size_t value = 0;
  for (const std::uint8_t digit : digits)
    value = value * 8 + (digit >= '0' && digit <= '7' ? digit - std::size_t{'0'} : 0);
  return value;
}

std::string_view name_in(BytesView header) {
  const std::string_view field = as_text(header.first(100));
  return field.substr(0, field.find('\0'));
}

bool valid_segment(std::string_view segment) {
  return !segment.empty() && segment.front() != '.' && std::all_of(segment.begin(), segment.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.';
  });
}

}  // namespace

bool valid_member_name(std::string_view name) {
  if (name.size() > 99) return false;
  for (;;) {
    const std::size_t slash = name.find('/');
    if (!valid_segment(name.substr(0, slash))) return false;
    if (slash == std::string_view::npos) return true;
    name.remove_prefix(slash + 1);
  }
}

Result<Bytes> write_ustar(const ArchiveMembers& members) {
  std::size_t total = 2 * kBlock;
  for (const auto& [name, content] : members) {
    if (!valid_member_name(name)) return fail(Code::BundleFormat, "a member's name cannot stand in a bundle: " + name);
    total += kBlock + padded(content.size());
  }
  Bytes out;
  out.reserve(total);
  for (const auto& [name, content] : members) {
    append(out, header_of(name, content.size()));
    append(out, content);
    out.resize(padded(out.size()));
  }
  out.resize(total);
  return out;
}

Result<ArchiveView> read_ustar(BytesView archive, const ArchiveLimits& limits) {
  const auto bad = [](std::string_view what) { return fail(Code::BundleFormat, fmt::format("archive: {}", what)); };
  if (archive.size() > limits.bytes) return fail(Code::LimitExceeded, "the bundle is over its limit of octets");
  if (archive.size() % kBlock != 0) return bad("not made of blocks of 512 octets");
  ArchiveView members;
  std::string previous;
  while (!archive.empty()) {
    const BytesView header = archive.first(kBlock);
    if (is_zero(header)) {
      if (archive.size() != 2 * kBlock || !is_zero(archive)) return bad("it does not end in exactly two zero blocks");
      return members;
    }
    const std::string name(name_in(header));
    if (!valid_member_name(name)) return bad("a member has a name that is not allowed");
    const std::size_t size = read_octal(header.subspan(124, 11));
    const Header expected = header_of(name, size);
    if (!std::equal(expected.begin(), expected.end(), header.begin())) {
      return bad("the header of " + name + " is not of a plain file as bundles have it");
    }
    if (!members.empty() && name <= previous) return bad("its names are not sorted or not unique at " + name);
    if (members.size() == limits.members) return fail(Code::LimitExceeded, "the bundle has too many members");
    archive = archive.subspan(kBlock);
    if (size > archive.size() || padded(size) > archive.size()) return bad("it ends inside " + name);
    if (!is_zero(archive.subspan(size, padded(size) - size))) return bad("there are octets after the end of " + name);
    members.emplace(name, archive.first(size));
    previous = name;
    archive = archive.subspan(padded(size));
  }
  return bad("it has no end");
}

}  // namespace sekisho::trust
