#include <algorithm>

#include <fmt/format.h>

#include "base/core/encoding.hpp"
#include "base/crypto/digest.hpp"
#include "trust/evidence/member_table.hpp"
#include "trust/evidence/reference.hpp"
#include "trust/evidence/statement.hpp"

namespace sekisho::trust {
namespace {

constexpr char kHex[] = "0123456789abcdef";

bool stands_for_itself(char c) { return static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\'; }

void put_escaped(std::string& out, char c) {
  out += '\\';
  if (c == '"' || c == '\\') {
    out += c;
    return;
  }
  const auto octet = static_cast<unsigned char>(c);
  out += "u00";
  out += kHex[octet >> 4];
  out += kHex[octet & 15U];
}

void put_string(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    const auto plain = static_cast<std::size_t>(std::ranges::find_if_not(text, stands_for_itself) - text.begin());
    out += text.substr(0, plain);
    text.remove_prefix(plain);
    if (text.empty()) break;
    put_escaped(out, text.front());
    text.remove_prefix(1);
  }
  out += '"';
}

void put_hex(std::string& out, BytesView octets) {
  const std::size_t at = out.size();
  out.resize(at + 2 + 2 * octets.size(), '"');
  char* to = out.data() + at + 1;
  for (const std::uint8_t octet : octets) {
    *to++ = kHex[octet >> 4];
    *to++ = kHex[octet & 15U];
  }
}

void put_integer(std::string& out, std::uint64_t value) { fmt::format_to(std::back_inserter(out), "{}", value); }

void put_json(std::string& out, const Json& value);

void put_members(std::string& out, const JsonObject& object, bool first) {
  for (const auto& [name, value] : object) {
    if (!first) out += ',';
    first = false;
    put_string(out, name);
    out += ':';
    put_json(out, value);
  }
}

void put_json(std::string& out, const Json& value) {
  if (value.is_string()) {
    put_string(out, value.get_string());
  } else if (value.is_object()) {
    out += '{';
    put_members(out, value.get_object(), true);
    out += '}';
  } else if (value.is_array()) {
    out += '[';
    bool first = true;
    for (const Json& element : value.get_array()) {
      if (!first) out += ',';
      first = false;
      put_json(out, element);
    }
    out += ']';
  } else {
    out += to_text(value);
  }
}

std::string_view text_member(const JsonObject& members, std::string_view name) {
  const Json* value = members.if_contains(name);
  return value && value->is_string() ? std::string_view(value->get_string()) : std::string_view{};
}

void put_subject(std::string& out, std::string_view name, std::string_view algorithm, BytesView digest) {
  out += "{\"name\":";
  put_string(out, name);
  out += ",\"digest\":{\"";
  out += algorithm;
  out += "\":";
  put_hex(out, digest);
  out += "}}";
}

void put_subjects(std::string& out, const Draft& draft, const Assigned& assigned) {
  const KindRule& rule = rule_of(draft.kind);
  if (rule.subject == SubjectRule::Erased) {
    bool first = true;
    for (const Subject& subject : draft.subject) {
      if (!first) out += ',';
      first = false;
      put_subject(out, subject.name, kCommitDigest, subject.commitment);
    }
    return;
  }
  const std::string_view name = text_member(draft.members, rule.subject_member);
  if (rule.subject == SubjectRule::ContentOrReference) {
    if (const Result<Digest> commitment = digest_from_hex(text_member(draft.members, "commitment")); commitment) {
      return put_subject(out, name, kCommitDigest, *commitment);
    }
  }
  if (rule.subject == SubjectRule::Content && !draft.subject.empty()) {
    return put_subject(out, name, kCommitDigest, draft.subject[0].commitment);
  }
  put_subject(out, name, kReferenceDigest, reference_digest(assigned.rand, name));
}

}  // namespace

Digest reference_digest(const std::array<std::uint8_t, 16>& rand, std::string_view name) {
  static constexpr std::string_view kContext("sekisho-ref-v1\0", 15);
  return sha256({as_bytes(kContext), BytesView(rand), as_bytes(name)});
}

std::string assemble(const Draft& draft, const Assigned& assigned) {
  std::string out;
  out.reserve(2048);
  out += R"({"_type":"https://in-toto.io/Statement/v1","subject":[)";
  put_subjects(out, draft, assigned);
  out += R"(],"predicateType":")";
  out += predicate_type(draft.kind);
  out += R"(","predicate":{"issuer":{"did":)";
  put_string(out, assigned.issuer.did);
  out += R"(,"zone":)";
  put_string(out, assigned.issuer.zone);
  out += R"(,"cert":)";
  put_hex(out, assigned.issuer.cert);
  out += R"(},"log":{"origin":)";
  put_string(out, assigned.origin);
  out += R"(,"index":)";
  put_integer(out, assigned.index);
  out += R"(,"time":")";
  out += to_rfc3339(assigned.time);
  out += R"("},"clock":{"now":")";
  out += to_rfc3339(assigned.clock.now);
  out += R"(","u":)";
  put_integer(out, static_cast<std::uint64_t>(assigned.clock.uncertainty.count()));
  out += R"(},"snapshot":{"seq":)";
  put_integer(out, assigned.snapshot_seq);
  out += R"(,"digest":)";
  put_hex(out, assigned.snapshot_digest);
  out += R"(},"rand":)";
  put_hex(out, assigned.rand);
  if (draft.agreement) {
    out += R"(,"agreement":)";
    put_hex(out, *draft.agreement);
  }
  if (assigned.counter) {
    out += R"(,"counter":)";
    put_integer(out, *assigned.counter);
  }
  if (assigned.prev) {
    out += R"(,"prev":)";
    put_hex(out, *assigned.prev);
  }
  put_members(out, draft.members, false);
  out += "}}";
  return out;
}

Status check_draft(const Draft& draft) {
  const KindRule& rule = rule_of(draft.kind);
  if (rule.agreement == Presence::Required && !draft.agreement) return statement_error("agreement", "is missing");
  if (Status s = check_members(draft.kind, draft.members, {}); !s) return s;
  switch (rule.subject) {
    case SubjectRule::Reference:
      if (!draft.subject.empty()) return statement_error("subject", "of this kind is derived");
      break;
    case SubjectRule::Content:
      if (draft.subject.size() != 1) return statement_error("subject", "must be one commitment");
      break;
    case SubjectRule::ContentOrReference:
      if (draft.subject.size() > 1) return statement_error("subject", "must be at most one commitment");
      if (!draft.subject.empty() && to_hex(draft.subject[0].commitment) != text_member(draft.members, "commitment")) {
        return statement_error("subject", "is not the member commitment");
      }
      break;
    case SubjectRule::Erased:
      if (draft.subject.empty() || draft.subject.size() > 64)
        return statement_error("subject", "must be 1 to 64 commitments");
      break;
  }
  return {};
}

}  // namespace sekisho::trust
