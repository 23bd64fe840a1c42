// How far a push came, in the log and as the place where it goes on.
//
// The log: entries OBSERVED {"what": "push.taken", "exchange", "transfer", "chunks", "bytes", "status"}, what the
// endpoint answered 2xx for so far; every 16 MiB or 10 s and at the end of each exchange that moved anything. There is
// no receipt: nobody signs for the endpoint, and the exchange stays "released, unconfirmed" to an auditor.
//
// The row of family Exchange: "push" ‖ provider pid → "<exchange>#<chunks>"; it goes with the transfer.
#pragma once

#include <string>
#include <vector>

#include "base/core/uuid.hpp"
#include "node/exchange/crossing.hpp"
#include "node/exchange/parts.hpp"

namespace sekisho::node {

struct Taken {
  std::uint64_t chunks = 0;
  std::uint64_t bytes = 0;
  int status = 0;  // of the newest answer
};

// One exchange of a push.
struct PushedExchange {
  std::shared_ptr<const TransferRecord> transfer;
  Uuid exchange;
  std::optional<StreamResume> resumed;
};

// complete: the source's end was taken, and nothing goes on.
[[nodiscard]] Unit taken_unit(const PushedExchange& pushed, const Taken& taken, bool complete);

// Where the push of a transfer goes on; empty: at the beginning.
[[nodiscard]] Result<std::string> find_push_place(const Storage& storage, const std::string& provider_pid);
[[nodiscard]] Mutation forget_push_place(const std::string& provider_pid);
// The transfers that have one.
[[nodiscard]] Result<std::vector<std::string>> push_places(const Storage& storage);

}  // namespace sekisho::node
