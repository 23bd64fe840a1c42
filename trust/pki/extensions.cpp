#include "trust/pki/extensions.hpp"

#include <fmt/format.h>

namespace sekisho::trust::ext {

namespace {

using ConstraintsPtr = std::unique_ptr<NAME_CONSTRAINTS, OsslFree<NAME_CONSTRAINTS_free>>;
using GeneralNamePtr = std::unique_ptr<GENERAL_NAME, OsslFree<GENERAL_NAME_free>>;

ExtensionPtr from_text(int nid, const std::string& value, X509* issuer = nullptr, X509* subject = nullptr) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, subject, nullptr, nullptr, 0);
  return ExtensionPtr(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
}

bool add_subtree(STACK_OF(GENERAL_SUBTREE) * &list, GeneralNamePtr base) {
  if (list == nullptr) list = sk_GENERAL_SUBTREE_new_null();
  GENERAL_SUBTREE* subtree = GENERAL_SUBTREE_new();
  if (list == nullptr || !base || subtree == nullptr || sk_GENERAL_SUBTREE_push(list, subtree) <= 0) {
    GENERAL_SUBTREE_free(subtree);
    return false;
  }
  GENERAL_NAME_free(subtree->base);
  subtree->base = base.release();
  return true;
}

GeneralNamePtr dns_name(const std::string& suffix) {
  GeneralNamePtr name(GENERAL_NAME_new());
  ASN1_IA5STRING* text = ASN1_IA5STRING_new();
  if (!name || text == nullptr || ASN1_STRING_set(text, suffix.data(), static_cast<int>(suffix.size())) != 1) return {};
  GENERAL_NAME_set0_value(name.get(), GEN_DNS, text);
  return name;
}

GeneralNamePtr country_name(const std::string& country) {
  NamePtr name(X509_NAME_new());
  const auto* text = reinterpret_cast<const unsigned char*>(country.c_str());
  if (!name || X509_NAME_add_entry_by_NID(name.get(), NID_countryName, MBSTRING_ASC, text, -1, -1, 0) != 1) return {};
  GeneralNamePtr out(GENERAL_NAME_new());
  if (out) GENERAL_NAME_set0_value(out.get(), GEN_DIRNAME, name.release());
  return out;
}

// An address of zeros with a mask of zeros: every address.
GeneralNamePtr all_addresses(int octets) {
  GeneralNamePtr name(GENERAL_NAME_new());
  ASN1_OCTET_STRING* text = ASN1_OCTET_STRING_new();
  const Bytes zeros(static_cast<std::size_t>(2 * octets));
  if (!name || text == nullptr || ASN1_OCTET_STRING_set(text, zeros.data(), 2 * octets) != 1) return {};
  GENERAL_NAME_set0_value(name.get(), GEN_IPADD, text);
  return name;
}

}  // namespace

ExtensionPtr basic_constraints_ca(int path_length) {
  return from_text(NID_basic_constraints,
                   path_length < 0 ? "critical,CA:TRUE" : fmt::format("critical,CA:TRUE,pathlen:{}", path_length));
}

ExtensionPtr basic_constraints_leaf() { return from_text(NID_basic_constraints, "critical,CA:FALSE"); }
ExtensionPtr key_usage(const std::string& names) { return from_text(NID_key_usage, "critical," + names); }
ExtensionPtr extended_key_usage(const std::string& oids) { return from_text(NID_ext_key_usage, oids); }
ExtensionPtr alternative_names(const std::string& names) { return from_text(NID_subject_alt_name, names); }

ExtensionPtr policies(std::span<const std::string> oids) {
  // OpenSSL reads policies from text only with a configuration file behind it.
  const std::unique_ptr<CERTIFICATEPOLICIES, OsslFree<CERTIFICATEPOLICIES_free>> list(CERTIFICATEPOLICIES_new());
  for (const std::string& oid : oids) {
    POLICYINFO* info = POLICYINFO_new();
    ASN1_OBJECT* object = OBJ_txt2obj(oid.c_str(), 1);
    if (!list || info == nullptr || object == nullptr || sk_POLICYINFO_push(list.get(), info) <= 0) {
      POLICYINFO_free(info);
      ASN1_OBJECT_free(object);
      return nullptr;
    }
    ASN1_OBJECT_free(info->policyid);
    info->policyid = object;
  }
  return ExtensionPtr(list ? X509V3_EXT_i2d(NID_certificate_policies, 0, list.get()) : nullptr);
}

ExtensionPtr policy_mappings(std::span<const PolicyPair> pairs) {
  std::string text = "critical";
  for (const PolicyPair& pair : pairs) text += "," + pair.own + ":" + pair.foreign;
  return from_text(NID_policy_mappings, text);
}

ExtensionPtr policy_constraints() {
  return from_text(NID_policy_constraints, "critical,requireExplicitPolicy:0,inhibitPolicyMapping:0");
}

ExtensionPtr inhibit_any_policy() { return from_text(NID_inhibit_any_policy, "critical,0"); }

ExtensionPtr name_constraints(const Namespace& space) {
  ConstraintsPtr value(NAME_CONSTRAINTS_new());
  bool ok = value != nullptr;
  for (const std::string& suffix : space.dns_suffixes) ok = ok && add_subtree(value->permittedSubtrees, dns_name(suffix));
  for (const std::string& country : space.countries) {
    ok = ok && add_subtree(value->permittedSubtrees, country_name(country));
  }
  ok = ok && add_subtree(value->excludedSubtrees, all_addresses(4)) &&
       add_subtree(value->excludedSubtrees, all_addresses(16));
  return ExtensionPtr(ok ? X509V3_EXT_i2d(NID_name_constraints, 1, value.get()) : nullptr);
}

ExtensionPtr subject_key_id(X509* subject) { return from_text(NID_subject_key_identifier, "hash", nullptr, subject); }

ExtensionPtr authority_key_id(X509* issuer) { return from_text(NID_authority_key_identifier, "keyid:always", issuer); }

Bytes der_of(const X509_EXTENSION* extension) { return to_der<i2d_X509_EXTENSION>(extension); }

}  // namespace sekisho::trust::ext
