// The protocol's routes of a whole node over mutual TLS: who may ask, what a stranger learns, what bad input leaves behind.
#include <gtest/gtest.h>

#include "tests/support/dsp_schemas.hpp"
#include "tests/support/loopback_node.hpp"

#include "base/async/sync_wait.hpp"
#include "node/dataspace/messages.hpp"

namespace sekisho::test {
namespace {

constexpr const char* kNowhere = "urn:uuid:00000000-0000-4000-8000-000000000000";

std::string type_in(const http::ClientResponse& answer) { return get_string(object_in(answer.body), "@type").value_or(""); }

// Without the ids, which echo what was asked.
std::string bare(const http::ClientResponse& answer) {
  JsonObject document = object_in(answer.body);
  document.erase("providerPid");
  document.erase("consumerPid");
  return std::to_string(answer.status) + " " + to_text(Json(document));
}

// A number of the node's status; -1: there is none.
std::int64_t number(LoopbackNode& node, std::string_view room, std::string_view name) {
  const JsonObject status = node.status();
  const auto* group = status.if_contains(room);
  const auto* value = group != nullptr && group->is_object() ? group->get_object().if_contains(name) : nullptr;
  return value != nullptr && value->is_int64() ? value->get_int64() : -1;
}

std::int64_t entries(LoopbackNode& node) { return number(node, "log", "size"); }

class DspInput : public ::testing::Test {
 protected:
  void SetUp() override { world.start(); }

  // Somebody who speaks TLS and shows no certificate.
  http::ClientResponse stranger(const std::string& method, const std::string& target, std::string body = "") {
    http::TlsClientOptions tls;
    tls.judge = [](std::span<const Bytes>) -> Result<std::shared_ptr<const void>> { return std::shared_ptr<const void>(); };
    http::ClientOptions options;
    options.tls = *http::TlsClientContext::make(std::move(tls));
    http::ClientRequest request;
    request.method = method;
    request.target = target;
    request.host = world.farm.dns;
    request.address = "127.0.0.1";
    request.port = world.farm.node->peer_port();
    request.body = std::move(body);
    http::Client client(options);
    auto answer = async::sync_wait(client.send(std::move(request)));
    if (answer) return std::move(*answer);
    http::ClientResponse none;
    none.body = answer.error().chain();
    return none;
  }

  http::ClientResponse ask(const std::string& method, const std::string& target, std::string body = "", http::Headers headers = {}) {
    return world.trade.ask_peer(world.farm, method, target, std::move(headers), std::move(body));
  }

