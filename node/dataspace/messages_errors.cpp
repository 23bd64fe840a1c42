#include <algorithm>

#include <fmt/format.h>

#include "node/dataspace/fields.hpp"
#include "node/dataspace/messages.hpp"

namespace sekisho::node {
namespace {

const CodeInfo* code_named(std::string_view name) {
  const auto* row = std::ranges::find(kCodeTable, name, &CodeInfo::name);
  return row == kCodeTable.end() ? nullptr : &*row;
}

// Foreign text that goes on to a client or a log: short, printable.
std::string plain(std::string_view foreign) {
  std::string out;
  for (const char c : foreign.substr(0, 200)) out.push_back(static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c);
  return out;
}

}  // namespace

std::optional<ErrorDocument> parse_error(std::string_view body) {
  JsonLimits limits;
  limits.bytes = kDspBodyLimit;
  limits.values = 2'000;
  const Result<Json> json = parse_json(body, limits);
  if (!json || !json->is_object()) return std::nullopt;
  const JsonObject& object = json->get_object();
  const Result<std::string> type = get_string(object, "@type");
  if (!type) return std::nullopt;
  if (*type != "ContractNegotiationError" && *type != "TransferError" && *type != "CatalogError") return std::nullopt;
  ErrorDocument document;
  const Result<ProcessIds> ids = get_ids(object);
  if (ids) document.ids = *ids;
  const Result<std::string> code = get_string(object, "code");
  if (code) document.code = *code;
  const Json* reason = object.if_contains("reason");
  if (reason != nullptr && reason->is_array()) document.reason = reason->get_array();
  return document;
}

JsonArray reason_of(const Error& error) {
  JsonObject reason{{"title", code_info(error.code).title}};
  if (!error.help.empty()) {
    JsonObject help;
    for (const auto& [name, value] : error.help) help[name] = value;
    reason["help"] = std::move(help);
  }
  return {Json(std::move(reason))};
}

Error error_of(const ErrorDocument& document, std::string_view peer_dns) {
  const CodeInfo* row = code_named(document.code);
  Error error(row != nullptr ? row->code : Code::PeerRefused, fmt::format("{} refused: {}", peer_dns, plain(document.code)));
  error.help.emplace_back("peer", std::string(peer_dns));
  error.help.emplace_back("peer_code", plain(document.code));
  for (const Json& entry : document.reason) {
    if (!entry.is_object()) continue;
    const Json* help = entry.get_object().if_contains("help");
    if (help == nullptr || !help->is_object()) continue;
    for (const auto& member : help->get_object()) {
      if (!member.value().is_string() || error.help.size() >= 16) continue;
      const std::string name = plain(member.key());
      if (name == "peer" || name == "peer_code") continue;
      error.help.emplace_back(name, plain(member.value().get_string()));
      if (name == "why") error.message += ": " + error.help.back().second;
    }
  }
  return error;
}

}  // namespace sekisho::node
