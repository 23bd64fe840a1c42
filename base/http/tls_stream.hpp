// Inside base/http only: the stream that both TLS contexts make.
#pragma once

#include <memory>

#include "base/http/tls.hpp"

// Named, not included: TLS stays in the .cpp files of this room.
struct ssl_st;
namespace boost::asio::ssl {
class context;
}

namespace sekisho::http {

class NativeTlsStream : public TlsStream {
 public:
  [[nodiscard]] virtual ssl_st* native() = 0;
  virtual void poison() = 0;  // the handshake will fail
};

[[nodiscard]] std::unique_ptr<NativeTlsStream> make_tls_stream(Socket socket, boost::asio::ssl::context& context,
                                                               bool server);

}  // namespace sekisho::http
