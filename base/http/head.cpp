#include "base/http/head.hpp"

#include <limits>

#include <boost/beast/http/basic_parser.hpp>

namespace sekisho::http {
namespace {

namespace beast = boost::beast;
using beast::error_code;

// Beast's state machine, writing straight into our values. Bodies never come here: their framing is decided by the
// project's own rules, because 1.81 lets smuggled ones through (cpp-style.md d.9).
template <bool is_request>
class Parser final : public beast::http::basic_parser<is_request> {
 public:
  std::string method;
  std::string target;
  int status = 0;
  int version = 0;
  Headers headers;

 private:
  void on_request_impl(beast::http::verb, beast::string_view name, beast::string_view where, int v,
                       error_code&) override {
    method.assign(name.data(), name.size());
    target.assign(where.data(), where.size());
    version = v;
  }
  void on_response_impl(int code, beast::string_view, int v, error_code&) override {
    status = code;
    version = v;
  }
  void on_field_impl(beast::http::field, beast::string_view name, beast::string_view value, error_code&) override {
    headers.add(std::string(name.data(), name.size()), std::string(value.data(), value.size()));
  }
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(beast::string_view body, error_code&) override { return body.size(); }
  void on_chunk_header_impl(std::uint64_t, beast::string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view body, error_code&) override { return body.size(); }
  void on_finish_impl(error_code&) override {}
};

template <bool is_request>
Status run(Parser<is_request>& parser, std::string_view raw) {
  if (raw.size() > std::numeric_limits<std::uint32_t>::max() - 1) return fail(Code::HeaderTooLarge, "a huge head");
  parser.header_limit(static_cast<std::uint32_t>(raw.size() + 1));
  parser.body_limit(boost::none);
  error_code ec;
  const std::size_t used = parser.put(boost::asio::const_buffer(raw.data(), raw.size()), ec);
  if (ec && ec != beast::http::error::need_more) return fail(Code::Framing, "the head does not parse: " + ec.message());
  if (!parser.is_header_done() || used != raw.size())
    return fail(Code::Framing, "the head does not end where it should");
  if (parser.version != 10 && parser.version != 11) return fail(Code::Framing, "not HTTP/1.0 or HTTP/1.1");
  return {};
}

}  // namespace

Result<RequestHead> parse_request_head(std::string_view raw) {
  Parser<true> parser;
  if (auto parsed = run(parser, raw); !parsed) return fail(parsed.error());
  RequestHead head;
  head.method = std::move(parser.method);
  head.target = std::move(parser.target);
  head.version_minor = parser.version - 10;
  head.headers = std::move(parser.headers);
  auto framing = request_framing(head.method, head.version_minor, head.headers);
  if (!framing) return fail(framing.error());
  head.body = *framing;
  auto origin = check_target(head.method, head.target, head.version_minor, head.headers);
  if (!origin) return fail(origin.error());
  head.origin = std::string(*origin);
  head.keep_alive = keeps_alive(head.version_minor, head.headers);
  if (const auto expect = head.headers.find("Expect")) {
    if (!same_name(*expect, "100-continue")) return fail(Code::Framing, "an expectation other than 100-continue");
    head.expects_continue = head.version_minor >= 1;
  }
  return head;
}

Result<ResponseHead> parse_response_head(std::string_view raw, std::string_view request_method) {
  Parser<false> parser;
  if (auto parsed = run(parser, raw); !parsed) return fail(parsed.error());
  ResponseHead head;
  head.status = parser.status;
  head.version_minor = parser.version - 10;
  head.headers = std::move(parser.headers);
  if (head.status < 100 || head.status > 599) return fail(Code::Framing, "a status outside 100 to 599");
  auto framing = response_framing(request_method, head.status, head.version_minor, head.headers);
  if (!framing) return fail(framing.error());
  head.body = *framing;
  head.keep_alive = keeps_alive(head.version_minor, head.headers) && framing->kind != BodyFraming::Kind::UntilClose;
  return head;
}

}  // namespace sekisho::http
