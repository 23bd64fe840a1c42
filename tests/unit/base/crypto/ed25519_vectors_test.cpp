// Our verdict on each of the 914 edge-case signatures of C2SP/CCTV, fixed: a library that changes its mind would make
// two parties disagree about one signature, and stored evidence change its verdict.
#include <gtest/gtest.h>

#include "base/core/encoding.hpp"
#include "base/core/json.hpp"
#include "base/crypto/digest.hpp"
#include "base/crypto/ed25519.hpp"
#include "tests/support/test_data.hpp"

namespace sekisho {
namespace {

constexpr std::size_t kVectors = 914;
constexpr std::size_t kAccepted = 43;
// SHA-256 over one character for each vector in order: '1' accepted, '0' refused.
constexpr std::string_view kVerdicts = "9111cd3acbe211e15031707588bc9d68cb7b0c2d8f500fad1ebfedfc4362ffab";
// The accepted ones by number.
constexpr std::string_view kAcceptedNumbers =
    "7 29 50 117 139 161 182 249 305 411 425 438 465 473 481 489 497 511 525 538 565 573 581 589 597 611 625 638 665 "
    "673 "
    "681 689 697 711 725 738 765 773 781 789 797 832 899 ";

bool flagged(const JsonObject& vector, std::string_view flag) {
  const auto* flags = vector.if_contains("flags");
  if (flags == nullptr || !flags->is_array()) return false;
  for (const auto& f : flags->get_array()) {
    if (f.is_string() && std::string_view(f.get_string()) == flag) return true;
  }
  return false;
}

TEST(Ed25519Vectors, EachHasItsOneVerdict) {
  SEKISHO_DATA_OR_SKIP(path, "ed25519/ed25519vectors.json");
  JsonLimits limits;
  limits.bytes = 4U << 20;
  const auto document = parse_json(test::read_text(path), limits);
  ASSERT_TRUE(document) << document.error().message;
  ASSERT_TRUE(document->is_array());
  std::string verdicts;
  std::string numbers;
  for (const auto& item : document->get_array()) {
    const JsonObject& vector = item.get_object();
    Ed25519PublicKey key;
    const Bytes octets = from_hex(get_string(vector, "key").value()).value();
    ASSERT_EQ(octets.size(), key.octets.size());
    std::copy(octets.begin(), octets.end(), key.octets.begin());
    const Bytes signature = from_hex(get_string(vector, "sig").value()).value();
    const std::string message = get_string(vector, "msg").value();
    const bool accepted = verify(key, as_bytes(message), signature);
    verdicts += accepted ? '1' : '0';
    if (!accepted) continue;
    numbers += std::to_string(get_integer(vector, "number").value()) + " ";
    for (const char* flag :
         {"low_order_A", "low_order_R", "non_canonical_A", "non_canonical_R", "low_order_residue", "reencoded_k"}) {
      EXPECT_FALSE(flagged(vector, flag)) << flag << " in vector " << get_integer(vector, "number").value();
    }
  }
  EXPECT_EQ(verdicts.size(), kVectors);
  EXPECT_EQ(static_cast<std::size_t>(std::count(verdicts.begin(), verdicts.end(), '1')), kAccepted);
  EXPECT_EQ(numbers, kAcceptedNumbers);
  EXPECT_EQ(to_hex(sha256(as_bytes(verdicts))), kVerdicts);
  test::print_cases("Ed25519 edge cases", verdicts.size());
}

}  // namespace
}  // namespace sekisho
