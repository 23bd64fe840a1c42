#include <algorithm>

#include "connectors/http/plan_members.hpp"

namespace sekisho::connectors {

namespace {

constexpr std::size_t kMaxStreams = 64;

Status read_streams(const Members& members, const std::string& dialect, HttpPlan& plan) {
  const Json* streams = members.find("streams");
  if (streams == nullptr || !streams->is_array() || streams->get_array().empty() ||
      streams->get_array().size() > kMaxStreams) {
    return fail(manifest_error("/streams", "must be an array of 1 to 64 streams"));
  }
  for (std::size_t i = 0; i < streams->get_array().size(); ++i) {
    const std::string base = "/streams/" + std::to_string(i);
    const Json& one = streams->get_array()[i];
    if (!one.is_object()) return fail(manifest_error(base, "must be an object"));
    Result<StreamPlan> stream = read_stream(one.get_object(), base, dialect);
    if (!stream) return fail(stream.error());
    const bool twice = std::ranges::any_of(plan.streams, [&](const StreamPlan& s) { return s.name == stream->name; });
    if (twice) return fail(manifest_error(base + "/name", "used twice"));
    plan.streams.push_back(std::move(*stream));
  }
  return {};
}

void read_rate(Members& members, HttpPlan& plan) {
  const JsonObject* rate = members.object("rate");
  if (rate == nullptr) return;
  const Json* per_second = rate->if_contains("per_second");
  if (per_second == nullptr || !per_second->is_number() || rate->size() != 1)
    return members.say("rate", "must hold per_second");
  plan.per_second = per_second->to_number<double>();
  if (!(plan.per_second >= 0.01 && plan.per_second <= 1000))
    members.say("rate/per_second", "must be from 0.01 to 1000");
}

}  // namespace

Result<HttpPlan> parse_http_plan(const JsonObject& document) {
  Members members(document, "",
                  {"kind", "base", "ca", "auth", "dialect", "headers", "rate", "timeout_ms", "page_mib", "streams"});
  HttpPlan plan;
  std::string dialect;
  std::int64_t timeout = plan.timeout.count();
  std::int64_t page = 4;
  members.text("base", plan.base, true);
  if (members.status()) check_source_url(members, "base", plan.base);
  members.text("ca", plan.ca);
  members.text("dialect", dialect);
  members.number("timeout_ms", timeout, 1, 30'000);
  members.number("page_mib", page, 1, 16);
  read_rate(members, plan);
  read_fields(members, plan.headers);
  plan.timeout = std::chrono::milliseconds(timeout);
  plan.page_bytes = static_cast<std::size_t>(page) << 20;
  if (!dialect.empty() && dialect != "dynamic-api@1" && dialect != "fhir@1" && dialect != "epcis@1") {
    members.say("dialect", "must be dynamic-api@1, fhir@1 or epcis@1");
  }
  if (dialect == "dynamic-api@1") {  // the hub's own token call
    plan.auth.post = true;
    plan.auth.send_header = "X-Authorization";
    plan.auth.send_format = "{token}";
  }
  if (const JsonObject* auth = members.object("auth"); auth != nullptr) members.take(read_auth(*auth, plan.auth));
  if (!members.status()) return fail(members.status().error());
  Status streams = read_streams(members, dialect, plan);
  if (!streams) return fail(streams.error());
  return plan;
}

}  // namespace sekisho::connectors
