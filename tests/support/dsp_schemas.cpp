#include "tests/support/dsp_schemas.hpp"

#include <array>
#include <cstdlib>

#include <fmt/format.h>

#include "tests/support/test_data.hpp"

namespace sekisho::test {
namespace {

struct File {
  const char* type;
  const char* path;
};

constexpr auto kFiles = std::to_array<File>({
    {"Catalog", "catalog/catalog"},
    {"Dataset", "catalog/dataset"},
    {"CatalogError", "catalog/catalog-error"},
    {"CatalogRequestMessage", "catalog/catalog-request-message"},
    {"ContractRequestMessage", "negotiation/contract-request-message"},
    {"ContractOfferMessage", "negotiation/contract-offer-message"},
    {"ContractAgreementMessage", "negotiation/contract-agreement-message"},
    {"ContractAgreementVerificationMessage", "negotiation/contract-agreement-verification-message"},
    {"ContractNegotiationEventMessage", "negotiation/contract-negotiation-event-message"},
    {"ContractNegotiationTerminationMessage", "negotiation/contract-negotiation-termination-message"},
    {"ContractNegotiation", "negotiation/contract-negotiation"},
    {"ContractNegotiationError", "negotiation/contract-negotiation-error"},
    {"TransferRequestMessage", "transfer/transfer-request-message"},
    {"TransferStartMessage", "transfer/transfer-start-message"},
    {"TransferSuspensionMessage", "transfer/transfer-suspension-message"},
    {"TransferCompletionMessage", "transfer/transfer-completion-message"},
    {"TransferTerminationMessage", "transfer/transfer-termination-message"},
    {"TransferProcess", "transfer/transfer-process"},
    {"TransferError", "transfer/transfer-error"},
});

}  // namespace

DspSchemas* DspSchemas::shared() {
  static const std::unique_ptr<DspSchemas> judge = [] {
    std::unique_ptr<DspSchemas> made;
    if (!data_path("dsp/common/context-schema.json")) return made;
    made.reset(new DspSchemas());
    const Status compiled = made->compile();
    if (!compiled) {
      fmt::print(stderr, "the protocol's schemas do not compile: {}\n", compiled.error().chain());
      std::abort();
    }
    return made;
  }();
  return judge.get();
}

Status DspSchemas::compile() {
  const std::filesystem::path root = data_folder() / "dsp";
  schemas::SchemaRegistry registry;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    if (!entry.path().filename().string().ends_with("-schema.json")) continue;
    Result<Json> document = parse_json(read_text(entry.path()));
    if (!document) return fail(document.error());
    if (Status added = registry.add(std::move(*document)); !added) return added;
  }
  for (const File& file : kFiles) {
    const Result<Json> document = parse_json(read_text(root / fmt::format("{}-schema.json", file.path)));
    if (!document) return fail(document.error());
    auto schema = schemas::JsonSchema::compile(*document, registry);
    if (!schema) return fail(schema.error());
    schemas_[file.type] = std::move(*schema);
  }
  return {};
}

Status DspSchemas::judge(std::string_view body) {
  const Result<Json> json = parse_json(body);
  if (!json) return fail(json.error());
  const Json* type = json->is_object() ? json->get_object().if_contains("@type") : nullptr;
  if (type == nullptr || !type->is_string()) return fail(Code::JsonShape, "no object with a textual @type");
  const std::string name(type->get_string());
  const auto schema = schemas_.find(name);
  if (schema == schemas_.end()) return fail(Code::JsonShape, name + " is no message of the protocol");
  {
    const std::lock_guard lock(mutex_);
    ++counted_[name];
  }
  const Status valid = schema->second->validate(*json);
  if (valid) return {};
  return fail(Code::JsonShape, fmt::format("{}: {}\n{}", name, valid.error().chain(), body.substr(0, 2000)));
}

void DspSchemas::expect_valid(std::string_view who, std::string_view body) {
  DspSchemas* judge = shared();
  if (judge == nullptr) return;
  const Status valid = judge->judge(body);
  if (!valid) ADD_FAILURE() << who << " says what the protocol's schemas refuse: " << valid.error().chain();
}

std::map<std::string, std::size_t> DspSchemas::counted() const {
  const std::lock_guard lock(mutex_);
  return counted_;
}

}  // namespace sekisho::test
