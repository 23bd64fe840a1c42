// The X.509 extensions of the zone profiles as values, made one way only: issuing writes them, checking compares
// their DER. For trust/pki only. A null pointer means that OpenSSL refused.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "trust/keys/ossl.hpp"
#include "trust/pki/profile.hpp"

namespace sekisho::trust::ext {

[[nodiscard]] ExtensionPtr basic_constraints_ca(int path_length);  // -1: none
[[nodiscard]] ExtensionPtr basic_constraints_leaf();
[[nodiscard]] ExtensionPtr key_usage(const std::string& names);  // critical
[[nodiscard]] ExtensionPtr extended_key_usage(const std::string& oids);
[[nodiscard]] ExtensionPtr alternative_names(const std::string& names);
[[nodiscard]] ExtensionPtr policies(std::span<const std::string> oids);
[[nodiscard]] ExtensionPtr policy_mappings(std::span<const PolicyPair> pairs);  // critical
[[nodiscard]] ExtensionPtr policy_constraints();  // critical; requireExplicitPolicy 0, inhibitPolicyMapping 0
[[nodiscard]] ExtensionPtr inhibit_any_policy();  // critical; 0
// Critical; permitted DNS suffixes and C=… names, excluded all IPv4 and IPv6.
[[nodiscard]] ExtensionPtr name_constraints(const Namespace& space);
[[nodiscard]] ExtensionPtr subject_key_id(X509* subject);
[[nodiscard]] ExtensionPtr authority_key_id(X509* issuer);

// nid, criticality and value as one DER, to compare.
[[nodiscard]] Bytes der_of(const X509_EXTENSION* extension);

}  // namespace sekisho::trust::ext
