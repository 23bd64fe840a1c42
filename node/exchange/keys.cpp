#include "node/exchange/keys.hpp"

#include "base/crypto/digest.hpp"

namespace sekisho::node {
namespace {

Bytes key(std::string_view prefix, BytesView rest) {
  Bytes out = to_bytes(prefix);
  append(out, rest);
  return out;
}

// An exchange id is its asker's own.
Bytes scoped(std::string_view prefix, std::string_view peer_did, const Uuid& exchange) {
  const Digest peer = sha256(as_bytes(peer_did));
  Bytes out = key(prefix, BytesView(peer).first(16));
  append(out, exchange.octets);
  return out;
}

}  // namespace

Bytes outcome_claim(std::string_view peer_did, const Uuid& exchange) { return scoped("x", peer_did, exchange); }

Bytes retry_claim(std::string_view peer_did, const Uuid& exchange, std::uint8_t number) {
  Bytes out = scoped("retry", peer_did, exchange);
  out.push_back(number);
  return out;
}

Bytes receipt_claim(const Digest& release) { return key("receipt", release); }

Bytes stream_row(const Digest& agreement, const Uuid& exchange) {
  Bytes out = key(kStreamPrefix, agreement);
  append(out, exchange.octets);
  return out;
}

Bytes closing_claim(const Uuid& exchange) { return key("closed", exchange.octets); }
Bytes intent_row(const Uuid& exchange) { return key(kIntentPrefix, exchange.octets); }

}  // namespace sekisho::node
