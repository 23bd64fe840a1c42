// The one way this node speaks to another: by DNS name, to the address that the trust snapshot holds for it, over mutual
// TLS 1.3, and only to the party whose DID is did:web:<that name>. No URL of a peer is ever resolved.
#pragma once

#include <memory>
#include <string>

#include "base/async/deadline.hpp"
#include "base/async/task.hpp"
#include "base/core/result.hpp"
#include "base/http/client.hpp"
#include "node/identity/trust_holder.hpp"

namespace sekisho::node {

struct PeerRequest {
  std::string dns;     // the peer
  std::string method;  // "GET", "POST"
  std::string target;  // origin form: path and query
  http::Headers headers;
  std::string body;    // application/json is added where a body has no content type
  std::size_t answer_limit = 256 * 1024;  // octets of body accepted
  bool repeatable = false;                // may be sent again when a kept-alive connection broke before an answer
  async::Deadline deadline;
};

// Port: the network, or a loopback in tests. May be called from any executor; the answer arrives on the caller's.
class PeerChannel {
 public:
  virtual ~PeerChannel() = default;
  // As absent_peer(): the snapshot gives no such node. Connection, TlsHandshake, Deadline, Truncated: as base/http says.
  // CertificateInvalid: somebody else answered. Any HTTP status is a success here.
  [[nodiscard]] virtual async::Task<Result<http::ClientResponse>> send(PeerRequest request) = 0;
  // The same with the body to be pulled; Unsupported where a channel has no long answers.
  [[nodiscard]] virtual async::Task<Result<http::ResponseReader>> open(PeerRequest request);
};

class PeerClient final : public PeerChannel {
 public:
  // client: its TLS context presents this node's certificate; its judge is not used. trust outlives the client.
  PeerClient(const TrustHolder& trust, std::shared_ptr<http::Client> client);
  [[nodiscard]] async::Task<Result<http::ClientResponse>> send(PeerRequest request) override;
  [[nodiscard]] async::Task<Result<http::ResponseReader>> open(PeerRequest request) override;

 private:
  [[nodiscard]] Result<http::ClientRequest> prepare(PeerRequest request) const;

  const TrustHolder& trust_;
  const std::shared_ptr<http::Client> client_;
};

}  // namespace sekisho::node
