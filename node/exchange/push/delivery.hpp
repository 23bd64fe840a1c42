// One part of a push to the consumer's endpoint: POST, again with growing pauses while the endpoint is away, until it
// answers 2xx.
//
// Where the octets go is decided anew for each attempt: a name is resolved once, every address it has must be public
// (base/http/public_address.hpp), and the connection goes to the first of them; an address that the operator wrote down
// replaces the name service. The certificate must verify for the name, and have the key that the operator pinned. No
// redirect is followed. Before each attempt the right to the data is judged again.
//
// Fields of each request besides Content-Type and Authorization: Sekisho-Exchange, Sekisho-Transfer (the consumer's
// process id), Sekisho-Chunk (from 0), Sekisho-Offset (octets of the exchange before this part), Sekisho-Salt,
// Sekisho-Statement (the sealed head of this part, where it fits), Sekisho-Resume (where a push goes on), and
// Idempotency-Key, the same for each attempt at a part.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/async/task.hpp"
#include "base/core/bytes.hpp"
#include "base/core/result.hpp"
#include "base/core/uuid.hpp"
#include "base/http/client.hpp"
#include "base/http/resolver.hpp"
#include "base/http/url.hpp"
#include "node/config/settings.hpp"

namespace sekisho::node {

struct PushLimits {
  std::chrono::milliseconds attempt{10'000};
  std::chrono::milliseconds patience{50'000};  // for one part, all attempts; less than a stream waits for a receipt
  std::chrono::milliseconds first_pause{250};  // doubles; Retry-After may ask for more
  std::chrono::milliseconds longest_pause{8'000};
};

struct PushEndpoint {
  http::Url url;
  PushHost host;
  std::string authorization;  // value of the field; never logged
  std::string media;
  std::string transfer;
  std::string resumed;
  Digest salt{};
  std::shared_ptr<http::Client> client;
  std::shared_ptr<const http::Resolver> resolver;
  PushLimits limits;
  std::function<std::optional<std::string>()> lost_right;  // why nothing may leave any more
};

struct PushPart {
  Uuid exchange;
  std::uint64_t chunk = 0;
  std::uint64_t offset = 0;
  std::string content;
  Bytes head;  // envelope
};

// The status of the 2xx. Errors: Cancelled when stop was raised (within 100 ms) or the right was lost; PushRefused at
// once for an address that is not public and for another key; PushFailed for what the last attempt ended with. Help
// "why" is for the consumer, the chain for the operator.
[[nodiscard]] async::Task<Result<int>> deliver(std::shared_ptr<const PushEndpoint> to,
                                               std::shared_ptr<const PushPart> part,
                                               std::shared_ptr<const std::atomic<bool>> stop);

}  // namespace sekisho::node
