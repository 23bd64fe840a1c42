#include "tests/bench/receipt_signer.hpp"

#include <algorithm>

#include "base/core/encoding.hpp"
#include "base/core/json.hpp"
#include "trust/evidence/envelope.hpp"
#include "trust/evidence/seal.hpp"

namespace sekisho::bench {

Result<ReceiptSigner> ReceiptSigner::open(const std::string& consumer) {
  auto folder = trust::load_node_folder(consumer);
  if (!folder) return fail(folder.error());
  const auto seed = folder->keys.statement.ed25519_seed();
  if (!seed) return fail(seed.error());
  auto key = Ed25519PrivateKey::from_seed(*seed);
  if (!key) return fail(key.error());
  return ReceiptSigner(std::move(*folder), std::make_unique<KeySigner>(std::move(*key)));
}

Result<std::string> ReceiptSigner::body(const std::vector<Received>& received) {
  const SystemClock clock{std::chrono::milliseconds(100)};
  SystemRandom random;
  std::vector<std::string> payloads;
  for (const Received& r : received) {
    trust::Draft draft;
    draft.kind = trust::StatementKind::Receipt;
    draft.agreement = r.agreement;
    draft.subject.push_back(trust::Subject{r.exchange, r.commitment.value});
    draft.members = JsonObject{{"of", to_hex(r.of)},
                               {"exchange", r.exchange},
                               {"outcome", "verified"},
                               {"bytes", static_cast<std::int64_t>(r.commitment.bytes)},
                               {"chunks", static_cast<std::int64_t>(r.commitment.chunks)},
                               {"commitment", to_hex(r.commitment.value)}};
    trust::Assigned assigned;
    assigned.issuer = trust::Issuer{consumer_.did, consumer_.zone, consumer_.statement_cert};
    assigned.origin = consumer_.dns + "/sekisho/2026h2";
    assigned.index = counter_;
    assigned.time = clock.now();
    assigned.clock = clock.read();
    assigned.snapshot_seq = 1;
    const Bytes octets = random.bytes(16);
    std::copy(octets.begin(), octets.end(), assigned.rand.begin());
    assigned.counter = counter_;
    if (counter_ > 0) assigned.prev = previous_;
    ++counter_;
    payloads.push_back(trust::assemble(draft, assigned));
    previous_ = trust::statement_id(payloads.back());
  }
  std::vector<trust::SealInput> inputs;
  for (const auto& payload : payloads) inputs.push_back(trust::SealInput{trust::statement_id(payload), payload});
  const auto seals = trust::seal_batch(inputs, *signer_);
  if (!seals) return fail(seals.error());
  JsonArray list;
  for (std::size_t i = 0; i < payloads.size(); ++i) {
    list.push_back(Json(to_base64url(trust::encode_envelope(trust::Envelope{payloads[i], (*seals)[i]}))));
  }
  return to_text(Json(JsonObject{{"receipts", std::move(list)}}));
}

Result<Ed25519PublicKey> statement_key(const std::string& folder) {
  const auto loaded = trust::load_node_folder(folder);
  if (!loaded) return fail(loaded.error());
  const auto key = loaded->keys.statement.public_key().ed25519();
  if (!key) return fail(key.error());
  Ed25519PublicKey out;
  out.octets = *key;
  return out;
}

}  // namespace sekisho::bench