  LoopbackWorld world;
};

TEST_F(DspInput, AStrangerLearnsNothingOfProcesses) {
  const auto crossed = world.trade.service("GET", data_target("events"));
  ASSERT_EQ(crossed.status, 200) << crossed.body;
  const std::string known(crossed.headers.get("Sekisho-Transfer"));
  ASSERT_EQ(ask("GET", "/dsp/2025-1/transfers/" + known).status, 200);
  for (const char* room : {"transfers", "negotiations"}) {
    const std::string base = std::string("/dsp/2025-1/") + room + "/";
    const auto of_known = stranger("GET", base + known);
    const auto of_none = stranger("GET", base + kNowhere);
    EXPECT_EQ(of_known.status, 404) << of_known.body;
    EXPECT_EQ(bare(of_known), bare(of_none));
    EXPECT_EQ(bare(of_none), bare(ask("GET", base + kNowhere))) << "a peer that asks for what is not there gets the same";
    DspSchemas::expect_valid(room, of_known.body);
  }
  const auto catalog = stranger("POST", "/dsp/2025-1/catalog/request", node::catalog_request_text());
  EXPECT_EQ(catalog.status, 401);
  EXPECT_EQ(type_in(catalog), "CatalogError");
  EXPECT_EQ(stranger("GET", "/.well-known/dspace-version").status, 200);
}

TEST_F(DspInput, WhatTheServerRefusesIsTypedToo) {
  struct Case {
    const char* name;
    http::ClientResponse answer;
    int status;
    const char* type;
    const char* code;
  };
  const std::string large = "{\"x\":\"" + std::string(300'000, 'x') + "\"}";
  const Case cases[] = {
      {"large negotiation", ask("POST", "/dsp/2025-1/negotiations/request", large), 413, "ContractNegotiationError", "BODY_TOO_LARGE"},
      {"large transfer", ask("POST", "/dsp/2025-1/transfers/request", large), 413, "TransferError", "BODY_TOO_LARGE"},
      {"large catalogue request", ask("POST", "/dsp/2025-1/catalog/request", large), 413, "CatalogError", "BODY_TOO_LARGE"},
      {"64 MiB", ask("POST", "/dsp/2025-1/negotiations/request", std::string(64U << 20, ' ')), 413, "ContractNegotiationError", "BODY_TOO_LARGE"},
      {"method", ask("DELETE", std::string("/dsp/2025-1/negotiations/") + kNowhere), 405, "ContractNegotiationError", "METHOD_NOT_ALLOWED"},
      {"path", ask("GET", "/dsp/2025-1/transfers/x/y"), 404, "TransferError", "NOT_FOUND"},
      {"target", ask("GET", "/dsp/2025-1/catalog/datasets/%zz"), 400, "CatalogError", "URI_SYNTAX"},
      {"dataset", ask("GET", "/dsp/2025-1/catalog/datasets/nothing"), 404, "CatalogError", "DATASET_UNKNOWN"},
      {"syntax", ask("POST", "/dsp/2025-1/catalog/request", "{"), 400, "CatalogError", "JSON_SYNTAX"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(c.answer.status, c.status) << c.name << ": " << c.answer.body;
    EXPECT_EQ(type_in(c.answer), c.type) << c.name;
    EXPECT_EQ(code_in(c.answer), c.code) << c.name;
    EXPECT_TRUE(c.answer.headers.has("Sekisho-Correlation-Id")) << c.name;
    if (c.answer.status != 0) DspSchemas::expect_valid(c.name, c.answer.body);
  }
}

TEST_F(DspInput, WhatAWholeNodeAnswersIsOfTheSchemas) {
  const auto crossed = world.trade.service("GET", data_target("events"));
  ASSERT_EQ(crossed.status, 200) << crossed.body;
  const auto catalog = ask("POST", "/dsp/2025-1/catalog/request", node::catalog_request_text());
  const auto dataset = ask("GET", "/dsp/2025-1/catalog/datasets/events");
  const auto transfer = ask("GET", "/dsp/2025-1/transfers/" + std::string(crossed.headers.get("Sekisho-Transfer")));
  for (const auto& [type, answer] : {std::pair("Catalog", &catalog), {"Dataset", &dataset}, {"TransferProcess", &transfer}}) {
    EXPECT_EQ(answer->status, 200) << type;
    EXPECT_EQ(type_in(*answer), type);
    DspSchemas::expect_valid(type, answer->body);
  }
}

// A running transfer, its negotiation's agreement and the log are as they were after each of these.
TEST_F(DspInput, BadMessagesChangeNothingAndLogNothing) {
  const auto crossed = world.trade.service("GET", data_target("events"));
  ASSERT_EQ(crossed.status, 200) << crossed.body;
  const std::string transfer(crossed.headers.get("Sekisho-Transfer"));
  const std::string target = "/dsp/2025-1/transfers/" + transfer;
  ASSERT_TRUE(eventually([this] { return number(world.farm, "exchanges", "open_releases") == 0; })) << "a receipt did not arrive";
  const std::string consumer = get_string(object_in(ask("GET", target).body), "consumerPid").value_or("");
  const std::int64_t before = entries(world.farm);
  ASSERT_GT(before, 0);
  const node::ProcessIds own{transfer, consumer};
  const std::vector<std::pair<std::string, std::string>> bad{
      {"/start", node::to_body(node::TransferStartMessage{own, std::nullopt, std::nullopt})},
      {"/suspension", node::to_body(node::CompletionMessage{own})},
      {"/completion", node::to_body(node::CompletionMessage{{transfer, kNowhere}})},
      {"/completion", node::to_body(node::CompletionMessage{{kNowhere, consumer}})},
      {"/termination", "{}"},
      {"/termination", "[" + std::string(10'000, '[')},
  };
  for (const auto& [path, body] : bad) {
    const auto answer = ask("POST", target + path, body);
    EXPECT_EQ(answer.status, 400) << path << ' ' << answer.body;
    EXPECT_EQ(type_in(answer), "TransferError") << path;
    DspSchemas::expect_valid(path, answer.body);
  }
  EXPECT_EQ(get_string(object_in(ask("GET", target).body), "state").value_or(""), "STARTED");
  EXPECT_EQ(entries(world.farm), before);
  EXPECT_EQ(world.trade.service("GET", data_target("events")).status, 200);
}

}  // namespace
}  // namespace sekisho::test
