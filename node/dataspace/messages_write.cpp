#include "node/dataspace/messages.hpp"

namespace sekisho::node {
namespace {

JsonObject head(std::string_view type) { return {{"@context", JsonArray{Json(kDspContext)}}, {"@type", type}}; }

JsonObject head(std::string_view type, const ProcessIds& ids) {
  JsonObject object = head(type);
  object["providerPid"] = ids.provider;
  object["consumerPid"] = ids.consumer;
  return object;
}

void add_statement(JsonObject& object, const std::optional<std::string>& statement) {
  if (statement) object["sekishoStatement"] = *statement;
}

std::string text(JsonObject object) { return to_text(Json(std::move(object))); }

// With one more member, which is large and therefore not copied into the object first.
std::string text_with(JsonObject object, std::string_view name, const Json& document) {
  std::string out = text(std::move(object));
  out.pop_back();
  return out.append(",\"").append(name).append("\":").append(to_text(document)).append("}");
}

}  // namespace

std::string catalog_request_text(const JsonArray& filter) {
  JsonObject object = head("CatalogRequestMessage");
  if (!filter.empty()) object["filter"] = filter;
  return text(std::move(object));
}

std::string to_body(const ContractRequestMessage& message) {
  JsonObject object = head("ContractRequestMessage");
  object["consumerPid"] = message.consumer_pid;
  if (message.provider_pid) object["providerPid"] = *message.provider_pid;
  if (message.callback) object["callbackAddress"] = *message.callback;
  return text_with(std::move(object), "offer", message.offer);
}

std::string to_body(const ContractOfferMessage& message) {
  JsonObject object = head("ContractOfferMessage");
  object["providerPid"] = message.provider_pid;
  if (message.consumer_pid) object["consumerPid"] = *message.consumer_pid;
  if (message.callback) object["callbackAddress"] = *message.callback;
  return text_with(std::move(object), "offer", message.offer);
}

std::string to_body(const ContractAgreementMessage& message) {
  JsonObject object = head("ContractAgreementMessage", message.ids);
  add_statement(object, message.statement);
  return text_with(std::move(object), "agreement", message.agreement);
}

std::string to_body(const VerificationMessage& message) {
  JsonObject object = head("ContractAgreementVerificationMessage", message.ids);
  add_statement(object, message.statement);
  return text(std::move(object));
}

std::string to_body(const NegotiationEventMessage& message) {
  JsonObject object = head("ContractNegotiationEventMessage", message.ids);
  object["eventType"] = message.event == NegotiationEvent::Accepted ? "ACCEPTED" : "FINALIZED";
  add_statement(object, message.statement);
  return text(std::move(object));
}

std::string to_body(const TransferRequestMessage& message) {
  JsonObject object = head("TransferRequestMessage");
  object["consumerPid"] = message.consumer_pid;
  object["agreementId"] = message.agreement_id;
  object["format"] = message.format;
  object["callbackAddress"] = message.callback;
  if (message.address) object["dataAddress"] = to_json(*message.address);
  if (message.purpose) object["sekishoPurpose"] = *message.purpose;
  add_statement(object, message.statement);
  return text(std::move(object));
}

std::string to_body(const TransferStartMessage& message) {
  JsonObject object = head("TransferStartMessage", message.ids);
  if (message.address) object["dataAddress"] = to_json(*message.address);
  add_statement(object, message.statement);
  return text(std::move(object));
}

std::string to_body(const CompletionMessage& message) { return text(head("TransferCompletionMessage", message.ids)); }

std::string to_body(const EndMessage& message, std::string_view type) {
  JsonObject object = head(type, message.ids);
  if (message.code) object["code"] = *message.code;
  if (!message.reason.empty()) object["reason"] = message.reason;
  return text(std::move(object));
}

std::string to_body(const ProcessDocument& document, std::string_view type) {
  JsonObject object = head(type, document.ids);
  object["state"] = document.state;
  add_statement(object, document.statement);
  return text(std::move(object));
}

std::string to_body(const ErrorDocument& document, std::string_view type) {
  JsonObject object = type == "CatalogError" ? head(type) : head(type, document.ids);
  object["code"] = document.code;
  if (!document.reason.empty()) object["reason"] = document.reason;
  return text(std::move(object));
}

std::string version_document() {
  JsonObject version{{"version", "2025-1"}, {"path", kDspBase}, {"binding", "HTTPS"}, {"identifierType", "did:web"}};
  return text({{"protocolVersions", JsonArray{Json(std::move(version))}}});
}

}  // namespace sekisho::node
