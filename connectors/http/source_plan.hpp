// What a declarative HTTP source is, as read from its manifest (source_plan_parse.cpp; docs/writing-a-manifest.md).
//
// Plain values; no secret, only names of secrets. `pointer` members are JSON pointers (RFC 6901); `select` is one whose
// last token may be "*": every element of that array is a record.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/core/json.hpp"
#include "base/core/result.hpp"
#include "schemas/mapping/mapping.hpp"

namespace sekisho::connectors {

struct SecretText {
  std::string text;    // as written, or
  std::string secret;  // the name of a secret
  [[nodiscard]] bool given() const { return !text.empty() || !secret.empty(); }
};

enum class AuthKind : std::uint8_t { None, ApiKeyHeader, ApiKeyQuery, Basic, ClientCredentials, PrivateKeyJwt };

struct AuthPlan {
  AuthKind kind = AuthKind::None;
  std::string name;                     // of the header or query parameter
  SecretText key;                       // API key; private key (PEM)
  SecretText client_id, client_secret;  // also user and password
  std::string token_url, scope, key_id;
  bool post = false;  // client id and secret in the form of the token call instead of Basic
  std::string send_header = "Authorization";
  std::string send_format = "Bearer {token}";
};

enum class PagerKind : std::uint8_t { Single, NextLink, BundleLink, Page, Offset, Continuation, Header };

struct PagerPlan {
  PagerKind kind = PagerKind::Single;
  std::string pointer;  // NextLink, Continuation: in the body; empty: a header
  std::string parameter, size_parameter;
  std::int64_t first_number = 0;
  std::int64_t size = 0;
  std::string request_header, response_header, first, end;
};

enum class BodyFormat : std::uint8_t { Json, Ndjson, Csv, GeoJson, Opaque };

// A field of each call besides those that the engine sets itself.
struct FieldPlan {
  std::string name;
  std::string value;   // in front of the secret where both are given
  std::string secret;  // its name
};

// How a source answers later than at once.
struct JobPlan {
  enum class Kind : std::uint8_t { None, Location, Hub };
  Kind kind = Kind::None;
  std::string path;                      // Hub: in front of /GetStatus and /GetResult
  std::chrono::milliseconds poll{1000};  // where the source does not say Retry-After
};

struct StreamPlan {
  std::string name, title;
  std::string path;  // of the request, with its query
  std::string accept;
  std::string media;  // of an opaque stream; empty: whatever comes
  bool endless = false;
  bool bundle = false;              // FHIR: outcomes are no records
  bool foreign_references = false;  // of a Bundle: let pass
  std::vector<FieldPlan> headers;
  JobPlan job;
  std::optional<schemas::Mapping> map;  // what a record becomes
  BodyFormat format = BodyFormat::Json;
  std::string select;
  PagerPlan pager;
  std::vector<std::string> key;
  std::vector<int> empty_status;
  std::string error_pointer;  // an answer with a value there (but null, false, "") is an error whatever its status
};

struct HttpPlan {
  std::string base;  // scheme, host, port
  std::string ca;
  AuthPlan auth;
  std::vector<StreamPlan> streams;
  std::vector<FieldPlan> headers;
  std::chrono::milliseconds timeout{5000};  // of one call
  double per_second = 0;                    // calls; 0: as fast as it goes
  std::size_t page_bytes = 4U << 20;
};

// Code::JsonShape with help "pointer".
[[nodiscard]] Result<HttpPlan> parse_http_plan(const JsonObject& document);

}  // namespace sekisho::connectors
