// TLS 1.3 contexts. The rules of who is acceptable are not here: the chain the peer presented goes to a Judge as DER
// after the handshake (the handshake itself proves possession of the leaf's key, RFC 8446 4.4.3).
//
// Contexts are immutable; to change a certificate build a new one and swap the shared_ptr, running connections keep
// theirs. No session tickets, no resumption, no early data: each connection shows its certificate. ALPN "http/1.1".
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/core/bytes.hpp"
#include "base/core/result.hpp"
#include "base/http/socket.hpp"
#include "base/http/stream.hpp"

namespace sekisho::http {

struct TlsIdentity {
  std::string chain_pem;  // leaf first, without the root
  std::string key_pem;    // PKCS#8
};

// Leaf first. The value becomes Peer::identity or ClientResponse::identity. Pure and quick; any thread.
using Judge = std::function<Result<std::shared_ptr<const void>>(std::span<const Bytes> chain_der)>;

class TlsStream : public Stream {
 public:
  // Once, before anything else. Code::TlsHandshake, Code::Cancelled after close().
  virtual async::Task<Status> handshake() = 0;
  // Leaf first; empty when the peer presented none. After the handshake.
  [[nodiscard]] virtual std::vector<Bytes> peer_chain() const = 0;
};

class TlsServerContext {
 public:
  // Asks for a client certificate without demanding one, and lets any chain through the handshake.
  // Code::KeyFile when certificate and key do not parse or do not fit each other.
  [[nodiscard]] static Result<std::shared_ptr<const TlsServerContext>> make(const TlsIdentity& identity,
                                                                            bool ask_for_certificate = true);
  ~TlsServerContext();
  [[nodiscard]] std::unique_ptr<TlsStream> stream(Socket socket) const;

 private:
  struct Impl;
  explicit TlsServerContext(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

struct TlsClientOptions {
  std::optional<TlsIdentity> identity;  // presented when the server asks
  // Exactly one of the two says which servers are acceptable.
  Judge judge;
  std::string
      ca_pem;  // ordinary verification: these roots, the host's name (RFC 9525), now; "system": those of the machine
};

class TlsClientContext {
 public:
  [[nodiscard]] static Result<std::shared_ptr<const TlsClientContext>> make(TlsClientOptions options);
  ~TlsClientContext();
  // server_name: SNI and, with ca_pem, the name (or IP literal) that the certificate must carry.
  [[nodiscard]] std::unique_ptr<TlsStream> stream(Socket socket, const std::string& server_name) const;
  [[nodiscard]] const Judge& judge() const;  // empty with ca_pem

 private:
  struct Impl;
  explicit TlsClientContext(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace sekisho::http
