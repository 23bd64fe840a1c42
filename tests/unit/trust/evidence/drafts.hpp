// Drafts of every kind with all their members, for tests.
#pragma once

#include <string>

#include "base/core/encoding.hpp"
#include "base/crypto/digest.hpp"
#include "trust/evidence/statement.hpp"

namespace sekisho::trust::testing {

inline constexpr const char* kExchange = "01931f3a-7c00-7000-8000-0123456789ab";

inline Digest digest_of(std::string_view text) { return sha256(as_bytes(text)); }
inline std::string hex_of(std::string_view text) { return to_hex(digest_of(text)); }

inline Json party(std::string_view did, std::string_view zone) { return JsonObject{{"did", did}, {"zone", zone}}; }

inline Draft draft_of(StatementKind kind) {
  const Json farm = party("did:web:farm.jp.example", "jp");
  const Json trade = party("did:web:trade.eu.example", "eu");
  Draft d;
  d.kind = kind;
  d.agreement = digest_of("agreement");
  switch (kind) {
    case StatementKind::Agreement:
      d.members = {{"negotiation", "urn:uuid:1"}, {"provider", farm}, {"consumer", trade}};
      break;
    case StatementKind::Request:
      d.members = {{"transfer", "t-1"}, {"format", "HttpData-PULL"}, {"recipient", trade}, {"purpose", "research"}};
      break;
    case StatementKind::Terms:
      d.members = {{"recipient", trade},         {"transfer", "t-1"},      {"dataset", "harvest"},
                   {"schema", "urn:sekisho:v"},  {"purpose", "research"},  {"basis", "contract"},
                   {"policy", hex_of("policy")}, {"plan", hex_of("plan")}, {"mode", "record"}};
      break;
    case StatementKind::Intent:
      d.members = {{"exchange", kExchange},
                   {"provider", farm},
                   {"request", hex_of("request")},
                   {"purpose", "research"},
                   {"onBehalfOf", hex_of("client")}};
      break;
    case StatementKind::Release:
      d.subject = {{kExchange, digest_of("content")}};
      d.members = {{"terms", hex_of("terms")},
                   {"exchange", kExchange},
                   {"intent", hex_of("intent")},
                   {"request", hex_of("request")},
                   {"tlsCert", hex_of("tls")},
                   {"decision", hex_of("decision")},
                   {"media", "application/x-ndjson"},
                   {"parents", JsonArray{hex_of("a"), hex_of("b")}},
                   {"retryOf", kExchange},
                   {"resumeOf", kExchange},
                   {"onBehalfOf", hex_of("client")}};
      break;
    case StatementKind::Receipt:
      d.members = {{"of", hex_of("release")}, {"exchange", kExchange}, {"outcome", "verified"},
                   {"bytes", 1024},           {"chunks", 1},           {"commitment", hex_of("content")}};
      break;
    case StatementKind::Refusal:
    case StatementKind::Void:
      d.members = {{"recipient", trade},
                   {"exchange", kExchange},
                   {"intent", hex_of("intent")},
                   {"code", "PURPOSE_MISMATCH"},
                   {"decision", hex_of("decision")}};
      break;
    case StatementKind::StreamOpen:
      d.members = {{"terms", hex_of("terms")},
                   {"exchange", kExchange},
                   {"intent", hex_of("intent")},
                   {"request", hex_of("request")},
                   {"tlsCert", hex_of("tls")},
                   {"decision", hex_of("decision")},
                   {"media", "application/x-ndjson"},
                   {"resumeOf", kExchange},
                   {"chunk", 7}};
      break;
    case StatementKind::StreamHead:
      d.subject = {{kExchange, digest_of("content")}};
      d.members = {{"of", hex_of("open")}, {"exchange", kExchange},           {"bytes", 1024},
                   {"chunks", 1},          {"commitment", hex_of("content")}};
      break;
    case StatementKind::StreamEnd:
      d.subject = {{kExchange, digest_of("content")}};
      d.members = {{"of", hex_of("open")}, {"exchange", kExchange}, {"reason", "COMPLETE"},
                   {"bytes", 1024},        {"chunks", 1},           {"commitment", hex_of("content")}};
      break;
    case StatementKind::Erasure:
      d.subject = {{"1", digest_of("content")}, {"2", digest_of("more")}};
      d.members = {{"reason", "request of the data subject"}};
      break;
  }
  return d;
}

inline Assigned assigned() {
  Assigned a;
  a.issuer = {"did:web:farm.jp.example", "jp", digest_of("certificate")};
  a.origin = "farm.jp.example/sekisho/2026h2";
  a.index = 4711;
  a.time = Instant(std::chrono::microseconds(1'795'000'000'123'456));
  a.clock = {Instant(std::chrono::microseconds(1'795'000'000'123'000)), std::chrono::milliseconds(100)};
  a.snapshot_seq = 12;
  a.snapshot_digest = digest_of("snapshot");
  a.rand.fill(0x5a);
  a.counter = 3;
  a.prev = digest_of("previous");
  return a;
}

}  // namespace sekisho::trust::testing
