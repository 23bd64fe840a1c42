// Whole nodes on loopback in one process, with folders as their operators keep them: farm.jp.example offers cold-chain
// rows, trade.eu.example asks for them; jp and eu recognise each other. Everything lies in one temporary folder.
//
//   LoopbackWorld world;
//   world.start();
//   const auto answer = world.trade.service("GET", data_target("events"));
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/core/json.hpp"
#include "base/http/client.hpp"
#include "node/app/node.hpp"
#include "tests/support/temp_folder.hpp"
#include "tests/support/test_zone.hpp"
#include "tests/support/tls_files.hpp"

namespace sekisho::test {

inline constexpr const char* kFoodSafety = "https://w3id.org/dpv#Verification";
inline constexpr const char* kMarketing = "https://w3id.org/dpv#Marketing";
inline constexpr const char* kGrower = "Yamada Hanako";

// True as soon as `holds` is; false when that has not come within the time. Asks again and again, without sleeping.
[[nodiscard]] bool eventually(const std::function<bool()>& holds, std::chrono::seconds time = std::chrono::seconds(30));

// Calls by ordinary clients, waiting for the answer. Aborts the test run's call with status 0 when there is none.
struct LoopbackNode {
  std::string dns;
  std::filesystem::path folder;
  std::string ca_pem;         // of the service certificate
  std::string token, auditor;  // bearer tokens of the scopes data and audit
  node::Settings settings;
  std::unique_ptr<node::Node> node;
  std::string last_error;

  [[nodiscard]] bool start();  // false: last_error says why
  void stop();
  void install_snapshot(BytesView snapshot);  // writes the file; a running node reads it at once

  // Service listener, with the data token unless headers name another.
  [[nodiscard]] http::ClientResponse service(std::string method, std::string target, std::string body = "",
                                             http::Headers headers = {});
  // Operator socket.
  [[nodiscard]] http::ClientResponse operate(std::string method, std::string target, std::string body = "");
  [[nodiscard]] JsonObject status();
  // This node's own TLS key against the peer listener of another.
  [[nodiscard]] http::ClientResponse ask_peer(const LoopbackNode& other, std::string method, std::string target,
                                              http::Headers headers = {}, std::string body = "");
  [[nodiscard]] std::shared_ptr<const http::TlsClientContext> peer_context() const;
};

struct LoopbackWorld {
  LoopbackWorld();
  ~LoopbackWorld();

  void start();    // both nodes, offers and clients applied; throws on an error
  void apply();    // offers and clients, where the nodes run already
  void publish();  // both zones publish anew and both nodes take it
  [[nodiscard]] JsonObject offers() const;

  testing_support::TempFolder folder;
  TestZone jp, eu;
  LoopbackNode farm, trade;
};

[[nodiscard]] std::string data_target(std::string_view dataset, std::string_view purpose = kFoodSafety);
[[nodiscard]] JsonObject object_in(const std::string& body);  // {} when it is none
[[nodiscard]] std::string code_in(const http::ClientResponse& answer);

}  // namespace sekisho::test
