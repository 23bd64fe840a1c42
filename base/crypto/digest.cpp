#include "base/crypto/digest.hpp"

#include <algorithm>
#include <cstdlib>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/sha.h>

#include "base/core/secret.hpp"

namespace sekisho {
namespace {

// Fetched once: a fetch for each digest costs more than the digest of a Merkle node.
const EVP_MD* algorithm() {
  static const EVP_MD* const md = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return md;
}

// These calls fail only without memory or without the default provider; both end the process.
void must(int ok) {
  if (ok != 1) std::abort();
}

class Hasher {
 public:
  Hasher() : context_(EVP_MD_CTX_new()) {
    if (context_ == nullptr) std::abort();
  }
  Hasher(const Hasher&) = delete;
  Hasher& operator=(const Hasher&) = delete;
  ~Hasher() { EVP_MD_CTX_free(context_); }

  void start() { must(EVP_DigestInit_ex2(context_, algorithm(), nullptr)); }
  void update(BytesView data) { must(EVP_DigestUpdate(context_, data.data(), data.size())); }
  Digest finish() {
    Digest out;
    must(EVP_DigestFinal_ex(context_, out.data(), nullptr));
    return out;
  }

 private:
  EVP_MD_CTX* context_;
};

Hasher& of_this_thread() {
  thread_local Hasher hasher;
  return hasher;
}

}  // namespace

Digest sha256(BytesView data) {
  Hasher& hasher = of_this_thread();
  hasher.start();
  hasher.update(data);
  return hasher.finish();
}

Digest sha256(std::initializer_list<BytesView> parts) {
  Hasher& hasher = of_this_thread();
  hasher.start();
  for (const BytesView part : parts) hasher.update(part);
  return hasher.finish();
}

struct Sha256::Context {
  Hasher hasher;
};

Sha256::Sha256() : context_(std::make_unique<Context>()) { context_->hasher.start(); }
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;
Sha256::~Sha256() = default;

void Sha256::update(BytesView data) { context_->hasher.update(data); }

Digest Sha256::finish() {
  const Digest out = context_->hasher.finish();
  context_->hasher.start();
  return out;
}

Digest hmac_sha256_digest(BytesView key, BytesView data) {
  std::array<std::uint8_t, 64> block{};
  if (key.size() > block.size()) {
    const Digest shorter = sha256(key);
    std::copy(shorter.begin(), shorter.end(), block.begin());
  } else {
    std::copy(key.begin(), key.end(), block.begin());
  }
  for (auto& b : block) b ^= 0x36;
  const Digest inner = sha256({block, data});
  for (auto& b : block) b ^= 0x36 ^ 0x5c;
  const Digest out = sha256({block, inner});
  wipe(block);
  return out;
}

Bytes hmac_sha256(BytesView key, BytesView data) {
  const Digest out = hmac_sha256_digest(key, data);
  return {out.begin(), out.end()};
}

// The plain structure instead of a context: its copy is a copy of 112 octets, which is most of what a short message
// costs with EVP_MD_CTX_copy_ex. The functions are the same ones that the default provider runs.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
struct HmacSha256::States {
  SHA256_CTX inner, outer;
  ~States() {
    OPENSSL_cleanse(&inner, sizeof inner);
    OPENSSL_cleanse(&outer, sizeof outer);
  }
};

HmacSha256::HmacSha256(BytesView key) {
  std::array<std::uint8_t, 64> block{};
  const Digest shorter = key.size() > block.size() ? sha256(key) : Digest{};
  const BytesView used = key.size() > block.size() ? BytesView(shorter) : key;
  std::copy(used.begin(), used.end(), block.begin());
  auto states = std::make_unique<States>();
  for (auto& b : block) b ^= 0x36;
  must(SHA256_Init(&states->inner));
  must(SHA256_Update(&states->inner, block.data(), block.size()));
  for (auto& b : block) b ^= 0x36 ^ 0x5c;
  must(SHA256_Init(&states->outer));
  must(SHA256_Update(&states->outer, block.data(), block.size()));
  wipe(block);
  states_ = std::move(states);
}
HmacSha256::HmacSha256(HmacSha256&&) noexcept = default;
HmacSha256& HmacSha256::operator=(HmacSha256&&) noexcept = default;
HmacSha256::~HmacSha256() = default;

Digest HmacSha256::digest(BytesView data) const {
  Digest out;
  SHA256_CTX state = states_->inner;
  must(SHA256_Update(&state, data.data(), data.size()));
  must(SHA256_Final(out.data(), &state));
  state = states_->outer;
  must(SHA256_Update(&state, out.data(), out.size()));
  must(SHA256_Final(out.data(), &state));
  return out;
}
#pragma GCC diagnostic pop

Bytes hkdf_sha256(BytesView key, BytesView salt, BytesView info, std::size_t n) {
  if (n > 255 * 32) std::abort();
  const Digest pseudorandom = hmac_sha256_digest(salt, key);
  Bytes out;
  Bytes input;
  for (std::uint8_t i = 1; out.size() < n; ++i) {
    append(input, info);
    input.push_back(i);
    const Digest block = hmac_sha256_digest(pseudorandom, input);
    append(out, BytesView(block).first(std::min<std::size_t>(32, n - out.size())));
    input.assign(block.begin(), block.end());
  }
  return out;
}

}  // namespace sekisho
