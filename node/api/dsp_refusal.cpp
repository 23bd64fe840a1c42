#include "node/api/dsp_refusal.hpp"

#include "node/dataspace/fields.hpp"
#include "node/dataspace/messages.hpp"
#include "node/dataspace/process.hpp"

namespace sekisho::node {
namespace {

// "negotiations/x" of "/dsp/2025-1/negotiations/x"; empty: another path.
std::string_view below_base(std::string_view path) {
  if (!path.starts_with(kDspBase)) return {};
  path.remove_prefix(kDspBase.size());
  if (path.size() < 2 || path.front() != '/') return {};
  return path.substr(1);
}

}  // namespace

std::string_view dsp_error_type(std::string_view path) {
  const std::string_view rest = below_base(path);
  const std::string_view room = rest.substr(0, rest.find_first_of("/?"));
  if (room == "catalog") return "CatalogError";
  if (room == "negotiations") return "ContractNegotiationError";
  if (room == "transfers") return "TransferError";
  return {};
}

std::string dsp_pid(std::string_view path) {
  std::string_view rest = below_base(path);
  const std::size_t slash = rest.find('/');
  if (slash == std::string_view::npos) return {};
  rest.remove_prefix(slash + 1);
  const std::string_view pid = rest.substr(0, rest.find_first_of("/?"));
  if (pid == "request" || pid == "offers" || !acceptable_id(pid)) return {};
  return std::string(pid);
}

void dress_dsp(const Error& error, std::string_view path, http::Response& response) {
  const std::string_view type = dsp_error_type(path);
  if (type.empty()) return;
  const bool catalog = type == "CatalogError";
  const bool nobody = !catalog && error.code == Code::Unauthenticated;
  const Error shown = nobody ? Error(type == "TransferError" ? Code::TransferUnknown : Code::NotFound, "") : error;
  http::Response dressed = error_response(shown, ids_of_body("", dsp_pid(path)), type);
  if (catalog) dressed.status = response.status;  // the protocol leaves the status of a catalogue to us
  response.status = dressed.status;
  response.body = std::move(dressed.body);
  response.headers.set("Content-Type", "application/json");
  response.headers.remove("WWW-Authenticate");
}

Status carries_json(const http::Request& request) {
  if (request.headers.has("Content-Encoding") && !http::same_name(request.headers.get("Content-Encoding"), "identity")) {
    return fail(Error(Code::UnsupportedMedia, "the body is compressed").with("encoding", "identity"));
  }
  if (!request.headers.has("Content-Type")) return {};  // the only thing that a body can be here
  const std::string_view type = request.headers.get("Content-Type");
  std::string_view media = type.substr(0, type.find(';'));
  while (media.ends_with(' ') || media.ends_with('\t')) media.remove_suffix(1);
  if (http::same_name(media, "application/json") || http::same_name(media, "application/ld+json")) return {};
  return fail(Error(Code::UnsupportedMedia, "the body is not application/json").with("media", "application/json"));
}

}  // namespace sekisho::node
