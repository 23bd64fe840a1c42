#include "base/crypto/signer.hpp"

#include <gtest/gtest.h>

namespace sekisho {
namespace {

TEST(KeySigner, SignsWithItsKey) {
  ManualRandom random;
  KeySigner signer(Ed25519PrivateKey::generate(random));
  const auto signature = signer.sign(as_bytes("message"));
  ASSERT_TRUE(signature);
  EXPECT_TRUE(verify(signer.public_key(), as_bytes("message"), *signature));
}

}  // namespace
}  // namespace sekisho
