#include "trust/evidence/envelope.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "tests/unit/trust/evidence/drafts.hpp"

namespace sekisho::trust {
namespace {

KeySigner key_of(std::uint8_t seed) { return KeySigner(Ed25519PrivateKey::from_seed(Bytes(32, seed)).value()); }

Envelope envelope_of(std::size_t batch) {
  KeySigner key = key_of(1);
  const std::string payload = assemble(testing::draft_of(StatementKind::Release), testing::assigned());
  std::vector<SealInput> inputs{{statement_id(payload), payload}};
  while (inputs.size() < batch) inputs.push_back({testing::digest_of(std::to_string(inputs.size())), {}});
  return {payload, seal_batch(inputs, key).value()[0]};
}

TEST(Envelope, RoundTripsInItsThreeSpellings) {
  KeySigner key = key_of(1);
  for (const std::size_t batch : {1U, 2U, 1024U}) {
    const Envelope envelope = envelope_of(batch);
    EXPECT_EQ(decode_envelope(encode_envelope(envelope)).value(), envelope);
    EXPECT_EQ(envelope_from_header(envelope_header(envelope).value()).value(), envelope);
    EXPECT_EQ(envelope_from_dsse(envelope_to_dsse(envelope, key.public_key())).value(), envelope);
    EXPECT_LE(envelope_header(envelope)->size(), kMaxStatementHeader);
  }
}

TEST(Envelope, AnyAlteredOctetIsSeen) {
  const Envelope envelope = envelope_of(5);
  KeySigner key = key_of(1);
  const Bytes bytes = encode_envelope(envelope);
  const bool ok = rc::check([&] {
    Bytes altered = bytes;
    altered[*rc::gen::inRange<std::size_t>(0, bytes.size())] ^= static_cast<std::uint8_t>(*rc::gen::inRange(1, 256));
    const Result<Envelope> read = decode_envelope(altered);
    const bool accepted = read && verify_seal(read->payload, read->seal, key.public_key());
    RC_ASSERT(!accepted);
  });
  ASSERT_TRUE(ok);
}

TEST(Envelope, OneSpellingOnly) {
  const Bytes good = encode_envelope(envelope_of(2));
  Bytes unknown_field = good;
  append(unknown_field, Bytes{0x18, 0x01});  // field 3
  EXPECT_FALSE(decode_envelope(unknown_field));
  Bytes repeated = good;
  append(repeated, good);
  EXPECT_FALSE(decode_envelope(repeated));
  EXPECT_FALSE(decode_envelope({}));
  EXPECT_FALSE(decode_envelope(BytesView(good).first(good.size() - 1)));
  EXPECT_FALSE(decode_envelope(Bytes(30'000, 'x')));
}

TEST(Envelope, SealsOfWrongShapeRefuse) {
  const Envelope good = envelope_of(5);
  const auto refused = [&](auto&& alter) {
    pb::Envelope message;
    message.set_payload(good.payload);
    seal_to_pb(good.seal, true, *message.mutable_seal());
    alter(message);
    const std::string bytes = message.SerializeAsString();
    return !decode_envelope(as_bytes(bytes)).has_value();
  };
  EXPECT_FALSE(refused([](pb::Envelope&) {}));
  EXPECT_TRUE(refused([](pb::Envelope& m) { m.mutable_seal()->set_algorithm(2); }));
  EXPECT_TRUE(refused([](pb::Envelope& m) { m.mutable_seal()->set_algorithm(0); }));
  EXPECT_TRUE(refused([](pb::Envelope& m) { m.mutable_seal()->set_size(1025); }));
  EXPECT_TRUE(refused([](pb::Envelope& m) { m.mutable_seal()->set_size(0); }));
  EXPECT_TRUE(refused([](pb::Envelope& m) { m.mutable_seal()->set_index(5); }));
  EXPECT_TRUE(refused([](pb::Envelope& m) { m.mutable_seal()->add_path(std::string(32, 'x')); }));
  EXPECT_TRUE(refused([](pb::Envelope& m) { m.mutable_seal()->set_path(0, "short"); }));
  EXPECT_TRUE(refused([](pb::Envelope& m) { m.mutable_seal()->set_signature(std::string(63, 'x')); }));
  EXPECT_TRUE(refused([](pb::Envelope& m) { m.clear_seal(); }));
  EXPECT_TRUE(refused([](pb::Envelope& m) { m.clear_payload(); }));
}

TEST(Envelope, OwnEntriesKeepNoPath) {
  const Envelope envelope = envelope_of(5);
  pb::Seal stored;
  seal_to_pb(envelope.seal, false, stored);
  const Seal read = seal_from_pb(stored, false).value();
  EXPECT_TRUE(read.path.empty());
  EXPECT_EQ(read.signature, envelope.seal.signature);
  EXPECT_FALSE(seal_from_pb(stored, true));
  seal_to_pb(envelope.seal, true, stored);
  EXPECT_FALSE(seal_from_pb(stored, false));
}

TEST(Envelope, HeaderIsBounded) {
  Envelope large = envelope_of(1);
  large.payload.append(3000, ' ');
  const auto header = envelope_header(large);
  ASSERT_FALSE(header);
  EXPECT_EQ(header.error().code, Code::LimitExceeded);
  EXPECT_FALSE(envelope_from_header(std::string(4097, 'A')));
  EXPECT_FALSE(envelope_from_header("not base64url!"));
}

// Audit report 7.8 row 12: payload type swap, key id spoof.
TEST(Envelope, DsseIsStrict) {
  KeySigner key = key_of(1);
  const std::string good = envelope_to_dsse(envelope_of(1), key.public_key());
  const auto with = [&](std::string_view what, std::string_view by) {
    std::string text = good;
    const std::size_t at = text.find(what);
    EXPECT_NE(at, std::string::npos);
    return text.replace(at, what.size(), by);
  };
  EXPECT_TRUE(envelope_from_dsse(good));
  EXPECT_FALSE(envelope_from_dsse(with("application/vnd.in-toto+json", "application/json")));
  EXPECT_FALSE(envelope_from_dsse(with(R"("signatures":[)", R"("signatures":[{"keyid":"","sig":""},)")));
  EXPECT_FALSE(envelope_from_dsse(with(R"("payload":)", R"("x":1,"payload":)")));
  EXPECT_FALSE(envelope_from_dsse(with(R"("keyid":)", R"("cert":"","keyid":)")));
  EXPECT_FALSE(envelope_from_dsse("{}"));
  // The key id is a hint: another one changes nothing about what verifies.
  const Envelope spoofed =
      envelope_from_dsse(with(to_hex(sha256(key.public_key().octets)), std::string(64, '0'))).value();
  EXPECT_TRUE(verify_seal(spoofed.payload, spoofed.seal, key.public_key()));
}

}  // namespace
}  // namespace sekisho::trust
