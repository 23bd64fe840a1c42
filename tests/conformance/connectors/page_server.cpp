#include "tests/conformance/connectors/page_server.hpp"

#include <ctime>

#include "base/core/encoding.hpp"

namespace sekisho::conformance {

namespace {

constexpr std::size_t kPageBytes = 256U << 10;
constexpr std::size_t kPageRecords = 50;
constexpr std::chrono::seconds kRetryAfter{1};

const std::string kToken = "-of-" + std::string(kCanary);  // after its number

std::string text(std::uint64_t n) { return std::to_string(n); }

std::string reply(const std::string& status, const std::string& fields, const std::string& body) {
  return "HTTP/1.1 " + status + "\r\n" + fields + "Content-Length: " + text(body.size()) + "\r\n\r\n" + body;
}

std::string stream_of(Pages pages) {
  switch (pages) {
    case Pages::OneAnswer: return "";
    case Pages::LinkHeader: return R"("format":"ndjson","paginator":{"kind":"next_link"})";
    case Pages::LinkInBody: return R"("format":"geojson","paginator":{"kind":"next_link","pointer":"/next"})";
    case Pages::PageNumber: return R"("select":"/items/*","paginator":{"kind":"page","parameter":"page"})";
    case Pages::Offset:
      return R"("format":"csv","paginator":{"kind":"offset","parameter":"offset","size_parameter":"limit","size":50})";
    case Pages::Continuation:
      return R"("select":"/*","paginator":{"kind":"continuation","request_header":"X-From","response_header":"X-Next",)"
             R"("first":" ","end":""})";
    case Pages::Bundle: return R"("select":"/entry/*/resource","paginator":{"kind":"bundle_link"})";
  }
  return "";
}

// One record as each format writes it.
std::string element(Pages pages, std::size_t number, std::size_t bytes) {
  std::string record = record_line(number, bytes);
  if (pages == Pages::LinkHeader || pages == Pages::OneAnswer) return record;
  record.pop_back();
  if (pages == Pages::LinkInBody) return R"({"type":"Feature","geometry":null,"properties":)" + record + "}";
  if (pages == Pages::Bundle) {
    return R"({"fullUrl":"urn:x:)" + text(number) + R"(","resource":{"resourceType":"Basic","id":")" + text(number) +
           "\"," + record.substr(1) + "}";
  }
  if (pages != Pages::Offset) return record;
  const std::size_t pad = record.rfind(":\"") + 2;
  return text(number) + "," + record.substr(pad, record.size() - 2 - pad) + "\r\n";
}

}  // namespace

std::string manifest_of(Pages pages, std::uint16_t port, bool with_token) {
  const std::string base = "http://127.0.0.1:" + text(port);
  const std::string secret = R"({"secret":")" + std::string(kSecretName) + "\"}";
  if (pages == Pages::OneAnswer) {
    return R"({"kind":"http","url":")" + base + R"(/data","timeout_ms":20000,"headers":[{"name":"X-Key","secret":")" +
           std::string(kSecretName) + "\"}]}";
  }
  const std::string auth = R"("auth":{"kind":"oauth2_client_credentials","token_url":")" + base +
                           R"(/token","client_id":"node","client_secret":)" + secret + "},";
  return R"({"kind":"http","base":")" + base + R"(","timeout_ms":20000,)" + (with_token ? auth : "") +
         R"("streams":[{"name":"s","path":"/data?q=1",)" + stream_of(pages) + "}]}";
}

PageServer::PageServer(Pages pages, Wish wish)
    : pages_(pages),
      wish_(wish),
      size_(std::clamp<std::size_t>(kPageBytes / wish.record_bytes, 1, kPageRecords)),
      faults_(wish.fault == Fault::None ? 0 : wish.fault_times) {
  if (wish.fault == Fault::Absent) {
    dead_port_ = conformance::dead_port();
  } else {
    server_ = std::make_unique<RawServer>([this](const Request& request) { return answer(request); });
  }
}

std::string PageServer::date(std::chrono::seconds later) const {
  const std::time_t now = std::time(nullptr) + (wish_.clock_ahead + later).count();
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  char out[64];
  const std::size_t size = std::strftime(out, sizeof out, "%a, %d %b %Y %H:%M:%S GMT", &parts);
  return std::string(out, size);
}

std::string PageServer::ok(const std::string& media, const std::string& fields, const std::string& body) const {
  return reply("200 OK", "Date: " + date({}) + "\r\nContent-Type: " + media + "\r\n" + fields, body);
}

Reply PageServer::token(const Request& request) {
  const std::string expected = "Basic " + to_base64(as_bytes("node:" + std::string(kCanary)));
  if (request.field("Authorization") != expected) return {reply("401 Unauthorized", "", ""), Reply::Then::Close};
  saw_canary_ = true;
  const std::lock_guard lock(mutex_);
  calls_ = 0;
  const std::string value = text(++tokens_) + kToken;
  return {ok("application/json", "", R"({"access_token":")" + value + R"(","token_type":"bearer","expires_in":3600})")};
}

bool PageServer::allowed(const Request& request) {
  if (pages_ == Pages::OneAnswer) {
    saw_canary_ = saw_canary_ || request.field("X-Key") == kCanary;
    return request.field("X-Key") == kCanary;
  }
  const std::lock_guard lock(mutex_);
  if (request.field("Authorization") != "Bearer " + text(tokens_) + kToken) return false;
  return wish_.calls_per_token == 0 || ++calls_ <= wish_.calls_per_token;
}

