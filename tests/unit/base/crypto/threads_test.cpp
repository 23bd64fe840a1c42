// Keys, digests and the random source are used by every worker at once.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "base/crypto/digest.hpp"
#include "base/crypto/ecdsa.hpp"
#include "base/crypto/signer.hpp"
#include "base/crypto/system_random.hpp"

namespace sekisho {
namespace {

TEST(Threads, SignAndVerifyWithSharedKeys) {
  SystemRandom random;
  KeySigner signer(Ed25519PrivateKey::generate(random));
  const EcdsaPrivateKey ecdsa = EcdsaPrivateKey::generate(Curve::P256);
  const EcdsaPublicKey ecdsa_public = ecdsa.public_key();
  std::atomic<int> good{0};
  const auto work = [&] {
    for (int i = 0; i < 50; ++i) {
      const Digest message = sha256(random.bytes(100));
      const auto signature = signer.sign(message);
      const Bytes raw = ecdsa.sign_raw(message);
      if (signature && verify(signer.public_key(), message, *signature) && ecdsa_public.verify_raw(message, raw))
        ++good;
    }
  };
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) threads.emplace_back(work);
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(good.load(), 200);
}

}  // namespace
}  // namespace sekisho
