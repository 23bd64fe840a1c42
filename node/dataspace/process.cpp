#include "node/dataspace/process.hpp"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "base/core/encoding.hpp"
#include "base/core/utf8.hpp"
#include "base/core/uuid.hpp"
#include "base/crypto/digest.hpp"
#include "base/http/url.hpp"
#include "node/dataspace/fields.hpp"

namespace sekisho::node {
namespace {

constexpr std::size_t kMostSeen = 16;
constexpr std::size_t kLongestReason = 1024;
constexpr std::string_view kUnknownPid = "urn:sekisho:unknown";

std::unexpected<Error> bad_callback(std::string_view what) {
  return fail(Error(Code::InvalidArgument, fmt::format("callbackAddress {}", what)).with("pointer", "/callbackAddress"));
}

// What the rows of the first releases have not.
Status read_history(const JsonObject& row, ProcessBase& process) {
  const Json* since = row.if_contains("since");
  if (since == nullptr) return {};
  Result<std::int64_t> at = get_integer(row, "since");
  if (!at) return fail(at.error());
  process.since = Instant(std::chrono::microseconds(*at));
  Result<std::int64_t> said = get_integer(row, "said");
  if (!said) return fail(said.error());
  process.said = static_cast<std::uint64_t>(*said);
  Result<std::string> reason = get_string(row, "reason");
  if (!reason) return fail(reason.error());
  process.reason = std::move(*reason);
  Result<const JsonArray*> timeline = get_array(row, "timeline");
  if (!timeline) return fail(timeline.error());
  Result<Timeline> events = Timeline::from_row(**timeline);
  if (!events) return fail(events.error());
  process.timeline = std::move(*events);
  return {};
}

}  // namespace

ProcessIds ProcessBase::ids() const {
  const std::string other = peer_pid.empty() ? std::string(kUnknownPid) : peer_pid;
  return role == Role::Provider ? ProcessIds{pid, other} : ProcessIds{other, pid};
}

bool ProcessBase::was_seen(const Digest& message) const { return std::ranges::find(seen, message) != seen.end(); }

void ProcessBase::see(const Digest& message) {
  seen.push_back(message);
  if (seen.size() > kMostSeen) seen.erase(seen.begin());
}

unsigned ProcessBase::visit(std::size_t state) {
  std::uint8_t& count = visits.at(state);
  if (count < 255) ++count;
  return count;
}

void ProcessBase::blame(const Error& error) {
  code = error.name();
  reason = operator_text(error);
}

// What a peer wrote may be cut anywhere, and a row holds UTF-8 only.
std::string operator_text(const Error& error) {
  const std::string chain = error.chain();
  std::string out;
  for (std::string_view rest = chain; !rest.empty() && out.size() < kLongestReason;) {
    const std::size_t size = utf8_character(rest);
    out += size == 0 ? std::string_view("?") : rest.substr(0, size);
    rest.remove_prefix(std::max<std::size_t>(size, 1));
  }
  return out;
}

Error overdue_error(const ProcessBase& process, std::string_view state, std::optional<Error> silence) {
  std::string text = fmt::format("at {} since {} and the deadline has passed", state, to_rfc3339(process.since));
  Error error = silence ? Error(Code::Deadline, std::move(text), std::move(*silence)) : Error(Code::Deadline, std::move(text));
  return std::move(error).with("state", std::string(state));
}

void write_base(JsonObject& row, const ProcessBase& process) {
  row["pid"] = process.pid;
  row["peerPid"] = process.peer_pid;
  row["role"] = process.role == Role::Provider ? "provider" : "consumer";
  row["peer"] = JsonObject{{"did", process.peer_did}, {"dns", process.peer_dns}, {"zone", process.peer_zone}};
  row["base"] = process.base;
  row["pending"] = process.pending;
  row["code"] = process.code;
  JsonArray seen;
  for (const Digest& digest : process.seen) seen.emplace_back(to_hex(digest));
  row["seen"] = std::move(seen);
  JsonArray visits;
  for (const std::uint8_t count : process.visits) visits.emplace_back(count);
  row["visits"] = std::move(visits);
  row["since"] = process.since.time_since_epoch().count();
  row["said"] = static_cast<std::int64_t>(process.said);
  row["reason"] = process.reason;
  row["timeline"] = process.timeline.to_row();
}

Status read_base(const JsonObject& row, ProcessBase& process) {
  Result<const JsonObject*> peer = get_object(row, "peer");
  if (!peer) return fail(peer.error());
  std::string role;
  struct Text {
    const JsonObject& object;
    std::string_view name;
    std::string& out;
  };
  for (const Text& text : {Text{row, "pid", process.pid}, Text{row, "peerPid", process.peer_pid}, Text{row, "role", role},
                           Text{**peer, "did", process.peer_did}, Text{**peer, "dns", process.peer_dns},
                           Text{**peer, "zone", process.peer_zone}, Text{row, "base", process.base},
                           Text{row, "pending", process.pending}, Text{row, "code", process.code}}) {
    Result<std::string> value = get_string(text.object, text.name);
    if (!value) return fail(value.error());
    text.out = std::move(*value);
  }
  process.role = role == "provider" ? Role::Provider : Role::Consumer;
  Result<const JsonArray*> seen = get_array(row, "seen");
  if (!seen) return fail(seen.error());
  for (const Json& entry : **seen) {
    if (!entry.is_string()) return shape_error("/seen", "holds something else than digests");
    Result<Digest> digest = digest_from_hex(entry.get_string());
    if (!digest) return fail(digest.error());
    process.seen.push_back(*digest);
  }
  Status history = read_history(row, process);
  if (!history) return history;
  const Json* visits = row.if_contains("visits");  // rows of the first release have none
  if (visits == nullptr) return {};
  if (!visits->is_array() || visits->get_array().size() != process.visits.size()) return shape_error("/visits", "is not eight numbers");
  for (std::size_t i = 0; i < process.visits.size(); ++i) {
    const Json& count = visits->get_array()[i];
    const bool sound = count.is_int64() && count.get_int64() >= 0 && count.get_int64() <= 255;
    if (!sound) return shape_error("/visits", "holds something else than small numbers");
    process.visits[i] = static_cast<std::uint8_t>(count.get_int64());
  }
  return {};
}

std::string new_pid(Random& random) { return "urn:uuid:" + to_text(make_uuid_v4(random.bytes(16))); }

Status ids_fit(const ProcessBase& process, const ProcessIds& ids) {
  const bool provider = process.role == Role::Provider;
  const std::string& own = provider ? ids.provider : ids.consumer;
  const std::string& other = provider ? ids.consumer : ids.provider;
  if (own == process.pid && (process.peer_pid.empty() || other == process.peer_pid)) return {};
  return fail(Error(Code::InvalidArgument, "the message names other process ids than its path").with("pointer", "/consumerPid"));
}

Digest message_digest(std::string_view body) {
  JsonLimits limits;
  limits.bytes = kDspBodyLimit;
  const Result<Json> json = parse_json(body, limits);
  if (!json) return {};
  const Result<std::string> canonical = canonical_json(*json);
  return canonical ? sha256(as_bytes(*canonical)) : Digest{};
}

Result<std::string> callback_path(std::string_view address, const std::string& peer_dns) {
  Result<http::Url> url = http::parse_url(address);
  if (!url) return bad_callback("is not a URL");
  if (url->scheme != "https") return bad_callback("is not https");
  if (url->host != peer_dns) return bad_callback("is not at the host of the sender");
  if (!url->query.empty()) return bad_callback("has a query");
  std::string path = url->path;
  while (path.ends_with('/')) path.pop_back();
  if (!path.empty() && !http::parse_target(path)) return bad_callback("has an ambiguous path");
  return path;
}

Bytes peer_pid_key(std::string_view kind, std::string_view peer_did, std::string_view peer_pid) {
  const std::string zero(1, '\0');
  const Digest digest = sha256({as_bytes(peer_did), as_bytes(zero), as_bytes(peer_pid)});
  return to_bytes(fmt::format("dsp/{}/{}", kind, to_hex(digest)));
}

http::Response error_response(const Error& error, ProcessIds ids, std::string_view type) {
  int status = code_info(error.code).http;
  if (status == 401 || status == 403) status = 404;
  if (error.code == Code::EvidenceInvalid) status = 400;  // the sender is at fault here, and repeating mends nothing
  const ErrorDocument document{std::move(ids), std::string(error.name()), reason_of(error)};
  http::Response response = http::json_response(status, to_body(document, type));
  for (const auto& [name, value] : error.help) {
    if (name == "retry_after_s") response.headers.set("Retry-After", value);
  }
  return response;
}

ProcessIds ids_of_body(std::string_view body, const std::string& pid) {
  ProcessIds ids{pid.empty() ? std::string(kUnknownPid) : pid, pid.empty() ? std::string(kUnknownPid) : pid};
  JsonLimits limits;
  limits.bytes = kDspBodyLimit;
  const Result<Json> json = parse_json(body, limits);
  if (!json || !json->is_object()) return ids;
  const Result<std::string> provider = get_id(json->get_object(), "providerPid");
  const Result<std::string> consumer = get_id(json->get_object(), "consumerPid");
  if (provider) ids.provider = *provider;
  if (consumer) ids.consumer = *consumer;
  return ids;
}

bool transient(Code code) {
  switch (code) {
    case Code::Busy:
    case Code::Deadline:
    case Code::Cancelled:
    case Code::Connection:
    case Code::TlsHandshake:
    case Code::Truncated:
    case Code::Draining:
    case Code::JournalStopped:
    case Code::JournalIndeterminate:
    case Code::DiskFull:
      return true;
    case Code::EvidenceInvalid:
      return false;
    default:
      return code_info(code).http >= 500;
  }
}

JsonObject party(std::string_view did, std::string_view zone) { return {{"did", did}, {"zone", zone}}; }

}  // namespace sekisho::node
