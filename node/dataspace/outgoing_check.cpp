#include "node/dataspace/outgoing_check.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "node/dataspace/messages.hpp"
#include "policy/reader.hpp"

namespace sekisho::node {
namespace {

template <class T>
Status status_of(const Result<T>& parsed) {
  return parsed ? Status() : Status(fail(parsed.error()));
}

Status check_policy(const Json& policy, policy::PolicyKind kind) { return status_of(policy::read_policy(policy, kind)); }

Status check_request(std::string_view body) {
  const Result<ContractRequestMessage> message = parse_contract_request(body);
  return message ? check_policy(message->offer, policy::PolicyKind::MessageOffer) : Status(fail(message.error()));
}
Status check_offer(std::string_view body) {
  const Result<ContractOfferMessage> message = parse_contract_offer(body);
  return message ? check_policy(message->offer, policy::PolicyKind::MessageOffer) : Status(fail(message.error()));
}
Status check_agreement(std::string_view body) {
  const Result<ContractAgreementMessage> message = parse_contract_agreement(body);
  return message ? check_policy(message->agreement, policy::PolicyKind::Agreement) : Status(fail(message.error()));
}

struct Kind {
  std::string_view type;
  Status (*check)(std::string_view);
};

constexpr auto kKinds = std::to_array<Kind>({
    {"CatalogRequestMessage", [](std::string_view b) { return status_of(parse_catalog_request(b)); }},
    {"ContractRequestMessage", check_request},
    {"ContractOfferMessage", check_offer},
    {"ContractAgreementMessage", check_agreement},
    {"ContractAgreementVerificationMessage", [](std::string_view b) { return status_of(parse_verification(b)); }},
    {"ContractNegotiationEventMessage", [](std::string_view b) { return status_of(parse_negotiation_event(b)); }},
    {"ContractNegotiationTerminationMessage",
     [](std::string_view b) { return status_of(parse_negotiation_termination(b)); }},
    {"TransferRequestMessage", [](std::string_view b) { return status_of(parse_transfer_request(b)); }},
    {"TransferStartMessage", [](std::string_view b) { return status_of(parse_transfer_start(b)); }},
    {"TransferCompletionMessage", [](std::string_view b) { return status_of(parse_transfer_completion(b)); }},
    {"TransferSuspensionMessage", [](std::string_view b) { return status_of(parse_transfer_suspension(b)); }},
    {"TransferTerminationMessage", [](std::string_view b) { return status_of(parse_transfer_termination(b)); }},
});

// Without a second parse: the writers put "@type" second, after a context that holds no quoted colon of its own.
std::string_view type_of(std::string_view body) {
  constexpr std::string_view kName = "\"@type\":\"";
  const std::size_t at = body.find(kName);
  if (at == std::string_view::npos) return {};
  body.remove_prefix(at + kName.size());
  return body.substr(0, body.find('"'));
}

}  // namespace

Status check_outgoing(std::string_view body) {
  const std::string_view type = type_of(body);
  const auto* kind = std::ranges::find(kKinds, type, &Kind::type);
  if (kind == kKinds.end()) return fail(Code::Internal, "what was to be sent is no message of the protocol");
  const Status sound = kind->check(body);
  if (sound) return {};
  return fail(Code::Internal, fmt::format("a {} of this node is none", type), sound.error());
}

}  // namespace sekisho::node
