#include "trust/zone/node_folder.hpp"

#include "base/core/file.hpp"
#include "base/core/json.hpp"
#include "base/crypto/system_random.hpp"
#include "trust/pki/names.hpp"

namespace sekisho::trust {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxFile = 1 << 20;
constexpr const char* kPseudonymKey = "pseudonym.key";

struct KeyName {
  const char* file;
  KeyKind kind;
  PrivateKey NodeKeys::*key;
};
constexpr std::array kKeyNames = {
    KeyName{"tls.key", KeyKind::P256, &NodeKeys::tls},
    KeyName{"statement.key", KeyKind::Ed25519, &NodeKeys::statement},
    KeyName{"log.key", KeyKind::Ed25519, &NodeKeys::log},
    KeyName{"token.key", KeyKind::P256, &NodeKeys::token},
};

Status load_keys(const fs::path& folder, KeyWrap* wrap, NodeKeys& keys, bool& wrapped) {
  wrapped = true;
  for (const KeyName& name : kKeyNames) {
    Result<LoadedKey> loaded = load_key(folder / name.file, name.kind, wrap);
    if (!loaded) return fail(loaded.error());
    keys.*name.key = std::move(loaded->key);
    wrapped = wrapped && loaded->wrapped;
  }
  return {};
}

Result<NodeParticulars> load_particulars(const fs::path& folder) {
  const fs::path path = folder / "node.json";
  Result<Bytes> text = read_file(path, kMaxFile);
  if (!text) return fail(Code::KeyFile, "the keys folder has no node.json: " + folder.string(), text.error());
  Result<Json> json = parse_json(as_text(*text));
  if (!json) return fail(json.error());
  if (!json->is_object()) return fail(Code::JsonShape, path.string() + " is not an object");
  NodeParticulars out;
  for (const auto& [member, name] : {std::pair(&out.dns, "dns"), std::pair(&out.organization, "organization"),
                                     std::pair(&out.address, "address")}) {
    Result<std::string> value = get_string(json->as_object(), name);
    if (!value) return fail(value.error());
    *member = std::move(*value);
  }
  return out;
}

Result<std::vector<Bytes>> load_chain(const fs::path& path, std::string* pem) {
  Result<Bytes> text = read_file(path, kMaxFile);
  if (!text) return fail(Code::KeyFile, "no certificates; run sekisho node install: " + path.string(), text.error());
  if (pem != nullptr) *pem = as_text(*text);
  return chain_from_pem(as_text(*text));
}

}  // namespace

Result<std::shared_ptr<const Secret>> make_pseudonym_key(const fs::path& folder, KeyWrap* wrap) {
  Secret key(kSymmetricKeyBytes);
  SystemRandom().fill(key.writable());
  if (Status s = save_symmetric_key(folder / kPseudonymKey, key, wrap); !s) return fail(s.error());
  return std::make_shared<const Secret>(std::move(key));
}

Result<Bytes> init_node_folder(const fs::path& folder, const NodeParticulars& node, Instant now, KeyWrap* wrap) {
  std::error_code ec;
  fs::create_directories(folder, ec);
  if (ec) return fail(Code::Io, "cannot make the folder " + folder.string() + ": " + ec.message());
  fs::permissions(folder, fs::perms::owner_all, ec);
  if (ec) return fail(Code::Io, "cannot set the mode of " + folder.string() + ": " + ec.message());
  for (const KeyName& name : kKeyNames) {
    if (fs::exists(folder / name.file)) {
      return fail(Code::Conflict, "the folder holds keys already; they are not overwritten: " + folder.string());
    }
  }
  // Whoever lost the other keys must not lose the pseudonyms too.
  const bool pseudonyms = fs::exists(folder / kPseudonymKey);
  Result<NodeKeys> keys = NodeKeys::generate();
  if (!keys) return fail(keys.error());
  Result<Bytes> request = make_request(node, *keys, now);
  if (!request) return fail(request.error());
  for (const KeyName& name : kKeyNames) {
    if (Status s = save_key(folder / name.file, (*keys).*name.key, wrap); !s) return fail(s.error());
  }
  if (!pseudonyms) {
    if (auto made = make_pseudonym_key(folder, wrap); !made) return fail(made.error());
  }
  const JsonObject about = {{"dns", node.dns}, {"organization", node.organization}, {"address", node.address}};
  const std::string text = to_text(Json(about)) + "\n";
  if (Status s = write_file_atomic(folder / "node.json", as_bytes(text)); !s) return fail(s.error());
  return request;
}

