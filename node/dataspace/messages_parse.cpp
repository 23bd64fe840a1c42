#include <fmt/format.h>

#include "node/dataspace/fields.hpp"
#include "node/dataspace/messages.hpp"

namespace sekisho::node {
namespace {

constexpr std::size_t kUrlLimit = 2048;
constexpr std::size_t kStatementLimit = 64 * 1024;

Result<Json> object_member(const JsonObject& object, std::string_view name) {
  Result<const JsonObject*> member = get_object(object, name);
  if (!member) return fail(member.error());
  return Json(**member);
}

Result<std::optional<std::string>> get_optional_id(const JsonObject& object, std::string_view name) {
  if (!object.contains(name)) return std::optional<std::string>();
  Result<std::string> id = get_id(object, name);
  if (!id) return fail(id.error());
  return std::optional<std::string>(std::move(*id));
}

Result<EndMessage> parse_end(std::string_view body, std::string_view type) {
  Result<Json> json = parse_dsp(body, type);
  if (!json) return fail(json.error());
  const JsonObject& object = json->get_object();
  Result<ProcessIds> ids = get_ids(object);
  if (!ids) return fail(ids.error());
  Result<std::optional<std::string>> code = get_text(object, "code", 256);
  if (!code) return fail(code.error());
  EndMessage message{std::move(*ids), std::move(*code), {}};
  if (object.contains("reason")) {
    Result<const JsonArray*> reason = get_array(object, "reason");
    if (!reason) return fail(reason.error());
    if ((*reason)->empty()) return shape_error("/reason", "is empty");
    message.reason = **reason;
  }
  return message;
}

Result<ProcessDocument> parse_process(std::string_view body, std::string_view type) {
  Result<Json> json = parse_dsp(body, type);
  if (!json) return fail(json.error());
  Result<ProcessIds> ids = get_ids(json->get_object());
  if (!ids) return fail(ids.error());
  Result<std::string> state = get_string(json->get_object(), "state");
  if (!state) return fail(state.error());
  Result<std::optional<std::string>> statement = get_text(json->get_object(), "sekishoStatement", kStatementLimit);
  if (!statement) return fail(statement.error());
  return ProcessDocument{std::move(*ids), std::move(*state), std::move(*statement)};
}

Result<std::optional<DataAddress>> get_address(const JsonObject& object) {
  if (!object.contains("dataAddress")) return std::optional<DataAddress>();
  Result<const JsonObject*> member = get_object(object, "dataAddress");
  if (!member) return fail(member.error());
  Result<DataAddress> address = parse_data_address(**member);
  if (!address) return fail(address.error());
  return std::optional<DataAddress>(std::move(*address));
}

}  // namespace

Result<Json> parse_dsp(std::string_view body, std::string_view type) {
  JsonLimits limits;
  limits.bytes = kDspBodyLimit;
  limits.values = 20'000;
  Result<Json> json = parse_json(body, limits);
  if (!json) return json;
  if (!json->is_object()) return shape_error("", "is not an object");
  Status head = check_head(json->get_object(), type);
  if (!head) return fail(head.error());
  return json;
}

Result<JsonArray> parse_catalog_request(std::string_view body) {
  Result<Json> json = parse_dsp(body, "CatalogRequestMessage");
  if (!json) return fail(json.error());
  const Json* filter = json->get_object().if_contains("filter");
  if (filter == nullptr) return JsonArray();
  if (!filter->is_array()) return shape_error("/filter", "is not an array");
  return filter->get_array();
}

Result<ContractRequestMessage> parse_contract_request(std::string_view body) {
  Result<Json> json = parse_dsp(body, "ContractRequestMessage");
  if (!json) return fail(json.error());
  const JsonObject& object = json->get_object();
  Result<std::string> consumer = get_id(object, "consumerPid");
  if (!consumer) return fail(consumer.error());
  Result<std::optional<std::string>> provider = get_optional_id(object, "providerPid");
  if (!provider) return fail(provider.error());
  Result<std::optional<std::string>> callback = get_text(object, "callbackAddress", kUrlLimit);
  if (!callback) return fail(callback.error());
  if (provider->has_value() == callback->has_value()) {
    return shape_error("/callbackAddress", "and providerPid exclude each other, and one must be there");
  }
  Result<Json> offer = object_member(object, "offer");
  if (!offer) return fail(offer.error());
  return ContractRequestMessage{std::move(*consumer), std::move(*provider), std::move(*callback), std::move(*offer)};
}

Result<ContractOfferMessage> parse_contract_offer(std::string_view body) {
  Result<Json> json = parse_dsp(body, "ContractOfferMessage");
  if (!json) return fail(json.error());
  const JsonObject& object = json->get_object();
  Result<std::string> provider = get_id(object, "providerPid");
  if (!provider) return fail(provider.error());
  Result<std::optional<std::string>> consumer = get_optional_id(object, "consumerPid");
  if (!consumer) return fail(consumer.error());
  Result<std::optional<std::string>> callback = get_text(object, "callbackAddress", kUrlLimit);
  if (!callback) return fail(callback.error());
  if (consumer->has_value() == callback->has_value()) {
    return shape_error("/callbackAddress", "and consumerPid exclude each other, and one must be there");
  }
  Result<Json> offer = object_member(object, "offer");
  if (!offer) return fail(offer.error());
  return ContractOfferMessage{std::move(*provider), std::move(*consumer), std::move(*callback), std::move(*offer)};
}

Result<ContractAgreementMessage> parse_contract_agreement(std::string_view body) {
  Result<Json> json = parse_dsp(body, "ContractAgreementMessage");
  if (!json) return fail(json.error());
  const JsonObject& object = json->get_object();
  Result<ProcessIds> ids = get_ids(object);
  if (!ids) return fail(ids.error());
  Result<Json> agreement = object_member(object, "agreement");
  if (!agreement) return fail(agreement.error());
  Result<std::optional<std::string>> statement = get_text(object, "sekishoStatement", kStatementLimit);
  if (!statement) return fail(statement.error());
  return ContractAgreementMessage{std::move(*ids), std::move(*agreement), std::move(*statement)};
}

Result<VerificationMessage> parse_verification(std::string_view body) {
  Result<Json> json = parse_dsp(body, "ContractAgreementVerificationMessage");
  if (!json) return fail(json.error());
  Result<ProcessIds> ids = get_ids(json->get_object());
  if (!ids) return fail(ids.error());
  Result<std::optional<std::string>> statement = get_text(json->get_object(), "sekishoStatement", kStatementLimit);
  if (!statement) return fail(statement.error());
  return VerificationMessage{std::move(*ids), std::move(*statement)};
}

Result<NegotiationEventMessage> parse_negotiation_event(std::string_view body) {
  Result<Json> json = parse_dsp(body, "ContractNegotiationEventMessage");
  if (!json) return fail(json.error());
  Result<ProcessIds> ids = get_ids(json->get_object());
  if (!ids) return fail(ids.error());
  Result<std::string> event = get_string(json->get_object(), "eventType");
  if (!event) return fail(event.error());
  Result<std::optional<std::string>> statement = get_text(json->get_object(), "sekishoStatement", kStatementLimit);
  if (!statement) return fail(statement.error());
  if (*event == "ACCEPTED") return NegotiationEventMessage{std::move(*ids), NegotiationEvent::Accepted, std::nullopt};
  if (*event == "FINALIZED") {
    return NegotiationEventMessage{std::move(*ids), NegotiationEvent::Finalized, std::move(*statement)};
  }
  return shape_error("/eventType", "is neither ACCEPTED nor FINALIZED");
}

Result<EndMessage> parse_negotiation_termination(std::string_view body) {
  return parse_end(body, "ContractNegotiationTerminationMessage");
}

Result<TransferRequestMessage> parse_transfer_request(std::string_view body) {
  Result<Json> json = parse_dsp(body, "TransferRequestMessage");
  if (!json) return fail(json.error());
  const JsonObject& object = json->get_object();
  TransferRequestMessage message;
  Result<std::string> consumer = get_id(object, "consumerPid");
  if (!consumer) return fail(consumer.error());
  message.consumer_pid = std::move(*consumer);
  Result<std::string> agreement = get_id(object, "agreementId");
  if (!agreement) return fail(agreement.error());
  message.agreement_id = std::move(*agreement);
  Result<std::string> format = get_string(object, "format");
  if (!format) return fail(format.error());
  message.format = std::move(*format);
  Result<std::string> callback = get_string(object, "callbackAddress");
  if (!callback) return fail(callback.error());
  if (callback->size() > kUrlLimit) return shape_error("/callbackAddress", "is too long");
  message.callback = std::move(*callback);
  Result<std::optional<DataAddress>> address = get_address(object);
  if (!address) return fail(address.error());
  message.address = std::move(*address);
  if (message.format == kPullFormat && message.address) return shape_error("/dataAddress", "belongs to a push");
  if (message.format == kPushFormat && !message.address)
    return shape_error("/dataAddress", "is missing: a push needs an endpoint");
  if (message.format == kPushFormat && message.address->endpoint.empty())
    return shape_error("/dataAddress/endpoint", "is missing");
  Result<std::optional<std::string>> purpose = get_text(object, "sekishoPurpose", 512);
  if (!purpose) return fail(purpose.error());
  message.purpose = std::move(*purpose);
  Result<std::optional<std::string>> statement = get_text(object, "sekishoStatement", kStatementLimit);
  if (!statement) return fail(statement.error());
  message.statement = std::move(*statement);
  return message;
}

Result<TransferStartMessage> parse_transfer_start(std::string_view body) {
  Result<Json> json = parse_dsp(body, "TransferStartMessage");
  if (!json) return fail(json.error());
  const JsonObject& object = json->get_object();
  Result<ProcessIds> ids = get_ids(object);
  if (!ids) return fail(ids.error());
  TransferStartMessage message{std::move(*ids), std::nullopt, std::nullopt};
  Result<std::optional<DataAddress>> address = get_address(object);
  if (!address) return fail(address.error());
  message.address = std::move(*address);
  Result<std::optional<std::string>> statement = get_text(object, "sekishoStatement", kStatementLimit);
  if (!statement) return fail(statement.error());
  message.statement = std::move(*statement);
  return message;
}

Result<CompletionMessage> parse_transfer_completion(std::string_view body) {
  Result<Json> json = parse_dsp(body, "TransferCompletionMessage");
  if (!json) return fail(json.error());
  Result<ProcessIds> ids = get_ids(json->get_object());
  if (!ids) return fail(ids.error());
  return CompletionMessage{std::move(*ids)};
}

Result<EndMessage> parse_transfer_suspension(std::string_view body) {
  return parse_end(body, "TransferSuspensionMessage");
}
Result<EndMessage> parse_transfer_termination(std::string_view body) {
  return parse_end(body, "TransferTerminationMessage");
}
Result<ProcessDocument> parse_negotiation(std::string_view body) { return parse_process(body, "ContractNegotiation"); }
Result<ProcessDocument> parse_transfer(std::string_view body) { return parse_process(body, "TransferProcess"); }

}  // namespace sekisho::node
