#include "node/exchange/steps/authenticate.hpp"

#include "base/core/encoding.hpp"
#include "node/dataspace/agreement_hold.hpp"
#include "node/exchange/exchange_id.hpp"

namespace sekisho::node::steps {

Status authenticate(const ExchangeParts& parts, Crossing& crossing) {
  const DataRequest& request = crossing.request;
  const auto exchange = parse_exchange_id(request.exchange, parts.clock.now());
  if (!exchange) return fail(exchange.error());
  crossing.exchange = *exchange;

  const auto intent = digest_from_hex(request.intent);
  if (!intent)
    return fail(Error(Code::InvalidArgument, "Sekisho-Intent is no statement id", intent.error())
                    .with("header", "Sekisho-Intent"));
  crossing.intent = *intent;

  const auto claims = parts.tokens.verify(request.token, request.peer.cert);
  if (!claims) return fail(claims.error());
  if (claims->subject != request.peer.did || claims->transfer != request.transfer) {
    return fail(Code::TokenInvalid, "the token is for another peer or transfer");
  }

  crossing.transfer = parts.transfers.find(request.transfer);
  if (!crossing.transfer || crossing.transfer->role != Role::Provider ||
      crossing.transfer->peer_did != request.peer.did) {
    return fail(Code::TransferUnknown, "no such transfer of this peer");
  }
  if (auto free = not_held(parts.storage, *crossing.transfer->agreement); !free) return free;
  if (!crossing.transfer->serves || parts.transfers.held(crossing.transfer->agreement->digest))
    return fail(Code::TransferNotStarted, "the transfer does not serve");
  return {};
}

}  // namespace sekisho::node::steps
