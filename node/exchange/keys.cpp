#include "node/exchange/keys.hpp"

#include "base/crypto/digest.hpp"

namespace sekisho::node {
namespace {

Bytes key(std::string_view prefix, BytesView rest) {
  Bytes out = to_bytes(prefix);
  append(out, rest);
  return out;
}

}  // namespace

Bytes outcome_claim(std::string_view peer_did, const Uuid& exchange) {
  const Digest peer = sha256(as_bytes(peer_did));
  Bytes out = key("x", BytesView(peer).first(16));
  append(out, exchange.octets);
  return out;
}

Bytes receipt_claim(const Digest& release) { return key("receipt", release); }
Bytes stream_row(const Uuid& exchange) { return key("stream", exchange.octets); }
Bytes closing_claim(const Uuid& exchange) { return key("closed", exchange.octets); }
Bytes intent_row(const Uuid& exchange) { return key(kIntentPrefix, exchange.octets); }

}  // namespace sekisho::node
