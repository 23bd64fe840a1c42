#include "node/identity/local_identity.hpp"

#include <fmt/format.h>

#include "trust/identity/did_document.hpp"
#include "trust/zone/node_folder.hpp"

namespace sekisho::node {
namespace {

Result<std::shared_ptr<Signer>> signer_of(const trust::PrivateKey& key) {
  Result<std::array<std::uint8_t, 32>> seed = key.ed25519_seed();
  if (!seed) return fail(seed.error());
  Result<Ed25519PrivateKey> private_key = Ed25519PrivateKey::from_seed(*seed);
  wipe(*seed);
  if (!private_key) return fail(private_key.error());
  return std::make_shared<KeySigner>(std::move(*private_key));
}

Result<std::shared_ptr<const EcdsaPrivateKey>> token_key_of(const trust::PrivateKey& key) {
  Result<Bytes> der = key.pkcs8();
  if (!der) return fail(der.error());
  Result<EcdsaPrivateKey> token = EcdsaPrivateKey::from_pkcs8_der(*der);
  wipe(*der);
  if (!token) return fail(token.error());
  return std::make_shared<const EcdsaPrivateKey>(std::move(*token));
}

}  // namespace

Result<LocalIdentity> load_local_identity(const std::filesystem::path& keys, trust::KeyWrap* wrap) {
  Result<trust::NodeFolder> folder = trust::load_node_folder(keys, wrap);
  if (!folder) return fail(folder.error());
  LocalIdentity self;
  self.did = std::move(folder->did);
  self.dns = std::move(folder->dns);
  self.zone = std::move(folder->zone);
  self.organization = std::move(folder->organization);
  self.address = std::move(folder->address);
  self.statement_cert = folder->statement_cert;
  self.tls_chain = std::move(folder->tls_chain);
  self.statement_chain = std::move(folder->statement_chain);
  self.tls_chain_pem = std::move(folder->tls_chain_pem);
  self.descriptor = std::move(folder->descriptor);
  self.keys_wrapped = folder->wrapped;
  self.pseudonym_key = std::move(folder->pseudonym_key);

  Result<std::string> pem = folder->keys.tls.pem();
  if (!pem) return fail(pem.error());
  self.tls_key_pem = std::make_shared<const Secret>(Secret::take(std::move(*pem)));
  Result<std::shared_ptr<Signer>> statement = signer_of(folder->keys.statement);
  if (!statement) return fail(statement.error());
  self.statement_signer = std::move(*statement);
  Result<std::shared_ptr<Signer>> log = signer_of(folder->keys.log);
  if (!log) return fail(log.error());
  self.log_signer = std::move(*log);
  Result<std::shared_ptr<const EcdsaPrivateKey>> token = token_key_of(folder->keys.token);
  if (!token) return fail(token.error());
  self.token_key = std::move(*token);
  return self;
}

BytesView pseudonym_root(const LocalIdentity& self) {
  return self.pseudonym_key ? self.pseudonym_key->view() : BytesView();
}

Result<Json> did_document(const LocalIdentity& self) {
  Result<trust::PublicKey> key = trust::PublicKey::from_spki(self.token_key->public_key().spki_der());
  if (!key) return fail(key.error());
  trust::DidDocument document;
  document.did = self.did;
  document.keys.push_back({trust::key_id(self.did, *key), *key});
  const std::string root = fmt::format("https://{}", self.dns);
  document.services.push_back({self.did + "#dsp", "DataService", root + "/.well-known/dspace-version"});
  document.services.push_back({self.did + "#catalog", "CatalogService", root + "/dsp/2025-1/catalog"});
  return trust::did_document_json(document);
}

}  // namespace sekisho::node
