#include "base/http/framing.hpp"

#include <array>
#include <string>

namespace sekisho::http {
namespace {

// RFC 9110 section 5.6.2.
constexpr std::array<bool, 256> make_token_table() {
  std::array<bool, 256> table{};
  for (char c = '0'; c <= '9'; ++c) table[static_cast<unsigned char>(c)] = true;
  for (char c = 'a'; c <= 'z'; ++c) table[static_cast<unsigned char>(c)] = true;
  for (char c = 'A'; c <= 'Z'; ++c) table[static_cast<unsigned char>(c)] = true;
  for (const char c : std::string_view("!#$%&'*+-.^_`|~")) table[static_cast<unsigned char>(c)] = true;
  return table;
}
constexpr auto kToken = make_token_table();

bool is_token(char c) { return kToken[static_cast<unsigned char>(c)]; }
bool is_visible_or_space(char c) { return c >= 0x20 && c <= 0x7e; }
bool is_value_octet(char c) { return c == '\t' || is_visible_or_space(c) || static_cast<unsigned char>(c) >= 0x80; }

bool is_empty_name_start(char c) { return c == ' ' || c == '\t'; }

std::unexpected<Error> refuse(const char* what) { return fail(Code::Framing, what); }

// Every element of a comma list of tokens, over all fields of the name, in lower case without parameters.
template <class F>
void each_token(const Headers& headers, std::string_view name, F&& see) {
  for (const auto& field : headers) {
    if (!same_name(field.name, name)) continue;
    std::string_view rest = field.value;
    while (true) {
      const auto comma = rest.find(',');
      std::string_view item = rest.substr(0, comma);
      while (!item.empty() && (item.front() == ' ' || item.front() == '\t')) item.remove_prefix(1);
      while (!item.empty() && (item.back() == ' ' || item.back() == '\t')) item.remove_suffix(1);
      see(item);
      if (comma == std::string_view::npos) break;
      rest.remove_prefix(comma + 1);
    }
  }
}

Result<std::uint64_t> content_length(std::string_view text) {
  constexpr std::uint64_t kMost = 1ULL << 53;
  std::uint64_t value = 0;
  if (text.empty() || text.size() > 16) return refuse("Content-Length is not 1 to 16 digits");
  for (const char c : text) {
    if (c < '0' || c > '9') return refuse("Content-Length has something other than digits");
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
  }
  if (value > kMost) return refuse("Content-Length is beyond 2^53");
  return value;
}

// What Content-Length and Transfer-Encoding say together; Kind::None when neither is there.
Result<BodyFraming> declared_framing(int version_minor, const Headers& headers) {
  std::size_t lengths = 0;
  std::size_t codings = 0;
  std::string_view length;
  std::string_view coding;
  for (const auto& field : headers) {
    if (same_name(field.name, "Content-Length")) {
      ++lengths;
      length = field.value;
    } else if (same_name(field.name, "Transfer-Encoding")) {
      ++codings;
      coding = field.value;
    }
  }
  if (lengths > 1) return refuse("more than one Content-Length");
  if (lengths == 1 && codings > 0) return refuse("both Content-Length and Transfer-Encoding");
  if (codings > 1) return refuse("more than one Transfer-Encoding");
  if (codings == 1) {
    if (version_minor < 1) return refuse("Transfer-Encoding in HTTP/1.0");
    if (!same_name(coding, "chunked")) return fail(Code::TransferCoding, "a transfer coding other than one chunked");
    return BodyFraming{BodyFraming::Kind::Chunked, 0};
  }
  if (lengths == 0) return BodyFraming{};
  auto value = content_length(length);
  if (!value) return fail(value.error());
  return BodyFraming{BodyFraming::Kind::Length, *value};
}

bool is_host_octet(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '-' ||
         c == '_' || c == ':' || c == '[' || c == ']';
}

}  // namespace

void HeadScanner::reset() {
  const HeadLimits limits = limits_;
  *this = HeadScanner(limits);
}

Result<std::size_t> HeadScanner::scan(std::string_view buffer) {
  for (; at_ < buffer.size(); ++at_) {
    if (at_ >= limits_.bytes) return fail(Code::HeaderTooLarge, "the header block is over its limit");
    const char c = buffer[at_];
    switch (state_) {
      case State::LineStart:
        if (c == '\r' && !first_line_) {
          state_ = State::LastLineFeed;
        } else if (is_empty_name_start(c)) {
          return refuse("a folded line or white space before a field name");
        } else if (!is_token(c)) {
          return refuse("a line that begins with no token");
        } else if (first_line_) {
          state_ = State::StartLine;
        } else {
          if (++fields_ > limits_.fields) return fail(Code::HeaderTooLarge, "more header fields than the limit");
          state_ = State::Name;
        }
        break;
      case State::StartLine:
        if (c == '\r') {
          state_ = State::LineFeed;
        } else if (!is_visible_or_space(c)) {
          return refuse("an octet in the start line that is not printable ASCII");
        } else if (at_ - line_start_ > limits_.target + 64) {
          return fail(Code::HeaderTooLarge, "the start line is over its limit");
        }
        break;
      case State::Name:
        if (c == ':') {
          state_ = State::Value;
        } else if (!is_token(c)) {
          return refuse("a field name with something other than a token");
        }
        break;
      case State::Value:
        if (c == '\r') {
          state_ = State::LineFeed;
        } else if (!is_value_octet(c)) {
          return refuse("a control octet in a field value");
        }
        break;
      case State::LineFeed:
        if (c != '\n') return refuse("a carriage return without a line feed");
        state_ = State::LineStart;
        first_line_ = false;
        line_start_ = at_ + 1;
        break;
      case State::LastLineFeed:
        if (c != '\n') return refuse("a carriage return without a line feed");
        return ++at_;
    }
  }
  return std::size_t{0};
}

Result<BodyFraming> request_framing(std::string_view method, int version_minor, const Headers& headers) {
  auto framing = declared_framing(version_minor, headers);
  if (!framing) return framing;
  if (framing->kind == BodyFraming::Kind::None && (method == "POST" || method == "PUT" || method == "PATCH")) {
    return fail(Code::LengthRequired, "a method with a body but no length");
  }
  return framing;
}

Result<BodyFraming> response_framing(std::string_view request_method, int status, int version_minor,
                                     const Headers& headers) {
  auto framing = declared_framing(version_minor, headers);
  if (!framing) return framing;
  if (request_method == "HEAD" || status / 100 == 1 || status == 204 || status == 304) return BodyFraming{};
  if (framing->kind == BodyFraming::Kind::None) framing->kind = BodyFraming::Kind::UntilClose;
  return framing;
}

Result<std::string_view> check_target(std::string_view method, std::string_view target, int version_minor,
                                      const Headers& headers) {
  const std::size_t hosts = headers.count("Host");
  if (hosts > 1) return refuse("more than one Host");
  if (hosts == 0 && version_minor >= 1) return refuse("no Host");
  const std::string_view host = headers.get("Host");
  if (hosts == 1 && host.empty()) return refuse("an empty Host");
  for (const char c : host) {
    if (!is_host_octet(c)) return refuse("a Host that is not a host and port");
  }
  if (method == "CONNECT") return refuse("CONNECT is for proxies");
  if (target == "*") {
    if (method != "OPTIONS") return refuse("the target * with a method other than OPTIONS");
    return target;
  }
  if (!target.empty() && target.front() == '/') return target;
  for (const std::string_view scheme : {std::string_view("http://"), std::string_view("https://")}) {
    if (target.size() <= scheme.size() || !same_name(target.substr(0, scheme.size()), scheme)) continue;
    const auto rest = target.substr(scheme.size());
    const auto end = rest.find_first_of("/?#");
    if (!same_name(rest.substr(0, end), host)) return refuse("an absolute target of another host than Host");
    if (end == std::string_view::npos) return std::string_view("/");
    if (rest[end] != '/') return refuse("an absolute target without a path");
    return rest.substr(end);
  }
  return refuse("a target that is neither a path nor a URL of this host");
}

bool keeps_alive(int version_minor, const Headers& headers) {
  if (version_minor < 1) return false;
  bool close = false;
  each_token(headers, "Connection", [&](std::string_view token) { close = close || same_name(token, "close"); });
  return !close;
}

}  // namespace sekisho::http