Status install_node_certificates(const fs::path& folder, BytesView bytes, KeyWrap* wrap) {
  Result<NodeCertificates> certificates = NodeCertificates::parse(bytes);
  if (!certificates) return fail(certificates.error());
  NodeKeys keys;
  bool wrapped = false;
  if (Status s = load_keys(folder, wrap, keys, wrapped); !s) return s;
  if (Status s = match(*certificates, keys); !s) return s;
  Result<NodeParticulars> about = load_particulars(folder);
  if (!about) return fail(about.error());
  if (certificates->tls.dns_names().front() != about->dns) {
    return fail(Code::CertificateInvalid, "the certificates name another node than " + about->dns);
  }
  const Certificate tls[] = {certificates->tls, certificates->issuing_ca};
  const Certificate statement[] = {certificates->statement, certificates->issuing_ca};
  if (Status s = write_file_atomic(folder / "descriptor.pb", certificates->descriptor); !s) return s;
  if (Status s = write_file_atomic(folder / "statement.chain.pem", as_bytes(to_pem(statement))); !s) return s;
  return write_file_atomic(folder / "tls.chain.pem", as_bytes(to_pem(tls)));
}

Result<NodeFolder> load_node_folder(const fs::path& folder, KeyWrap* wrap) {
  NodeFolder out;
  if (Status s = load_keys(folder, wrap, out.keys, out.wrapped); !s) return fail(s.error());
  if (fs::exists(folder / kPseudonymKey)) {
    Result<LoadedSecret> pseudonyms = load_symmetric_key(folder / kPseudonymKey, wrap);
    if (!pseudonyms) return fail(pseudonyms.error());
    out.wrapped = out.wrapped && pseudonyms->wrapped;
    out.pseudonym_key = std::make_shared<const Secret>(std::move(pseudonyms->key));
  }
  Result<NodeParticulars> about = load_particulars(folder);
  if (!about) return fail(about.error());
  out.dns = about->dns;
  out.did = did_web(out.dns);
  out.organization = about->organization;
  out.address = about->address;
  Result<std::vector<Bytes>> tls = load_chain(folder / "tls.chain.pem", &out.tls_chain_pem);
  if (!tls) return fail(tls.error());
  Result<std::vector<Bytes>> statement = load_chain(folder / "statement.chain.pem", nullptr);
  if (!statement) return fail(statement.error());
  Result<Bytes> descriptor = read_file(folder / "descriptor.pb", kMaxFile);
  if (!descriptor) return fail(descriptor.error());
  if (tls->size() != 2 || statement->size() != 2) return fail(Code::KeyFile, "a chain file must hold leaf and issuing CA");
  out.tls_chain = std::move(*tls);
  out.statement_chain = std::move(*statement);
  out.descriptor = std::move(*descriptor);

  Result<Certificate> tls_leaf = Certificate::parse(out.tls_chain[0]);
  if (!tls_leaf) return fail(tls_leaf.error());
  Result<Certificate> statement_leaf = Certificate::parse(out.statement_chain[0]);
  if (!statement_leaf) return fail(statement_leaf.error());
  Result<Certificate> ca = Certificate::parse(out.tls_chain[1]);
  if (!ca) return fail(ca.error());
  Result<ZoneDescriptor> zone = ZoneDescriptor::parse(out.descriptor);
  if (!zone) return fail(zone.error());
  if (Status s = match({*tls_leaf, *statement_leaf, *ca, out.descriptor}, out.keys); !s) return fail(s.error());
  out.tls_cert = tls_leaf->digest();
  out.statement_cert = statement_leaf->digest();
  out.zone = zone->zone;
  return out;
}

}  // namespace sekisho::trust
