// Who this node is: names, certificates and signers, read once from the keys folder that `sekisho node init` and
// `sekisho node install` wrote (docs/operator.md). Nothing here prints or copies a private key.
//
// Immutable after loading; shared by all threads. The signers are thread-safe.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/core/bytes.hpp"
#include "base/core/json.hpp"
#include "base/core/result.hpp"
#include "base/core/secret.hpp"
#include "base/crypto/ecdsa.hpp"
#include "base/crypto/signer.hpp"
#include "trust/keys/key_file.hpp"

namespace sekisho::node {

struct LocalIdentity {
  std::string did;           // did:web:<dns>
  std::string dns;
  std::string zone;
  std::string organization;
  std::string address;       // ip:port of the peer listener, as enrolled
  Digest statement_cert{};   // SHA-256 of the DER of the statement certificate
  std::vector<Bytes> tls_chain;        // DER, leaf first
  std::vector<Bytes> statement_chain;  // DER, leaf first
  std::string tls_chain_pem;           // the same chain for base/http/tls
  std::shared_ptr<const Secret> tls_key_pem;
  std::shared_ptr<Signer> statement_signer;
  std::shared_ptr<Signer> log_signer;
  std::shared_ptr<const EcdsaPrivateKey> token_key;  // ES256, a key of its own; its public half is in the DID document
  std::shared_ptr<const Secret> pseudonym_key;  // the root of all pseudonyms; null: the folder has none
  Bytes descriptor;          // own zone's descriptor, the one anchor of this node
  bool keys_wrapped = false; // false: the key files lie plain at 0600, and `status` says so
};

// wrap opens wrapped key files; null where they lie plain. Errors: KeyFile, KeyFileMode and those of the certificate parsers,
// naming the file.
[[nodiscard]] Result<LocalIdentity> load_local_identity(const std::filesystem::path& keys, trust::KeyWrap* wrap = nullptr);

// Empty when there is no key.
[[nodiscard]] BytesView pseudonym_root(const LocalIdentity& self);

// /.well-known/did.json: the token key, and the Dataspace Protocol's end points.
[[nodiscard]] Result<Json> did_document(const LocalIdentity& self);

}  // namespace sekisho::node
