// Every vector of transparency-dev/merkle gives its stated verdict.
#include <gtest/gtest.h>

#include <iostream>

#include "base/core/encoding.hpp"
#include "base/core/json.hpp"
#include "base/crypto/digest.hpp"
#include "tests/support/test_data.hpp"
#include "trust/log/merkle.hpp"

namespace sekisho::trust {
namespace {

// The vectors also have roots that are no hashes ("don't care 1"): those become a hash of their own.
Digest hash_of(const Json& value) {
  const Bytes bytes = from_base64(value.as_string()).value();
  if (bytes.size() != 32) return sha256({as_bytes("no hash"), bytes});
  Digest out;
  std::copy(bytes.begin(), bytes.end(), out.begin());
  return out;
}

std::vector<Digest> hashes_of(const Json& value) {
  std::vector<Digest> out;
  if (value.is_null()) return out;
  for (const Json& element : value.as_array()) out.push_back(hash_of(element));
  return out;
}

std::uint64_t number(const JsonObject& o, std::string_view name) { return o.at(name).to_number<std::uint64_t>(); }

bool judge(const std::string& folder, const JsonObject& o) {
  const auto proof = hashes_of(o.at("proof"));
  const bool inclusion = folder.ends_with("inclusion");
  const auto first = hash_of(o.at(inclusion ? "leafHash" : "root1"));
  const auto second = hash_of(o.at(inclusion ? "root" : "root2"));
  // A leaf hash of another length cannot even be said to these functions.
  if (inclusion && from_base64(o.at("leafHash").as_string()).value().size() != 32) return false;
  if (folder == "inclusion") {
    return verify_inclusion(number(o, "leafIdx"), number(o, "treeSize"), first, proof, second).has_value();
  }
  if (folder == "consistency") {
    return verify_consistency(number(o, "size1"), number(o, "size2"), first, second, proof).has_value();
  }
  if (folder == "subtreeinclusion") {
    return verify_subtree_inclusion(number(o, "leafIdx"), number(o, "start"), number(o, "end"), first, proof, second)
        .has_value();
  }
  return verify_subtree_consistency(number(o, "start"), number(o, "end"), number(o, "size"), first, second, proof)
      .has_value();
}

class MerkleVectors : public ::testing::TestWithParam<std::pair<const char*, int>> {};

TEST_P(MerkleVectors, GiveTheirVerdict) {
  const std::string folder = GetParam().first;
  SEKISHO_DATA_OR_SKIP(root, "tlog/merkle/" + folder);
  int cases = 0;
  for (const auto& file : std::filesystem::recursive_directory_iterator(root)) {
    if (file.path().extension() != ".json") continue;
    // Some sizes are beyond the 2^53 of the strict parser.
    const Json json = boost::json::parse(test::read_text(file.path()));
    EXPECT_NE(judge(folder, json.as_object()), json.as_object().at("wantErr").as_bool()) << file.path();
    ++cases;
  }
  std::cout << "vectors: " << cases << " merkle " << folder << "\n";
  EXPECT_EQ(cases, GetParam().second);
}

INSTANTIATE_TEST_SUITE_P(All, MerkleVectors,
                         ::testing::Values(std::pair{"inclusion", 98}, std::pair{"consistency", 98},
                                           std::pair{"subtreeinclusion", 204}, std::pair{"subtreeconsistency", 118}),
                         [](const auto& param) { return std::string(param.param.first); });

}  // namespace
}  // namespace sekisho::trust
