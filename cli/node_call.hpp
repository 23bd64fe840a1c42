// One call of a node's interface from the command line: its service listener (TLS, bearer token) or its operator socket.
// Blocking. An answer that is a problem document becomes an Error with its code, help and correlation id.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "base/core/json.hpp"
#include "base/core/result.hpp"
#include "base/http/client.hpp"

namespace sekisho::cli {

struct NodeAddress {
  std::string url;                    // https://localhost:9442
  std::filesystem::path ca_file;      // empty: the machine's
  std::filesystem::path token_file;   // empty: SEKISHO_TOKEN
  std::filesystem::path socket;       // instead of url
};

struct Call {
  std::string method = "GET";
  std::string target;
  http::Headers headers;
  std::string body;  // JSON
};

[[nodiscard]] Result<http::ClientResponse> call(const NodeAddress& node, Call request);
// The same over the operator socket, for answers that are JSON objects.
[[nodiscard]] Result<JsonObject> call_operator(const std::filesystem::path& socket, Call request);

// An answer as it comes: head once, then the body in parts; either returns an error to stop. Without an end it lasts a day
// at most; one that breaks off is an error after the parts that came.
struct AnswerSink {
  std::function<Status(const http::ClientResponse& head)> head;
  std::function<Status(std::string_view part)> part;
};
[[nodiscard]] Status call_stream(const NodeAddress& node, Call request, const AnswerSink& sink);

// A long NDJSON answer, line by line; `each` returns an error to stop. An answer that ends early is Truncated.
[[nodiscard]] Status call_lines(const NodeAddress& node, Call request, const std::function<Status(std::string_view line)>& each);

}  // namespace sekisho::cli