std::size_t PageServer::first_record(const Request& request) const {
  const auto number = [](const std::string& digits) { return digits.empty() ? 0 : std::stoul(digits); };
  switch (pages_) {
    case Pages::PageNumber: return (number(request.parameter("page")) - 1) * size_;
    case Pages::Offset: return number(request.parameter("offset"));
    case Pages::Continuation: {
      const std::string from = request.field("X-From");
      return from.starts_with("from-") ? number(from.substr(5)) : 0;
    }
    default: return number(request.parameter("from"));
  }
}

Reply PageServer::page(std::size_t first) const {
  const std::size_t end = std::min(wish_.records, pages_ == Pages::OneAnswer ? wish_.records : first + size_);
  const bool lines = pages_ == Pages::LinkHeader || pages_ == Pages::OneAnswer || pages_ == Pages::Offset;
  std::string list = pages_ == Pages::Offset ? "n,pad\r\n" : "";
  for (std::size_t n = first; n < end; ++n) {
    if (n > first && !lines) list += ',';
    list += element(pages_, n, wish_.record_bytes);
  }
  const std::string next = end < wish_.records ? "?from=" + text(end) : "";
  const std::string path = "/data" + next;
  switch (pages_) {
    case Pages::OneAnswer: return {ok("application/x-ndjson", "", list)};
    case Pages::LinkHeader:
      return {ok("application/x-ndjson", next.empty() ? "" : "Link: <" + path + ">; rel=\"next\"\r\n", list)};
    case Pages::LinkInBody:
      return {ok("application/geo+json", "",
                 R"({"type":"FeatureCollection","features":[)" + list + R"(],"next":)" +
                     (next.empty() ? "null" : "\"" + path + "\"") + "}")};
    case Pages::PageNumber: return {ok("application/json", "", R"({"items":[)" + list + "]}")};
    case Pages::Offset: return {ok("text/csv", "", list)};
    case Pages::Continuation: {
      const std::string token = next.empty() ? "" : "from-" + text(end);
      return {ok("application/json", "X-Next: " + token + "\r\n", "[" + list + "]")};
    }
    case Pages::Bundle: {
      const std::string link = next.empty() ? "" : R"(,"link":[{"relation":"next","url":")" + path + "\"}]";
      return {ok("application/fhir+json", "",
                 R"({"resourceType":"Bundle","type":"searchset","entry":[)" + list + "]" + link + "}")};
    }
  }
  return {};
}

// Broken answers repeat what the caller sent, its secrets too: none of it may be told on.
Reply PageServer::struck(const Request& request, const Reply& good) {
  using Then = Reply::Then;
  const std::string echo = request.head + request.body + std::string(kCanary);
  const std::size_t body = good.octets.find("\r\n\r\n") + 4;
  const std::size_t half = body + (good.octets.size() - body) / 2;
  switch (wish_.fault) {
    case Fault::Reset: return {good.octets.substr(0, half), Then::Reset};
    case Fault::Garbage: return {"\x16\x03\x01 " + std::string(kCanary) + "\r\n" + echo, Then::Close};
    // One answer hangs in its midst, so that there is a reader to cancel.
    case Fault::Delay: return {pages_ == Pages::OneAnswer ? good.octets.substr(0, half) : "", Then::Hold};
    case Fault::TooManyRequests: {
      const std::lock_guard lock(mutex_);
      not_before_ = std::chrono::steady_clock::now() + kRetryAfter;
      // In the source's own time where its clock is off.
      const std::string after = wish_.clock_ahead.count() == 0 ? "1" : date(kRetryAfter);
      return {reply("429 Too Many Requests", "Date: " + date({}) + "\r\nRetry-After: " + after + "\r\n", echo)};
    }
    case Fault::Burst503: return {reply("503 Service Unavailable", "Content-Type: text/plain\r\n", echo)};
    case Fault::Truncated: {
      // In the midst of a record, with a length that agrees.
      const std::string media = good.octets.substr(good.octets.find("Content-Type: ") + 14);
      const std::string fields =
          pages_ == Pages::LinkHeader ? "Link: </data?from=" + text(wish_.records) + ">\r\n" : "";
      std::string cut = good.octets.substr(body, half - body);
      // A cut value of a last CSV row cannot be told from a short one; a row without a column can.
      if (pages_ == Pages::Offset) cut.resize(cut.rfind(','));
      while (cut.ends_with('\n') || cut.ends_with('}') || cut.ends_with(',')) cut.pop_back();
      return {ok(media.substr(0, media.find("\r\n")), fields, cut)};
    }
    case Fault::WrongLength: {
      const std::string length = text(good.octets.size() - body);
      std::string octets = good.octets;
      octets.replace(octets.find("Content-Length: ") + 16, length.size(), text(good.octets.size() - body + 10));
      return {octets, Then::Close};
    }
    default: return good;
  }
}

Reply PageServer::answer(const Request& request) {
  if (request.target == "/token") return token(request);
  if (!allowed(request)) return {reply("401 Unauthorized", "", request.head)};
  {
    const std::lock_guard lock(mutex_);
    if (wish_.clock_ahead.count() == 0 && std::chrono::steady_clock::now() < not_before_) ++too_early_;
  }
  const std::size_t first = first_record(request);
  const Reply good = page(first);
  const bool place = pages_ == Pages::OneAnswer || first == wish_.fault_after / size_ * size_;
  if (place && faults_ > 0 && faults_-- > 0) return struck(request, good);
  return good;
}

}  // namespace sekisho::conformance
