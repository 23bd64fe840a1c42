// Claims of data-plane tokens under a right signature: what verifies is bound to the certificate and lives ten minutes at most.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>

#include "base/crypto/jws.hpp"
#include "node/identity/tokens.hpp"

using namespace sekisho;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto key = std::make_shared<const EcdsaPrivateKey>(EcdsaPrivateKey::generate(Curve::P256));
  static ManualClock clock{Instant(std::chrono::seconds(1'795'000'000))};
  static ManualRandom random;
  static node::TokenService service("did:web:farm.jp.example", key, clock, random, 16);
  static const JwsHeader header = peek_jws(service.issue("t", "did:web:trade.eu.example", Digest{1})->token)->header;
  const auto signed_anyway = sign_jws(*key, header, BytesView(data, size));
  if (!signed_anyway) return 0;
  const auto claims = service.verify(*signed_anyway, Digest{1});
  if (claims && (claims->certificate != Digest{1} || claims->expires - claims->issued > node::kTokenLifetime)) std::abort();
  (void)service.verify(std::string_view(reinterpret_cast<const char*>(data), size), Digest{1});
  return 0;
}
