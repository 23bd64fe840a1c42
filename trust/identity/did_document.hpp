// The DID document of a node (did:web; W3C DID Core 1.0, JsonWebKey2020): the P-256 keys that sign its tokens, and
// its service end points. Built and read here; nothing is resolved or fetched.
//
// The reader is strict: known members only, the id must be the expected DID, keys must be EC P-256 public keys
// without private members, every reference must name a key of the document.
// Errors: JsonSyntax, JsonShape (help "pointer").
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/core/json.hpp"
#include "base/core/result.hpp"
#include "trust/keys/private_key.hpp"

namespace sekisho::trust {

struct DidKey {
  std::string id;  // "<did>#<fragment>": the kid of a token
  PublicKey key;   // P-256
};

struct DidService {
  std::string id;    // "<did>#<fragment>"
  std::string type;  // "DataService", "CatalogService" …
  std::string endpoint;
};

struct DidDocument {
  std::string did;
  std::vector<DidKey> keys;  // all serve authentication and assertionMethod
  std::vector<DidService> services;

  [[nodiscard]] const DidKey* find(std::string_view key_id) const;
};

// "<did>#<first 16 hex digits of the key's digest>".
[[nodiscard]] std::string key_id(std::string_view did, const PublicKey& key);
[[nodiscard]] Result<Json> did_document_json(const DidDocument& document);
[[nodiscard]] Result<DidDocument> parse_did_document(std::string_view text, std::string_view expected_did);

}  // namespace sekisho::trust
