#include "base/crypto/sealed_box.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "base/crypto/system_random.hpp"

namespace sekisho {
namespace {

KeyEncryptionKey key_of(std::uint8_t octet) { return Secret::copy_of(Bytes(kBoxKeyBytes, octet)); }

TEST(SealedBox, OpensWithTheSameKeyAndPurpose) {
  SystemRandom random;
  ASSERT_TRUE(rc::check("any content", [&](const Bytes& plain, const Bytes& purpose) {
    const Bytes box = seal_box(key_of(1), plain, purpose, random);
    RC_ASSERT(box.size() == plain.size() + kBoxOverheadBytes);
    const auto opened = open_box(key_of(1), box, purpose);
    RC_ASSERT(opened);
    RC_ASSERT(to_bytes(opened->view()) == plain);
    RC_ASSERT(seal_box(key_of(1), plain, purpose, random) != box);
  }));
}

TEST(SealedBox, RefusesEverythingElse) {
  SystemRandom random;
  const Bytes box = seal_box(key_of(1), as_bytes("seed"), as_bytes("statement.key"), random);
  ASSERT_TRUE(open_box(key_of(1), box, as_bytes("statement.key")));
  EXPECT_EQ(open_box(key_of(2), box, as_bytes("statement.key")).error().code, Code::KeyFile);
  EXPECT_FALSE(open_box(key_of(1), box, as_bytes("log.key")));
  EXPECT_FALSE(open_box(key_of(1), box, {}));
  for (std::size_t i = 0; i < box.size(); ++i) {
    Bytes altered = box;
    altered[i] ^= 1;
    ASSERT_FALSE(open_box(key_of(1), altered, as_bytes("statement.key"))) << i;
    ASSERT_FALSE(open_box(key_of(1), BytesView(box).first(i), as_bytes("statement.key"))) << i;
  }
}

TEST(SealedBox, KeysComeFromPassphraseAndSalt) {
  const Bytes salt(kPassphraseSaltBytes, 7);
  const auto key = derive_key_encryption_key(as_bytes("correct horse"), salt);
  ASSERT_TRUE(key);
  EXPECT_EQ(key->size(), kBoxKeyBytes);
  const auto again = derive_key_encryption_key(as_bytes("correct horse"), salt);
  ASSERT_TRUE(again);
  EXPECT_TRUE(equal_in_constant_time(key->view(), again->view()));
  const auto other = derive_key_encryption_key(as_bytes("correct horsf"), salt);
  ASSERT_TRUE(other);
  EXPECT_FALSE(equal_in_constant_time(key->view(), other->view()));
  EXPECT_FALSE(derive_key_encryption_key({}, salt));
  EXPECT_FALSE(derive_key_encryption_key(as_bytes("x"), BytesView(salt).first(15)));
}

}  // namespace
}  // namespace sekisho
