#include "policy/pseudonym.hpp"

#include <algorithm>
#include <array>

#include "base/core/secret.hpp"

namespace sekisho::policy {
namespace {

constexpr std::string_view kAlphabet = "abcdefghijklmnopqrstuvwxyz234567";
constexpr std::string_view kDomain = "sekisho pseudonym";
constexpr std::array<std::string_view, 2> kUrns{"urn:uuid:", "urn:oid:"};

// Every part behind its length, so that no two domains have one text.
void append_part(Bytes& out, BytesView part) {
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<std::uint8_t>(part.size() >> shift));
  append(out, part);
}

HmacSha256 derive(const PseudonymDomain& domain, std::string_view field_class, std::uint64_t epoch) {
  Bytes info;
  append_part(info, as_bytes(kDomain));
  append_part(info, domain.agreement);
  append_part(info, as_bytes(field_class));
  append_part(info, as_bytes(std::to_string(epoch)));
  Bytes key = hkdf_sha256(domain.root, {}, info, 32);
  HmacSha256 out(key);
  wipe(key);
  return out;
}

bool is_type(std::string_view text) {
  return !text.empty() && text.size() <= 64 && text.front() >= 'A' && text.front() <= 'Z' &&
         std::ranges::all_of(text, [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); });
}

}  // namespace

Pseudonyms::Pseudonyms(const PseudonymDomain& domain, std::string_view field_class, std::uint64_t epoch)
    : key_(derive(domain, field_class, epoch)) {}

void Pseudonyms::append_token(std::string& out, std::string_view value) const {
  const Digest digest = key_.digest(as_bytes(value));
  std::uint32_t bits = 0;
  unsigned held = 0;
  for (std::size_t i = 0; i < 16; ++i) {
    bits = (bits << 8U) | digest[i];
    held += 8;
    while (held >= 5) {
      held -= 5;
      out += kAlphabet[(bits >> held) & 31U];
    }
  }
  out += kAlphabet[(bits << (5 - held)) & 31U];
}

void Pseudonyms::append_reference(std::string& out, std::string_view reference) const {
  if (reference == "#") {
    out += '#';
    return;
  }
  if (reference.starts_with('#')) {
    out += '#';
    return append_token(out, reference.substr(1));
  }
  for (const std::string_view urn : kUrns) {
    if (!reference.starts_with(urn)) continue;
    out += urn;
    return append_token(out, reference.substr(urn.size()));
  }
  if (const std::size_t query = reference.find('?'); query != std::string_view::npos) {
    const std::string_view type = reference.substr(0, query);
    out += is_type(type) ? std::string(type) + "/" : "urn:uuid:";
    return append_token(out, reference);
  }
  std::string_view rest = reference.substr(0, reference.find("/_history/"));
  const std::size_t slash = rest.rfind('/');
  if (slash != std::string_view::npos && slash + 1 < rest.size()) {
    const std::string_view before = rest.substr(0, slash);
    const std::string_view type = before.substr(before.rfind('/') + 1);
    if (is_type(type)) {
      out += type;
      out += '/';
      return append_token(out, rest.substr(slash + 1));
    }
  }
  out += "urn:uuid:";
  append_token(out, reference);
}

bool is_token(std::string_view text) {
  return text.size() == kTokenLength &&
         std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '2' && c <= '7'); });
}

bool is_token_reference(std::string_view text) {
  if (text == "#") return true;
  if (text.size() <= kTokenLength || !is_token(text.substr(text.size() - kTokenLength))) return false;
  const std::string_view before = text.substr(0, text.size() - kTokenLength);
  return before == "#" || std::ranges::find(kUrns, before) != kUrns.end() ||
         (before.ends_with('/') && is_type(before.substr(0, before.size() - 1)));
}

}  // namespace sekisho::policy
