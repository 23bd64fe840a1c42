#include "base/http/tls.hpp"

#include <array>
#include <cstring>
#include <string_view>

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/context.hpp>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "base/http/tls_stream.hpp"

namespace sekisho::http {
namespace {

namespace net = boost::asio;

std::unexpected<Error> openssl_failure(Code code, const char* what) {
  std::array<char, 256> text{};
  const auto error = ERR_get_error();
  if (error == 0) return fail(code, what);
  ERR_error_string_n(error, text.data(), text.size());
  ERR_clear_error();
  return fail(code, std::string(what) + ": " + text.data());
}

// The handshake proves possession of the leaf's key; whether the chain is acceptable is the judge's business.
int accept_any_chain(X509_STORE_CTX*, void*) { return 1; }

int choose_protocol(SSL*, const unsigned char** out, unsigned char* size, const unsigned char* offered,
                    unsigned offered_size, void*) {
  static constexpr std::string_view kHttp11 = "http/1.1";
  for (unsigned at = 0; at + 1 <= offered_size;) {
    const unsigned length = offered[at];
    if (at + 1 + length > offered_size) break;
    if (length == kHttp11.size() && std::memcmp(offered + at + 1, kHttp11.data(), length) == 0) {
      *out = offered + at + 1;
      *size = static_cast<unsigned char>(length);
      return SSL_TLSEXT_ERR_OK;
    }
    at += 1 + length;
  }
  return SSL_TLSEXT_ERR_ALERT_FATAL;
}

Status use_identity(net::ssl::context& context, const TlsIdentity& identity) {
  boost::system::error_code ec;
  ERR_clear_error();
  context.use_certificate_chain(net::buffer(identity.chain_pem), ec);
  if (ec) return fail(Code::KeyFile, "the TLS certificate chain does not parse: " + ec.message());
  context.use_private_key(net::buffer(identity.key_pem), net::ssl::context::pem, ec);
  if (ec)
    return fail(Code::KeyFile, "the TLS private key does not parse or does not fit its certificate: " + ec.message());
  if (SSL_CTX_check_private_key(context.native_handle()) != 1) {
    return openssl_failure(Code::KeyFile, "the TLS private key does not fit its certificate");
  }
  return {};
}

Status harden(SSL_CTX* context) {
  constexpr long kMostPeerChain = 32 * 1024;
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_max_cert_list(context, kMostPeerChain);
  if (SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) != 1 || SSL_CTX_set_num_tickets(context, 0) != 1) {
    return openssl_failure(Code::Internal, "TLS 1.3 is not available");
  }
  return {};
}

}  // namespace

struct TlsServerContext::Impl {
  net::ssl::context context{net::ssl::context::tls_server};
};

TlsServerContext::TlsServerContext(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TlsServerContext::~TlsServerContext() = default;

Result<std::shared_ptr<const TlsServerContext>> TlsServerContext::make(const TlsIdentity& identity,
                                                                       bool ask_for_certificate) {
  auto impl = std::make_unique<Impl>();
  SSL_CTX* native = impl->context.native_handle();
  if (auto done = harden(native); !done) return fail(done.error());
  if (auto done = use_identity(impl->context, identity); !done) return fail(done.error());
  SSL_CTX_set_verify(native, ask_for_certificate ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
  SSL_CTX_set_cert_verify_callback(native, accept_any_chain, nullptr);
  SSL_CTX_set_alpn_select_cb(native, choose_protocol, nullptr);
  return std::shared_ptr<const TlsServerContext>(new TlsServerContext(std::move(impl)));
}

std::unique_ptr<TlsStream> TlsServerContext::stream(Socket socket) const {
  return make_tls_stream(std::move(socket), impl_->context, true);
}

struct TlsClientContext::Impl {
  net::ssl::context context{net::ssl::context::tls_client};
  Judge judge;
};

TlsClientContext::TlsClientContext(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TlsClientContext::~TlsClientContext() = default;

Result<std::shared_ptr<const TlsClientContext>> TlsClientContext::make(TlsClientOptions options) {
  if (!options.judge == options.ca_pem.empty()) {
    return fail(Code::InvalidArgument, "a TLS client needs either a judge or certificate authorities");
  }
  auto impl = std::make_unique<Impl>();
  SSL_CTX* native = impl->context.native_handle();
  if (auto done = harden(native); !done) return fail(done.error());
  if (options.identity) {
    if (auto done = use_identity(impl->context, *options.identity); !done) return fail(done.error());
  }
  SSL_CTX_set_verify(native, SSL_VERIFY_PEER, nullptr);
  boost::system::error_code ec;
  if (options.judge) {
    SSL_CTX_set_cert_verify_callback(native, accept_any_chain, nullptr);
  } else if (options.ca_pem == "system") {
    impl->context.set_default_verify_paths(ec);
  } else {
    impl->context.add_certificate_authority(net::buffer(options.ca_pem), ec);
  }
  if (ec) return fail(Code::KeyFile, "the certificate authorities do not parse: " + ec.message());
  static constexpr std::array<unsigned char, 9> kProtocols{8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  // This one function of OpenSSL answers 0 for success.
  if (SSL_CTX_set_alpn_protos(native, kProtocols.data(), kProtocols.size()) != 0) {
    return openssl_failure(Code::Internal, "ALPN cannot be set");
  }
  impl->judge = std::move(options.judge);
  return std::shared_ptr<const TlsClientContext>(new TlsClientContext(std::move(impl)));
}

const Judge& TlsClientContext::judge() const { return impl_->judge; }

std::unique_ptr<TlsStream> TlsClientContext::stream(Socket socket, const std::string& server_name) const {
  auto stream = make_tls_stream(std::move(socket), impl_->context, false);
  SSL* ssl = stream->native();
  boost::system::error_code ec;
  net::ip::make_address(server_name, ec);
  const bool is_address = !ec;
  // SSL_set_tlsext_host_name without the cast of its macro.
  std::string name = server_name;
  bool set = is_address || SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data()) == 1;
  if (!impl_->judge) {
    X509_VERIFY_PARAM* rules = SSL_get0_param(ssl);
    X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
    set = set && (is_address ? X509_VERIFY_PARAM_set1_ip_asc(rules, server_name.c_str()) == 1
                             : X509_VERIFY_PARAM_set1_host(rules, server_name.data(), server_name.size()) == 1);
  }
  // A name that cannot be checked must not be skipped: the handshake then fails.
  if (!set) stream->poison();
  return stream;
}

}  // namespace sekisho::http
