#include "node/exchange/owners.hpp"

#include "base/crypto/digest.hpp"

namespace sekisho::node {
namespace {

Bytes exchange_key(const Uuid& exchange) {
  Bytes key = to_bytes("client");
  append(key, exchange.octets);
  return key;
}

Bytes order_key(std::string_view pid) {
  Bytes key = to_bytes("order");
  append(key, sha256(as_bytes(pid)));
  return key;
}

Result<bool> holds(const Storage& storage, const Bytes& key, std::string_view client) {
  const auto row = storage.get(Family::Exchange, key);
  if (!row) return fail(row.error());
  return *row && as_text(**row) == client;
}

}  // namespace

Mutation exchange_owner(const Uuid& exchange, std::string_view client) {
  return Mutation{Family::Exchange, exchange_key(exchange), to_bytes(client)};
}

Mutation order_owner(std::string_view pid, std::string_view client) {
  return Mutation{Family::Exchange, order_key(pid), to_bytes(client)};
}

Result<bool> owns_exchange(const Storage& storage, const Uuid& exchange, std::string_view client) {
  return holds(storage, exchange_key(exchange), client);
}

Result<bool> owns_order(const Storage& storage, std::string_view pid, std::string_view client) {
  return holds(storage, order_key(pid), client);
}

}  // namespace sekisho::node
