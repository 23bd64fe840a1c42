#include "trust/evidence/bundle.hpp"

#include <fmt/format.h>

#include "base/core/encoding.hpp"
#include "base/core/json.hpp"
#include "base/crypto/digest.hpp"
#include "trust/evidence/statement.hpp"

namespace sekisho::trust {
namespace {

constexpr std::size_t kMaxChain = 8;
constexpr std::size_t kMaxCertificate = 64U << 10;
constexpr std::size_t kMaxDisclosure = 48U << 20;  // of a stream as far as a bundle takes it

template <class Members>
std::string manifest_of(const Members& members) {
  std::string out = R"({"members":[)";
  bool first = true;
  for (const auto& [name, content] : members) {
    if (name == kManifestMember) continue;
    out += fmt::format(R"({}{{"name":"{}","bytes":{},"sha256":"{}"}})", first ? "" : ",", name, content.size(),
                       to_hex(sha256(content)));
    first = false;
  }
  return out + "]}\n";
}

}  // namespace

std::string statement_member(const Digest& id) { return "statements/" + to_hex(id); }
std::string chain_member(const Digest& leaf) { return "chains/" + to_hex(leaf); }
std::string crl_member(const Digest& crl) { return "crls/" + to_hex(crl); }
std::string descriptor_member(const Digest& object_id) { return "recognition/descriptor-" + to_hex(object_id); }
std::string recognition_member(const Digest& object_id) { return "recognition/recognition-" + to_hex(object_id); }
std::string snapshot_member(const Digest& object_id) { return "snapshots/" + to_hex(object_id); }
std::string log_folder(std::string_view origin) { return "log/" + to_hex(sha256(as_bytes(origin))) + "/"; }
std::string disclosure_member(const Digest& statement) { return "disclosures/" + to_hex(statement); }

Bytes encode_chain(std::span<const Bytes> chain_der) {
  Bytes out;
  for (const Bytes& der : chain_der) {
    append(out, BytesView(be64(der.size())).subspan(4));
    append(out, der);
  }
  return out;
}

Result<std::vector<Bytes>> decode_chain(BytesView bytes) {
  std::vector<Bytes> out;
  while (!bytes.empty()) {
    if (bytes.size() < 4) return fail(Code::BundleFormat, "a chain ends inside a length");
    const std::uint64_t length = read_be64(bytes.first(4));
    bytes = bytes.subspan(4);
    if (length == 0 || length > kMaxCertificate || length > bytes.size()) {
      return fail(Code::BundleFormat, "a chain has a certificate of a wrong length");
    }
    if (out.size() == kMaxChain) return fail(Code::BundleFormat, "a chain has too many certificates");
    out.push_back(to_bytes(bytes.first(static_cast<std::size_t>(length))));
    bytes = bytes.subspan(static_cast<std::size_t>(length));
  }
  if (out.empty()) return fail(Code::BundleFormat, "a chain has no certificate");
  return out;
}

std::string format_disclosure(const Disclosure& disclosure) {
  std::string out =
      fmt::format(R"({{"statement":"{}","salt":"{}")", to_hex(disclosure.statement), to_hex(disclosure.salt));
  if (disclosure.data) out += fmt::format(R"(,"data":"{}")", to_base64(*disclosure.data));
  return out + "}";
}

Result<Disclosure> parse_disclosure(std::string_view text) {
  const auto bad = [] { return fail(Code::BundleFormat, "a disclosure is not {statement, salt, data}"); };
  const Result<Json> json = parse_json(text, {.bytes = kMaxDisclosure, .depth = 2, .values = 8});
  if (!json) return fail(Code::BundleFormat, "a disclosure is not strict JSON", json.error());
  if (!json->is_object() || !only_members(json->get_object(), {"statement", "salt", "data"})) return bad();
  const JsonObject& object = json->get_object();
  const Result<std::string> statement = get_string(object, "statement");
  const Result<std::string> salt = get_string(object, "salt");
  const Result<std::optional<std::string>> data = get_optional_string(object, "data");
  if (!statement || !salt || !data) return bad();
  const Result<Digest> id = digest_from_hex(*statement);
  const Result<Digest> octets = digest_from_hex(*salt);
  if (!id || !octets) return bad();
  Disclosure out{*id, *octets, std::nullopt};
  if (data->has_value()) {
    Result<Bytes> content = from_base64(**data);
    if (!content) return bad();
    out.data = std::move(*content);
  }
  return out;
}

Status BundleWriter::add(std::string name, Bytes content) {
  if (!valid_member_name(name) || name == kManifestMember) {
    return fail(Code::BundleFormat, "a member's name cannot stand in a bundle: " + name);
  }
  const auto [it, fresh] = members_.try_emplace(std::move(name), std::move(content));
  if (!fresh && it->second != content) return fail(Code::BundleFormat, "two contents for the member " + it->first);
  return {};
}

Status BundleWriter::add_statement(const Envelope& envelope) {
  return add(statement_member(statement_id(envelope.payload)), encode_envelope(envelope));
}

Status BundleWriter::add_chain(std::span<const Bytes> chain_der) {
  if (chain_der.empty()) return fail(Code::BundleFormat, "a chain has no certificate");
  return add(chain_member(sha256(chain_der[0])), encode_chain(chain_der));
}

Status BundleWriter::add_snapshot(const Digest& object_id, BytesView signed_bytes) {
  return add(snapshot_member(object_id), to_bytes(signed_bytes));
}

Status BundleWriter::add_proof(std::string_view origin, const LogProof& proof) {
  const std::string folder = log_folder(origin);
  if (!proof.extra) return fail(Code::BundleFormat, "a proof in a bundle carries its entry");
  if (Status s = add(folder + "checkpoint", to_bytes(proof.checkpoint)); !s) return s;
  return add(fmt::format("{}proofs/{}", folder, proof.index), to_bytes(format_proof(proof)));
}

Status BundleWriter::add_disclosure(const Disclosure& disclosure) {
  return add(disclosure_member(disclosure.statement), to_bytes(format_disclosure(disclosure)));
}

Result<Bytes> BundleWriter::finish() const {
  ArchiveMembers all = members_;
  all.emplace(kManifestMember, to_bytes(manifest_of(members_)));
  return write_ustar(all);
}

Result<Bytes> merge_bundles(std::span<const Bytes> bundles, const ArchiveLimits& limits) {
  BundleWriter merged;
  std::map<Digest, Disclosure> disclosures;
  for (const Bytes& bundle : bundles) {
    const Result<ArchiveView> members = read_bundle(bundle, limits);
    if (!members) return fail(members.error());
    for (const auto& [name, content] : *members) {
      if (!name.starts_with("disclosures/")) {
        if (Status s = merged.add(name, to_bytes(content)); !s) return fail(s.error());
        continue;
      }
      Result<Disclosure> disclosure = parse_disclosure(as_text(content));
      if (!disclosure) return fail(disclosure.error());
      const auto [it, fresh] = disclosures.try_emplace(disclosure->statement, *disclosure);
      if (fresh) continue;
      if (it->second.salt != disclosure->salt ||
          (it->second.data && disclosure->data && it->second.data != disclosure->data)) {
        return fail(Code::BundleFormat, "two contents for the member " + name);
      }
      if (disclosure->data) it->second = std::move(*disclosure);
    }
  }
  for (const auto& [id, disclosure] : disclosures) {
    if (Status s = merged.add_disclosure(disclosure); !s) return fail(s.error());
  }
  return merged.finish();
}

Result<ArchiveView> read_bundle(BytesView bundle, const ArchiveLimits& limits) {
  Result<ArchiveView> members = read_ustar(bundle, limits);
  if (!members) return members;
  const auto manifest = members->find(kManifestMember);
  if (manifest == members->end()) return fail(Code::BundleFormat, "the bundle has no manifest.json");
  // The manifest has one spelling, so it is compared, not interpreted.
  if (as_text(manifest->second) != manifest_of(*members)) {
    return fail(Code::BundleFormat, "the manifest does not fit the members: one was altered, added or left out");
  }
  members->erase(manifest);
  return members;
}

}  // namespace sekisho::trust
