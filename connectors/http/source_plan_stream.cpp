#include <algorithm>
#include <array>

#include "base/http/message.hpp"
#include "connectors/http/plan_members.hpp"

namespace sekisho::connectors {

namespace {

constexpr std::array<std::pair<std::string_view, PagerKind>, 6> kPagers{{{"next_link", PagerKind::NextLink},
                                                                         {"bundle_link", PagerKind::BundleLink},
                                                                         {"page", PagerKind::Page},
                                                                         {"offset", PagerKind::Offset},
                                                                         {"continuation", PagerKind::Continuation},
                                                                         {"header", PagerKind::Header}}};

struct Format {
  std::string_view name;
  BodyFormat format;
  std::string_view accept;
};
constexpr std::array<Format, 5> kFormats{{{"json", BodyFormat::Json, "application/json"},
                                          {"ndjson", BodyFormat::Ndjson, "application/x-ndjson"},
                                          {"csv", BodyFormat::Csv, "text/csv"},
                                          {"geojson", BodyFormat::GeoJson, "application/geo+json"},
                                          {"opaque", BodyFormat::Opaque, "*/*"}}};

void read_numbered(Members& pager, PagerPlan& out) {
  pager.text("parameter", out.parameter, true);
  pager.text("size_parameter", out.size_parameter);
  out.first_number = out.kind == PagerKind::Page ? 1 : 0;
  pager.number("first", out.first_number, 0, 1);
  pager.number("size", out.size, 1, 100'000);
  if (out.kind == PagerKind::Offset && out.size == 0) pager.say("size", "missing");
  if (!out.size_parameter.empty() && !is_parameter_name(out.size_parameter)) pager.say("size_parameter", "not a name");
}

// The token comes in a header or in the body, and goes into a header or a parameter.
void read_continuation(Members& pager, PagerPlan& out) {
  pager.json_pointer("pointer", out.pointer);
  pager.text("response_header", out.response_header, out.pointer.empty());
  pager.text("parameter", out.parameter);
  pager.text("request_header", out.request_header, out.parameter.empty());
  pager.text("first", out.first, out.parameter.empty(), true);
  pager.text("end", out.end, false, true);
  if (!out.request_header.empty() && !is_plain_name(out.request_header)) {
    pager.say("request_header", "not a field name");
  }
}

// The next page's link or, with a parameter, its number or name.
void read_header(Members& pager, PagerPlan& out) {
  pager.text("response_header", out.response_header, true);
  pager.text("parameter", out.parameter);
  pager.text("first", out.first);
}

Members pager_members(const JsonObject& object, const std::string& base, PagerKind kind) {
  switch (kind) {
    case PagerKind::NextLink: return {object, base, {"kind", "pointer"}};
    case PagerKind::Page:
    case PagerKind::Offset: return {object, base, {"kind", "parameter", "size_parameter", "first", "size"}};
    case PagerKind::Continuation:
      return {object, base, {"kind", "request_header", "response_header", "parameter", "pointer", "first", "end"}};
    case PagerKind::Header: return {object, base, {"kind", "response_header", "parameter", "first"}};
    case PagerKind::BundleLink:
    case PagerKind::Single: break;
  }
  return {object, base, {"kind"}};
}

Status read_pager(const JsonObject& object, const std::string& base, PagerPlan& out) {
  const Json* kind = object.if_contains("kind");
  if (kind == nullptr) return fail(manifest_error(base + "/kind", "missing"));
  const auto* const found = std::ranges::find_if(
      kPagers, [&](const auto& k) { return kind->is_string() && k.first == std::string_view(kind->get_string()); });
  if (found == kPagers.end()) {
    return fail(manifest_error(base + "/kind", "must be next_link, bundle_link, page, offset, continuation or header"));
  }
  out.kind = found->second;
  Members pager = pager_members(object, base, out.kind);
  if (out.kind == PagerKind::NextLink) pager.json_pointer("pointer", out.pointer);
  if (out.kind == PagerKind::Page || out.kind == PagerKind::Offset) read_numbered(pager, out);
  if (out.kind == PagerKind::Continuation) read_continuation(pager, out);
  if (out.kind == PagerKind::Header) read_header(pager, out);
  if (!out.response_header.empty() && !is_plain_name(out.response_header)) {
    pager.say("response_header", "not a field name");
  }
  if (!out.parameter.empty() && !is_parameter_name(out.parameter)) pager.say("parameter", "not a name");
  return pager.status();
}

void use_dialect(const std::string& dialect, StreamPlan& stream) {
  if (dialect == "dynamic-api@1") {
    stream.select = "/*";
    stream.empty_status = {404};
    stream.error_pointer = "/error_code";
    stream.pager.kind = PagerKind::Continuation;
    stream.pager.request_header = "X-RequestContinuation";
    stream.pager.response_header = "X-ResponseContinuation";
    stream.pager.first = " ";
  } else if (dialect == "fhir@1") {
    stream.accept = "application/fhir+json";
    stream.select = "/entry/*/resource";
    stream.pager.kind = PagerKind::BundleLink;
    stream.bundle = true;
    stream.key = {"/resourceType", "/id"};
  } else if (dialect == "epcis@1") {
    stream.accept = "application/json";
    stream.select = "/epcisBody/queryResults/resultsBody/eventList/*";
    stream.pager.kind = PagerKind::NextLink;
    stream.key = {"/eventID"};
  }
}

void read_format(Members& members, StreamPlan& out) {
  std::string name = "json";
  members.text("format", name);
  const auto* const found = std::ranges::find(kFormats, name, &Format::name);
  if (found == kFormats.end()) return members.say("format", "must be json, ndjson, csv, geojson or opaque");
  out.format = found->format;
  if (out.format == BodyFormat::GeoJson) out.select = "/features/*";
  if (out.format != BodyFormat::Json || out.accept.empty()) out.accept = found->accept;
  members.text("media", out.media);
  if (!out.media.empty() && out.format != BodyFormat::Opaque) members.say("media", "goes with opaque");
  if (!out.media.empty()) out.accept = out.media;
  members.text("accept", out.accept);
  members.boolean("endless", out.endless);
  const bool long_body = out.format == BodyFormat::Ndjson || out.format == BodyFormat::Opaque;
  if (out.endless && !long_body) members.say("endless", "goes with ndjson and opaque");
}

void read_lists(Members& members, StreamPlan& out) {
  if (const JsonArray* key = members.array("key"); key != nullptr) {
    out.key.clear();
    for (std::size_t i = 0; i < key->size(); ++i) {
      const Json& one = (*key)[i];
      if (one.is_string() && one.get_string().starts_with('/')) out.key.emplace_back(one.get_string());
      if (out.key.size() != i + 1) return members.say("key/" + std::to_string(i), "must be a JSON pointer");
    }
  }
  if (const JsonArray* status = members.array("empty_status"); status != nullptr) {
    out.empty_status.clear();
    for (std::size_t i = 0; i < status->size(); ++i) {
      const Json& one = (*status)[i];
      const bool good = one.is_int64() && (one.get_int64() == 404 || one.get_int64() == 204);
      if (!good) return members.say("empty_status/" + std::to_string(i), "must be 204 or 404");
      out.empty_status.push_back(static_cast<int>(one.get_int64()));
    }
  }
}

void read_job(Members& members, StreamPlan& out) {
  const JsonObject* object = members.object("job");
  if (object == nullptr) return;
  Members job(*object, members.pointer("job"), {"kind", "path", "poll_ms"});
  std::string kind;
  std::int64_t poll = out.job.poll.count();
  job.text("kind", kind, true);
  job.number("poll_ms", poll, 10, 60'000);
  out.job.poll = std::chrono::milliseconds(poll);
  if (kind == "location") {
    out.job.kind = JobPlan::Kind::Location;
    if (job.find("path") != nullptr) job.say("path", "goes with hub");
  } else if (kind == "hub") {
    out.job.kind = JobPlan::Kind::Hub;
    out.job.path = "/API/AsyncApi";
    job.text("path", out.job.path);
    if (!out.job.path.starts_with('/')) job.say("path", "must start with /");
  } else {
    job.say("kind", "must be location or hub");
  }
  members.take(job.status());
}

void read_map(Members& members, StreamPlan& out) {
  const Json* map = members.find("map");
  if (map == nullptr) return;
  Result<schemas::Mapping> mapping = schemas::Mapping::parse(*map);
  if (mapping) {
    out.map = std::move(*mapping);
    return;
  }
  std::string below;
  for (const auto& [name, value] : mapping.error().help) {
    if (name == "pointer") below = value;
  }
  members.say("map" + below, mapping.error().message);
}

void set_field(StreamPlan& stream, std::string name, std::string value) {
  const bool given =
      std::ranges::any_of(stream.headers, [&](const FieldPlan& f) { return http::same_name(f.name, name); });
  if (!given) stream.headers.push_back({std::move(name), std::move(value), {}});
}

// What the dialect and the kind of job say in the call itself.
void add_fields(const std::string& dialect, StreamPlan& stream) {
  if (dialect == "dynamic-api@1" && stream.format == BodyFormat::GeoJson) set_field(stream, "X-IsGeoJson", "true");
  if (dialect == "epcis@1") set_field(stream, "GS1-EPCIS-Version", "2.0.0");
  if (stream.job.kind == JobPlan::Kind::Hub) set_field(stream, "X-IsAsync", "true");
  if (stream.job.kind == JobPlan::Kind::Location) set_field(stream, "Prefer", "respond-async");
}

void read_pages(Members& members, const std::string& base, StreamPlan& out) {
  if (const JsonObject* error = members.object("error"); error != nullptr) {
    Members inner(*error, base + "/error", {"pointer"});
    inner.text("pointer", out.error_pointer, true);
    if (!out.error_pointer.starts_with('/')) inner.say("pointer", "must be a JSON pointer");
    members.take(inner.status());
  }
  const bool one_body = out.endless || out.format == BodyFormat::Opaque;
  if (one_body) out.pager = {};
  if (const JsonObject* pager = members.object("paginator"); pager != nullptr) {
    if (one_body) return members.say("paginator", "goes not with endless or opaque");
    out.pager = {};
    members.take(read_pager(*pager, base + "/paginator", out.pager));
  }
  if (one_body && out.job.kind != JobPlan::Kind::None) members.say("job", "goes not with endless or opaque");
}

}  // namespace

Result<StreamPlan> read_stream(const JsonObject& object, const std::string& base, const std::string& dialect) {
  Members members(object, base,
                  {"name", "title", "path", "accept", "format", "media", "endless", "select", "paginator", "key",
                   "empty_status", "error", "headers", "job", "odata", "bbox", "foreign_references", "map"});
  StreamPlan out;
  use_dialect(dialect, out);
  members.text("name", out.name, true);
  members.text("title", out.title);
  members.text("path", out.path, true);
  if (!out.path.starts_with('/') || out.path.find_first_of("# ") != std::string::npos) {
    members.say("path", "must start with / and have no fragment and no space");
  }
  read_format(members, out);
  members.json_pointer("select", out.select);
  read_lists(members, out);
  read_fields(members, out.headers);
  read_job(members, out);
  read_query(members, dialect == "dynamic-api@1", out.path);
  read_pages(members, base, out);
  members.boolean("foreign_references", out.foreign_references);
  read_map(members, out);
  if (out.map && out.format == BodyFormat::Opaque) members.say("map", "goes not with opaque");
  add_fields(dialect, out);
  if (!members.status()) return fail(members.status().error());
  return out;
}

}  // namespace sekisho::connectors
