// The keys folder of a node, as `sekisho node init` and `node install` write it and sekishod reads it:
//   tls.key statement.key log.key token.key   private keys, 0600
//   pseudonym.key                             the root of all pseudonyms, 32 octets, 0600
//   node.json                                 {dns, organization, address}
//   tls.chain.pem statement.chain.pem         leaf first, then the issuing CA
//   descriptor.pb                             the own zone's signed descriptor: the anchor
// Errors: KeyFile, KeyFileMode, Io, and those of the parsers.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/core/result.hpp"
#include "trust/keys/key_file.hpp"
#include "trust/zone/enrolment.hpp"

namespace sekisho::trust {

struct NodeFolder {
  NodeKeys keys;
  std::shared_ptr<const Secret> pseudonym_key;  // null: a folder that was made before there were any
  bool wrapped = false;  // all keys wrapped; false: they lie plain at 0600
  std::string dns, did, zone, organization, address;
  std::vector<Bytes> tls_chain, statement_chain;
  std::string tls_chain_pem;
  Digest statement_cert{}, tls_cert{};
  Bytes descriptor;  // signed
};

// Makes the folder (0700), keys and node.json; returns the signed request. Conflict when keys exist.
[[nodiscard]] Result<Bytes> init_node_folder(const std::filesystem::path& folder, const NodeParticulars& node,
                                             Instant now, KeyWrap* wrap = nullptr);
// For a folder that lacks it; KeyFile when there is one.
[[nodiscard]] Result<std::shared_ptr<const Secret>> make_pseudonym_key(const std::filesystem::path& folder,
                                                                       KeyWrap* wrap = nullptr);
[[nodiscard]] Status install_node_certificates(const std::filesystem::path& folder, BytesView certificates,
                                               KeyWrap* wrap = nullptr);
[[nodiscard]] Result<NodeFolder> load_node_folder(const std::filesystem::path& folder, KeyWrap* wrap = nullptr);

}  // namespace sekisho::trust
