// The manifest of a source: a strict JSON document, `kind` decides its members. Unknown members are refused with
// their JSON pointer (Code::JsonShape, help "pointer"). Never holds a secret, only a secret's name.
//
//   {"kind": "file", "path": "events.ndjson" | "events/"}                      a file, or a directory of *.ndjson
//   {"kind": "file", "path": "scan.tif", "media": "image/tiff"}                opaque octets: any other media than NDJSON
//   {"kind": "http", "url": "https://host/path", "method": "GET", "media": "application/x-ndjson",
//    "headers": [{"name": "Accept", "value": "…"}, {"name": "Authorization", "secret": "farm-api"}],
//    "timeout_ms": 5000, "ca": "ca.pem", "endless": false}
//   {"kind": "http", "base": …, "streams": […]}                               connectors/http/source_plan.hpp
//   {"kind": "mqtt", …}                                                         connectors/mqtt/mqtt_source.hpp
#pragma once

#include <chrono>
#include <string>
#include <variant>
#include <vector>

#include "base/core/json.hpp"
#include "base/core/result.hpp"
#include "connectors/http/source_plan.hpp"
#include "connectors/mqtt/mqtt_source.hpp"

namespace sekisho::connectors {

inline constexpr std::string_view kNdjson = "application/x-ndjson";

struct FileSource {
  std::string path;
  std::string media = std::string(kNdjson);
};

struct HttpHeader {
  std::string name;
  std::string value;   // in front of the secret where both are given ("Bearer ")
  std::string secret;  // its name; resolved by the host at each open
};

struct HttpSource {
  std::string url;
  std::string media = "application/x-ndjson";
  std::vector<HttpHeader> headers;
  std::chrono::milliseconds timeout{5000};
  std::string ca;  // PEM file of the roots for this source; empty: the system's
  bool endless = false;  // the answer does not end: the timeout is that of its head
};

using SourceManifest = std::variant<FileSource, HttpSource, MqttSource, HttpPlan>;

[[nodiscard]] Result<SourceManifest> parse_source_manifest(const Json& document);
[[nodiscard]] Result<SourceManifest> parse_source_manifest_text(std::string_view text);

}  // namespace sekisho::connectors
