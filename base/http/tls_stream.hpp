// Inside base/http only: the stream that both TLS contexts make.
#pragma once

#include <memory>

#include <boost/asio/ssl/context.hpp>
#include <openssl/types.h>

#include "base/http/tls.hpp"

namespace sekisho::http {

class NativeTlsStream : public TlsStream {
 public:
  [[nodiscard]] virtual SSL* native() = 0;
  virtual void poison() = 0;  // the handshake will fail
};

[[nodiscard]] std::unique_ptr<NativeTlsStream> make_tls_stream(Socket socket, boost::asio::ssl::context& context, bool server);

}  // namespace sekisho::http
