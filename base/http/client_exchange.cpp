#include "base/http/client_exchange.hpp"

#include <algorithm>

#include "base/http/write_head.hpp"

namespace sekisho::http {
namespace {

bool is_own_field(const Header& field) {
  return same_name(field.name, "Host") || same_name(field.name, "Content-Length") ||
         same_name(field.name, "Transfer-Encoding") || same_name(field.name, "Connection");
}

bool is_target(std::string_view target) {
  return !target.empty() && (target.front() == '/' || target == "*") &&
         std::all_of(target.begin(), target.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

// The Host field carries the port unless it is the scheme's own.
std::string host_field(const ClientRequest& request) {
  if (!request.unix_path.empty()) return request.host.empty() ? "localhost" : request.host;
  const std::string name = request.host.find(':') == std::string::npos ? request.host : "[" + request.host + "]";
  const std::uint16_t own = request.tls ? 443 : 80;
  return request.port == own ? name : name + ":" + std::to_string(request.port);
}

}  // namespace

Result<std::string> write_request(const ClientRequest& request) {
  const std::string host = host_field(request);
  if (!valid_token(request.method) || !is_target(request.target) || !valid_fields(request.headers) ||
      !valid_fields(Headers{{"Host", host}})) {
    return fail(Code::InvalidArgument,
                "a request to " + request.host + " with a method, target or field that HTTP cannot carry");
  }
  if (std::any_of(request.headers.begin(), request.headers.end(), is_own_field)) {
    return fail(Code::InvalidArgument, "a request to " + request.host + " sets a field that is the client's own");
  }
  if (request.judge && request.judge_key.empty()) {
    return fail(Code::InvalidArgument, "a request to " + request.host + " with a judge but no judge_key");
  }
  std::string out;
  out.reserve(512 + request.body.size());
  out += request.method;
  out += ' ';
  out += request.target;
  out += " HTTP/1.1\r\n";
  append_field(out, "Host", host);
  for (const auto& field : request.headers) append_field(out, field.name, field.value);
  const bool states_length = request.method == "POST" || request.method == "PUT" || request.method == "PATCH";
  if (states_length || !request.body.empty()) append_field(out, "Content-Length", std::to_string(request.body.size()));
  out += "\r\n";
  out += request.body;
  return out;
}

async::Task<Result<ResponseHead>> exchange_heads(ClientConnection& connection, const ClientRequest& request,
                                                 const std::string& wire_text) {
  constexpr int kMostInformational = 8;
  auto sent = co_await connection.stream->write_all(wire_text);
  for (int i = 0; i <= kMostInformational; ++i) {
    auto raw = co_await connection.wire.head();
    if (!raw && !sent) co_return fail(sent.error());
    if (!raw) co_return fail(raw.error());
    auto head = parse_response_head(*raw, request.method);
    if (!head) co_return fail(head.error());
    if (head->status == 101) co_return fail(Code::Framing, "a server that switches protocols unasked");
    if (head->status >= 200) {
      if (!sent) head->keep_alive = false;
      co_return head;
    }
  }
  co_return fail(Code::Framing, "a server that sends only informational answers");
}

}  // namespace sekisho::http
