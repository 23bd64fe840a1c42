#include "tests/conformance/dsp/lab_settings.hpp"

#include <fmt/format.h>

#include "base/core/file.hpp"
#include "base/core/json.hpp"

namespace sekisho::lab {
namespace {

std::unexpected<Error> bad(std::string_view name, std::string_view what) {
  return fail(
      Error(Code::InvalidArgument, fmt::format("setting '{}' {}", name, what)).with("setting", std::string(name)));
}

Result<std::int64_t> number(const JsonObject& object, std::string_view name, std::int64_t otherwise,
                            std::int64_t most) {
  if (!object.contains(name)) return otherwise;
  Result<std::int64_t> value = get_integer(object, name);
  if (!value) return fail(value.error());
  if (*value < 0 || *value > most) return bad(name, fmt::format("is not 0 … {}", most));
  return *value;
}

Status read_peer(const JsonObject& root, Settings& out) {
  Result<const JsonObject*> peer = get_object(root, "peer");
  if (!peer) return fail(peer.error());
  Result<std::string> participant = get_string(**peer, "participant");
  if (!participant) return fail(participant.error());
  out.participant = std::move(*participant);
  Result<std::string> address = get_string(**peer, "address");
  if (!address) return fail(address.error());
  Result<http::Url> url = http::parse_url(*address);
  if (!url) return fail(url.error());
  if (url->scheme != "http" || !is_loopback(url->host)) return bad("peer.address", "is not plain HTTP on this machine");
  while (url->path.ends_with('/')) url->path.pop_back();
  out.peer = std::move(*url);
  if ((*peer)->contains("authorization")) {
    Result<std::string> authorization = get_string(**peer, "authorization");
    if (!authorization) return fail(authorization.error());
    out.authorization = std::move(*authorization);
  }
  return {};
}

}  // namespace

bool is_loopback(const std::string& host) { return host == "localhost" || host == "127.0.0.1" || host == "::1"; }

Result<Settings> load_settings(const std::filesystem::path& file) {
  const auto bytes = read_file(file, 64U << 10);
  if (!bytes) return fail(bytes.error());
  Result<Json> json = parse_json(as_text(*bytes));
  if (!json) return fail(json.error());
  if (!json->is_object()) return fail(Code::JsonShape, "the settings are not an object");
  const JsonObject& root = json->get_object();
  Settings out;
  const auto read = [&root](std::string_view name, std::int64_t otherwise, std::int64_t most) {
    return number(root, name, otherwise, most);
  };
  const auto port = read("port", 0, 65535);
  const auto webhooks = read("webhooks", 0, 65535);
  const auto delay = read("delay_ms", 500, 60'000);
  const auto retry = read("retry_ms", 250, 60'000);
  const auto retries = read("retries", 16, 1000);
  const auto attempt = read("attempt_ms", 5000, 60'000);
  for (const auto* value : {&port, &webhooks, &delay, &retry, &retries, &attempt}) {
    if (!*value) return fail(value->error());
  }
  out.port = static_cast<std::uint16_t>(*port);
  out.webhooks = static_cast<std::uint16_t>(*webhooks);
  out.delay = std::chrono::milliseconds(*delay);
  out.retry = std::chrono::milliseconds(*retry);
  out.retries = static_cast<unsigned>(*retries);
  out.attempt = std::chrono::milliseconds(*attempt);
  Result<std::string> data = get_string(root, "data");
  if (!data) return fail(data.error());
  out.data = *data;
  if (std::filesystem::exists(out.data)) return bad("data", "names something that exists already");
  if (root.contains("strategy")) {
    Result<std::string> strategy = get_string(root, "strategy");
    if (!strategy) return fail(strategy.error());
    if (*strategy != "tck" && *strategy != "product") return bad("strategy", "is neither tck nor product");
    out.scripted = *strategy == "tck";
  }
  Status peer = read_peer(root, out);
  if (!peer) return fail(peer.error());
  return out;
}

}  // namespace sekisho::lab
