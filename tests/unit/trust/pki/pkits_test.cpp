// The NIST Public Key Interoperability Test Suite (2011-04-14) through the product's path core. A difference from the
// suite may only be a refusal of what the suite accepts; each one is listed here with its reason.
#include <gtest/gtest.h>

#include <iostream>
#include <map>
#include <set>

#include "base/core/json.hpp"
#include "tests/support/test_data.hpp"
#include "trust/pki/path.hpp"

namespace sekisho::trust {
namespace {

namespace fs = std::filesystem;

const Instant kSuiteTime = *from_rfc3339("2011-04-15T00:00:00Z");
constexpr std::string_view kAnyPolicy = "2.5.29.32.0";

// The cases that our flags refuse although the suite accepts them.
const std::map<std::string, std::string> kRefusedKnowingly = {
    {"40105", "DSA with inherited parameters is not supported"},
    {"40604", "basicConstraints that is not critical is refused by the strict flag"},
    {"41430", "an indirect CRL whose issuer's own certificate it covers"},
};

struct Case {
  std::string id, name;
  Bytes leaf;
  std::vector<Bytes> others, crls;
  bool good = true;
  PathSettings settings;
};

Bytes read(const fs::path& path) { return to_bytes(test::read_text(path)); }

std::vector<std::string> strings(const JsonObject& object, std::string_view name) {
  std::vector<std::string> out;
  if (const Json* list = object.if_contains(name)) {
    for (const Json& v : list->as_array()) out.emplace_back(v.as_string());
  }
  return out;
}

bool flag(const JsonObject& params, std::string_view name) {
  const Json* value = params.if_contains(name);
  return value != nullptr && value->as_bool();
}

PathSettings settings_of(const JsonObject& test) {
  PathSettings s;
  s.depth = 16;  // the suite's paths are longer than ours
  s.explicit_policy = false;
  s.inhibit_any = false;
  s.policies = {std::string(kAnyPolicy)};
  const Json* params = test.if_contains("params");
  if (params == nullptr) return s;
  const JsonObject& p = params->as_object();
  s.explicit_policy = flag(p, "initial_explicit_policy");
  s.inhibit_mapping = flag(p, "initial_policy_mapping_inhibit");
  s.inhibit_any = flag(p, "initial_any_policy_inhibit");
  if (p.contains("user_initial_policy_set")) s.policies = strings(p, "user_initial_policy_set");
  return s;
}

std::vector<Case> load_cases(const fs::path& folder) {
  std::vector<Case> out;
  const Json all = *parse_json(test::read_text(folder / "pkits.json"), {.bytes = 4 << 20, .depth = 16, .values = 1'000'000});
  for (const Json& value : all.as_array()) {
    const JsonObject& test = value.as_object();
    Case c;
    c.id = test.at("id").as_string();
    c.name = test.at("name").as_string();
    c.leaf = read(folder / "certs" / std::string(test.at("cert").as_string()));
    for (const auto& name : strings(test, "other_certs")) c.others.push_back(read(folder / "certs" / name));
    for (const auto& name : strings(test, "crls")) c.crls.push_back(read(folder / "crls" / name));
    c.crls.push_back(read(folder / "crls" / "TrustAnchorRootCRL.crl"));
    c.good = !test.contains("error");
    c.settings = settings_of(test);
    out.push_back(std::move(c));
  }
  return out;
}

bool accepted(const Case& c, const Certificate& root) {
  std::vector<Certificate> chain;
  Result<Certificate> leaf = Certificate::parse(c.leaf);
  if (!leaf) return false;
  chain.push_back(std::move(*leaf));
  for (const Bytes& der : c.others) {
    if (Result<Certificate> other = Certificate::parse(der)) chain.push_back(std::move(*other));
  }
  std::vector<Crl> crls;
  std::set<Digest> seen;
  for (const Bytes& der : c.crls) {
    Result<Crl> crl = Crl::parse(der);
    if (crl && seen.insert(crl->digest()).second) crls.push_back(std::move(*crl));
  }
  Result<PathStore> store = PathStore::build({&root, 1}, crls);
  return store && store->verify(chain, c.settings, kSuiteTime).has_value();
}

TEST(Pkits, TheCoreAgreesOrRefuses) {
  SEKISHO_DATA_OR_SKIP(folder, "pki/nist_pkits");
  const Certificate root = *Certificate::parse(read(folder / "certs" / "TrustAnchorRootCertificate.crt"));
  const std::vector<Case> cases = load_cases(folder);
  std::size_t agree = 0;
  std::size_t refused = 0;
  for (const Case& c : cases) {
    const bool got = accepted(c, root);
    if (got == c.good) {
      ++agree;
      continue;
    }
    EXPECT_TRUE(c.good) << "falsely accepted: " << c.id << " " << c.name;
    EXPECT_TRUE(kRefusedKnowingly.contains(c.id)) << "refused without a reason here: " << c.id << " " << c.name;
    ++refused;
  }
  test::print_cases("PKITS sub-cases", cases.size());
  test::print_cases("PKITS agreed", agree);
  test::print_cases("PKITS refused though valid", refused);
  EXPECT_EQ(cases.size(), 247U);
  EXPECT_EQ(refused, kRefusedKnowingly.size());
}

}  // namespace
}  // namespace sekisho::trust
