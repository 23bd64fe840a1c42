// Keys, ids and rows of exchanges: what is written is read again, and two things never share a key.
#include <gtest/gtest.h>

#include <set>
#include <span>

#include "base/core/encoding.hpp"
#include "base/crypto/digest.hpp"
#include "node/exchange/exchange_id.hpp"
#include "node/exchange/idempotency.hpp"
#include "node/exchange/intents.hpp"
#include "node/exchange/keys.hpp"
#include "node/exchange/owners.hpp"
#include "node/journal/memory_storage.hpp"

namespace sekisho::node {
namespace {

const Instant kNow = Instant(std::chrono::hours(24 * 365 * 56));

Uuid id(std::uint8_t last) {
  Bytes random(10, 0);
  random.back() = last;
  return make_uuid_v7(kNow, random);
}

OpenIntent intent() {
  OpenIntent out;
  out.exchange = id(1);
  out.provider_dns = "farm.jp.example";
  out.transfer = "urn:uuid:1";
  out.dataset = "events";
  out.purpose = "https://w3id.org/dpv#Verification";
  out.agreement = sha256(as_bytes("agreement"));
  out.intent = sha256(as_bytes("intent"));
  out.request = request_digest("GET", "events", std::nullopt, "*/*");
  return out;
}

TEST(ExchangeId, TakesOnlyUuidV7WithinADay) {
  struct Case {
    const char* name;
    std::string text;
    bool good;
  };
  const Bytes random(10, 7);
  const Case cases[] = {
      {"now", to_text(make_uuid_v7(kNow, random)), true},
      {"a day ago", to_text(make_uuid_v7(kNow - kExchangeIdSkew, random)), true},
      {"older", to_text(make_uuid_v7(kNow - kExchangeIdSkew - std::chrono::milliseconds(1), random)), false},
      {"in a day", to_text(make_uuid_v7(kNow + kExchangeIdSkew, random)), true},
      {"later", to_text(make_uuid_v7(kNow + kExchangeIdSkew + std::chrono::milliseconds(1), random)), false},
      {"version 4", to_text(make_uuid_v4(Bytes(16, 7))), false},
      {"empty", "", false},
      {"braces", "{" + to_text(make_uuid_v7(kNow, random)) + "}", false}};
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    const auto parsed = parse_exchange_id(c.text, kNow);
    EXPECT_EQ(parsed.has_value(), c.good);
    if (!parsed) {
      EXPECT_EQ(parsed.error().code, Code::ExchangeId);
    }
  }
}

TEST(ExchangeKeys, NoTwoThingsShareOne) {
  std::set<Bytes> keys;
  for (std::uint8_t n = 0; n < 4; ++n) {
    keys.insert(outcome_claim("did:web:a.example", id(n)));
    keys.insert(outcome_claim("did:web:b.example", id(n)));
    keys.insert(closing_claim(id(n)));
    keys.insert(intent_row(id(n)));
    keys.insert(receipt_claim(sha256(Bytes(1, n))));
    keys.insert(retry_claim("did:web:a.example", id(n), 1));
    keys.insert(retry_claim("did:web:a.example", id(n), 2));
    keys.insert(stream_row(sha256(as_bytes("agreement")), id(n)));
    keys.insert(stream_row(sha256(as_bytes("other")), id(n)));
  }
  EXPECT_EQ(keys.size(), 36U);
}

TEST(Intents, ARowIsReadAsItWasWritten) {
  for (const bool with_key : {false, true}) {
    OpenIntent before = intent();
    if (with_key) before.idempotency = idempotency_row("startup", "order-1");
    if (with_key) before.retry_of = id(2);
    const auto after = intent_from_row(intent_row(before.exchange), to_row(before));
    ASSERT_TRUE(after.has_value()) << after.error().chain();
    EXPECT_EQ(after->exchange, before.exchange);
    EXPECT_EQ(after->provider_dns, before.provider_dns);
    EXPECT_EQ(after->transfer, before.transfer);
    EXPECT_EQ(after->dataset, before.dataset);
    EXPECT_EQ(after->purpose, before.purpose);
    EXPECT_EQ(after->agreement, before.agreement);
    EXPECT_EQ(after->intent, before.intent);
    EXPECT_EQ(after->request, before.request);
    EXPECT_EQ(after->idempotency, before.idempotency);
    EXPECT_EQ(after->retry_of, before.retry_of);
  }
  EXPECT_FALSE(intent_from_row(intent_row(id(1)), to_bytes("{}")).has_value());
  EXPECT_FALSE(intent_from_row(to_bytes("intent"), to_row(intent())).has_value());
}

TEST(RequestDigest, EveryPartOfTheQuestionCounts) {
  const std::set<Digest> digests{
      request_digest("GET", "a", std::nullopt, "*/*"), request_digest("POST", "a", std::nullopt, "*/*"),
      request_digest("GET", "b", std::nullopt, "*/*"), request_digest("GET", "a", Json(1), "*/*"),
      request_digest("GET", "a", std::nullopt, "text/plain")};
  EXPECT_EQ(digests.size(), 5U);
}

TEST(Idempotency, KeysAreVisibleShortTexts) {
  EXPECT_EQ(parse_idempotency_key("\"order-1\"").value_or(""), "order-1");
  EXPECT_EQ(parse_idempotency_key("order-1").value_or(""), "order-1");
  EXPECT_TRUE(parse_idempotency_key(std::string(128, 'x')).has_value());
  for (const std::string& bad : {std::string(), std::string("\"\""), std::string(129, 'x'), std::string("a b"),
                                 std::string("a\"b"), std::string("\xc3\xa9")}) {
    EXPECT_FALSE(parse_idempotency_key(bad).has_value()) << bad;
  }
}

TEST(Idempotency, OneRequestOneKey) {
  MemoryStorage storage;
  OpenIntent asked = intent();
  const Bytes row = idempotency_row("startup", "order-1");
  asked.idempotency = row;
  EXPECT_NE(row, idempotency_row("startuporder", "-1"));
  EXPECT_EQ(check_idempotency(storage, row, asked.request).value(), std::nullopt);
  const auto state = [&](const Mutation& m) {
    EXPECT_TRUE(storage.commit(std::span(&m, 1)));
    const auto same = check_idempotency(storage, row, asked.request);
    const auto other = check_idempotency(storage, row, sha256(as_bytes("other")));
    EXPECT_FALSE(other);
    EXPECT_EQ(other.error().code, Code::IdempotencyMismatch);
    EXPECT_FALSE(same);
    return same.error().code;
  };
  EXPECT_EQ(state(running_row(row, asked)), Code::IdempotencyRunning);
  std::vector<Mutation> delivered;
  end_key(asked, KeyEnd::Delivered, delivered);
  ASSERT_EQ(delivered.size(), 1U) << "the claim stays";
  EXPECT_EQ(state(delivered[0]), Code::IdempotencyDelivered);
}

TEST(Idempotency, AKeyThatBroughtNothingIsFreeAgain) {
  MemoryStorage storage;
  OpenIntent asked = intent();
  const Bytes row = idempotency_row("startup", "order-1");
  asked.idempotency = row;
  // What is to be repeated under the key after such an end.
  const auto after = [&](const OpenIntent& open, KeyEnd end) {
    const std::vector<Mutation> running{running_row(row, open), {Family::Exchange, idempotency_claim(row), Bytes(8)}};
    EXPECT_TRUE(storage.commit(running));
    std::vector<Mutation> rows;
    end_key(open, end, rows);
    EXPECT_TRUE(storage.commit(rows));
    EXPECT_FALSE(storage.get(Family::Exchange, idempotency_claim(row)).value())
        << "the next intent cannot claim the key";
    const auto free = check_idempotency(storage, row, open.request);
    EXPECT_TRUE(free) << free.error().chain();
    return free.value_or(std::nullopt);
  };
  EXPECT_EQ(after(asked, KeyEnd::Nothing), std::nullopt);
  EXPECT_EQ(after(asked, KeyEnd::Unconfirmed), asked.exchange);
  OpenIntent again = asked;
  again.exchange = id(2);
  again.retry_of = asked.exchange;
  EXPECT_EQ(after(again, KeyEnd::Unconfirmed), asked.exchange) << "the first one is repeated, not the repetition";
  EXPECT_EQ(after(again, KeyEnd::Nothing), asked.exchange);
  EXPECT_EQ(check_idempotency(storage, row, sha256(as_bytes("other"))).error().code, Code::IdempotencyMismatch);
}

TEST(Owners, AnExchangeAndAnOrderAreOfOneClient) {
  MemoryStorage storage;
  EXPECT_FALSE(owns_exchange(storage, id(1), "startup").value());
  const std::vector<Mutation> rows{exchange_owner(id(1), "startup"), order_owner("urn:uuid:1", "startup")};
  ASSERT_TRUE(storage.commit(rows));
  EXPECT_TRUE(owns_exchange(storage, id(1), "startup").value());
  EXPECT_TRUE(owns_order(storage, "urn:uuid:1", "startup").value());
  for (const char* other : {"", "start", "startups"}) {
    EXPECT_FALSE(owns_exchange(storage, id(1), other).value()) << other;
    EXPECT_FALSE(owns_order(storage, "urn:uuid:1", other).value()) << other;
  }
  EXPECT_FALSE(owns_exchange(storage, id(2), "startup").value());
}

}  // namespace
}  // namespace sekisho::node
