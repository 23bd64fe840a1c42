#include "node/api/openapi.hpp"

#include <array>

#include "base/core/error_codes.hpp"
#include "base/core/json.hpp"
#include "base/core/version.hpp"

namespace sekisho::node {
namespace {

JsonObject parameter(std::string_view name, std::string_view in, std::string_view text, bool required = true) {
  return JsonObject{{"name", name},
                    {"in", in},
                    {"required", required},
                    {"description", text},
                    {"schema", JsonObject{{"type", "string"}}}};
}

JsonObject header(std::string_view text) {
  return JsonObject{{"description", text}, {"schema", JsonObject{{"type", "string"}}}};
}

JsonObject content(std::string_view media, JsonObject schema) {
  return JsonObject{{media, JsonObject{{"schema", std::move(schema)}}}};
}

JsonObject reference(std::string_view name) {
  return JsonObject{{"$ref", std::string("#/components/schemas/") + std::string(name)}};
}

JsonObject problem_response() {
  return JsonObject{{"description", "A refusal: a stable code, what would help, a correlation id"},
                    {"headers", JsonObject{{"Sekisho-Correlation-Id", header("Name this when you ask the operator")},
                                           {"Retry-After", header("Seconds to wait, where waiting helps")}}},
                    {"content", content("application/problem+json", reference("Problem"))}};
}

JsonObject text_schema(std::string_view description) {
  return JsonObject{{"type", "string"}, {"description", description}};
}

JsonObject data_responses() {
  JsonObject headers{{"Sekisho-Agreement", header("SHA-256 of the agreement's canonical JSON")},
                     {"Sekisho-Exchange", header("UUIDv7 of this exchange")},
                     {"Sekisho-Intent", header("Statement id of the intent that this node logged before it asked")},
                     {"Sekisho-Transfer", header("The provider's transfer process")},
                     {"Sekisho-Log", header("origin#index of the provider's statement in this node's log")},
                     {"Sekisho-Statement", header("The provider's sealed release (base64url of an Envelope)")},
                     {"Sekisho-Salt", header("The salt that opens the commitment in the release")},
                     {"Sekisho-Resumed-At", header("Octet of the resumed stream that this answer begins with")},
                     {"Sekisho-Correlation-Id", header("Name this when you ask the operator")}};
  return JsonObject{{"200", JsonObject{{"description", "The data, verified and on record in both logs"},
                                       {"headers", std::move(headers)},
                                       {"content", content("application/x-ndjson", JsonObject{{"type", "string"}})}}},
                    {"default", problem_response()}};
}

JsonObject json_responses(std::string_view description, std::string_view media = "application/json") {
  return JsonObject{
      {"200", JsonObject{{"description", description}, {"content", content(media, JsonObject{{"type", "object"}})}}},
      {"default", problem_response()}};
}

JsonObject transfer_responses(std::string_view status, std::string_view description) {
  JsonObject schema{
      {"type", "object"},
      {"properties", JsonObject{{"transfer", text_schema("id of the transfer")},
                                {"peer", text_schema("the provider's name")},
                                {"dataset", text_schema("dataset id")},
                                {"purpose", text_schema("purpose IRI")},
                                {"agreement", text_schema("digest of the agreement, hex")},
                                {"format", text_schema("HttpData-PULL or HttpData-PUSH")},
                                {"endpoint", text_schema("where a push goes")},
                                {"state", text_schema("REQUESTED, STARTED, SUSPENDED, COMPLETED or TERMINATED")},
                                {"code", text_schema("why it was terminated")},
                                {"reason", text_schema("the same in words")}}}};
  return JsonObject{
      {status, JsonObject{{"description", description}, {"content", content("application/json", std::move(schema))}}},
      {"default", problem_response()}};
}

JsonObject filter_body() {
  JsonObject properties;
  constexpr auto kMembers =
      std::to_array<std::pair<std::string_view, std::string_view>>({{"from", "zone that the data left"},
                                                                    {"to", "zone that the data entered"},
                                                                    {"agreement", "digest of the agreement, hex"},
                                                                    {"purpose", "purpose IRI"},
                                                                    {"dataset", "dataset id"},
                                                                    {"counterparty", "DID of the other party"},
                                                                    {"transfer", "provider's process id"},
                                                                    {"since", "RFC 3339"},
                                                                    {"until", "RFC 3339, exclusive"},
                                                                    {"kind", "entry kind, such as NRO_OUT"},
                                                                    {"exchange", "UUIDv7"}});
  for (const auto& [name, text] : kMembers) properties[name] = text_schema(text);
  return JsonObject{{"required", true},
                    {"content", content("application/json", JsonObject{{"type", "object"},
                                                                       {"additionalProperties", false},
                                                                       {"properties", std::move(properties)}})}};
}

JsonObject operation(std::string_view id, std::string_view summary, JsonArray parameters, JsonObject responses,
                     bool open = false) {
  JsonObject out{{"operationId", id},
                 {"summary", summary},
                 {"parameters", std::move(parameters)},
                 {"responses", std::move(responses)}};
  if (open) out["security"] = JsonArray{};
  return out;
}

JsonObject paths() {
  const JsonObject provider = parameter("provider", "path", "DNS name of the providing node, such as farm.jp.example");
  const JsonObject resume = parameter("resume", "query", "exchange of a broken stream, which goes on", false);
  const JsonObject received = parameter("received", "query", "octets of it that the caller holds", false);
  const JsonObject key =
      parameter("Idempotency-Key", "header",
                "One delivery at most for each key and request; free again while nothing was delivered", false);
  JsonObject post_data = operation(
      "postData",
      "Data of a provider; parameters in the body. Which rows come is the agreement's view: a member filter is "
      "refused with 501 UNSUPPORTED",
      {provider, key}, data_responses());
  post_data["requestBody"] = JsonObject{
      {"required", true},
      {"content",
       content(
           "application/json",
           JsonObject{{"type", "object"},
                      {"additionalProperties", false},
                      {"required", JsonArray{"dataset", "purpose"}},
                      {"properties",
                       JsonObject{{"dataset", text_schema("dataset id of the catalogue")},
                                  {"purpose", text_schema("purpose IRI of the offer")},
                                  {"resume", text_schema("exchange of a broken stream, which goes on")},
                                  {"received", JsonObject{{"type", "integer"},
                                                          {"description", "octets of it that the caller holds"}}}}}})}};
  JsonObject post_transfer = operation(
      "postTransfer",
      "Ask a provider to push data: it sends them to the endpoint as POSTs, in parts of at most 1 MiB, and completes "
      "the transfer "
      "behind the last. The endpoint's host is this node's name or below it, and the provider's operator allows it",
      {}, transfer_responses("202", "The transfer; Location names it"));
  post_transfer["requestBody"] = JsonObject{
      {"required", true},
      {"content",
       content("application/json",
               JsonObject{
                   {"type", "object"},
                   {"additionalProperties", false},
                   {"required", JsonArray{"provider", "dataset", "purpose", "endpoint"}},
                   {"properties",
                    JsonObject{{"provider", text_schema("DNS name of the providing node")},
                               {"dataset", text_schema("dataset id of the catalogue, with distribution HttpData-PUSH")},
                               {"purpose", text_schema("purpose IRI of the offer")},
                               {"endpoint", text_schema("https URL; any 2xx takes a part")},
                               {"token", text_schema("bearer token that the endpoint wants")}}}})}};
  const JsonObject transfer = parameter("id", "path", "the transfer's id, as the answer to the order names it");
  JsonObject query =
      operation("auditQuery", "Entries of the log with envelope and proof; the last line says what the answer is worth",
                {}, json_responses("NDJSON", "application/x-ndjson"));
  query["requestBody"] = filter_body();
  JsonObject exported =
      operation("auditExport", "What this node adds to a bundle", {}, json_responses("NDJSON", "application/x-ndjson"));
  exported["requestBody"] = filter_body();
  return JsonObject{
      {"/v1/data/{provider}",
       JsonObject{{"get", operation("getData", "Data of a provider: one call is one cross-border exchange",
                                    {provider, parameter("dataset", "query", "dataset id of the catalogue"),
                                     parameter("purpose", "query", "purpose IRI of the offer"), resume, received, key},
                                    data_responses())},
                  {"post", std::move(post_data)}}},
      {"/v1/catalog",
       JsonObject{
           {"get",
            operation(
                "searchCatalog",
                "Search what all known providers offer; providers says of each how fresh its copy is and what vouches "
                "for it, Link leads to the next page",
                {parameter("q", "query", "words, by their beginnings", false),
                 parameter("provider", "query", "DNS name", false),
                 parameter("zone", "query", "zone of the provider", false),
                 parameter("limit", "query", "entries of a page, 1 to 1000", false),
                 parameter("after", "query", "where the page before ended", false)},
                json_responses("Entries and providers"))}}},
      {"/v1/catalog/{provider}",
       JsonObject{{"get", operation("getCatalog", "What a provider offers to this organization (DSP Catalog)",
                                    {provider}, json_responses("A Catalog of the Dataspace Protocol 2025-1"))}}},
      {"/v1/trace",
       JsonObject{
           {"get",
            operation("getTrace",
                      "Where a lot came from and went: own EPCIS datasets and those of all partners; each pull is an "
                      "exchange, what is missing stands in breaks",
                      {parameter("lot", "query", "EPC URN, GS1 Digital Link or shipment id"),
                       parameter("purpose", "query", "purpose IRI of the offers")},
                      json_responses("Steps, holders, exchanges and breaks"))}}},
      {"/v1/transfers", JsonObject{{"post", std::move(post_transfer)}}},
      {"/v1/transfers/{id}",
       JsonObject{
           {"get", operation("getTransfer",
                             "State of a transfer that the client ordered (scope audit: any that this node asked for)",
                             {transfer}, transfer_responses("200", "The transfer"))},
           {"delete",
            operation("deleteTransfer", "It is no longer needed: completed when it is started, else terminated",
                      {transfer}, transfer_responses("200", "The transfer"))}}},
      {"/v1/exchanges/{id}",
       JsonObject{
           {"get",
            operation(
                "getExchange",
                "State and evidence of an exchange that the client made (scope audit: any of this node), never data",
                {parameter("id", "path", "Sekisho-Exchange of the answer")}, json_responses("The exchange"))}}},
      {"/v1/audit/query", JsonObject{{"post", std::move(query)}}},
      {"/v1/audit/export", JsonObject{{"post", std::move(exported)}}},
      {"/openapi.json",
       JsonObject{{"get", operation("getOpenapi", "This description", {}, json_responses("OpenAPI 3.1"), true)}}},
      {"/healthz",
       JsonObject{{"get", operation("getHealth", "Whether the node serves", {}, json_responses("Health"), true)}}},
  };
}

JsonObject problem_schema() {
  JsonArray codes;
  for (const auto& info : kCodeTable) codes.push_back(Json(info.name));
  return JsonObject{
      {"type", "object"},
      {"required", JsonArray{"type", "title", "status", "code", "correlationId"}},
      {"properties", JsonObject{{"type", text_schema("urn:sekisho:error:<code>")},
                                {"title", text_schema("one line")},
                                {"status", JsonObject{{"type", "integer"}}},
                                {"code", JsonObject{{"type", "string"}, {"enum", std::move(codes)}}},
                                {"detail", text_schema("what to do about it")},
                                {"correlationId", text_schema("under which the operator finds the whole chain")}}},
      {"additionalProperties", true}};
}

}  // namespace

std::string openapi_text() {
  const JsonObject document{
      {"openapi", "3.1.0"},
      {"info", JsonObject{{"title", "Sekisho service listener"},
                          {"version", version()},
                          {"description",
                           "Data across borders under agreements, each answer with evidence. Each call without "
                           "Idempotency-Key is a new exchange."},
                          {"license", JsonObject{{"name", "Apache-2.0"}, {"identifier", "Apache-2.0"}}}}},
      {"security", JsonArray{JsonObject{{"bearer", JsonArray{}}}}},
      {"paths", paths()},
      {"components",
       JsonObject{{"securitySchemes", JsonObject{{"bearer", JsonObject{{"type", "http"}, {"scheme", "bearer"}}}}},
                  {"schemas", JsonObject{{"Problem", problem_schema()}}}}}};
  return to_text(Json(document));
}

}  // namespace sekisho::node
