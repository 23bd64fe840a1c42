// What the tests of pushes share: a dataset of several windows that may be pushed to the consumer's endpoint, and
// transfers as the consumer's client sees them.
#pragma once

#include <fstream>

#include "tests/integration/stream_world.hpp"
#include "tests/support/push_receiver.hpp"

namespace sekisho::test {

class PushWorld : public StreamWorld {
 protected:
  using seconds = std::chrono::seconds;

  // Before the nodes run.
  void allow(std::uint16_t port, const std::string& ca_pem) {
    const auto ca = world.folder.path() / "sink.pem";
    std::ofstream(ca) << ca_pem;
    world.farm.settings.push_allow = {{kSinkName, port, "127.0.0.1", ca, std::nullopt}};
  }

  // Starts both nodes with dataset "bulk": over 3 windows, with records that lie across their borders.
  void start_with_bulk() {
    std::ofstream bulk(world.folder.path() / "large.ndjson");
    for (int n = 0; n < 3500; ++n) bulk << "{\"n\":" << n << ",\"text\":\"" << std::string(1001, 'x') << "\"}\n";
    bulk.close();
    world.start();
    offer_pushes("bulk", file_manifest("large.ndjson"));
  }
  std::string bulk() const { return file_text(world.folder.path() / "large.ndjson"); }

  void offer_pushes(const std::string& id, JsonObject manifest, const std::string& view = "") {
    offer(id, std::move(manifest), view);
    JsonObject dataset{{"id", id}, {"title", id}, {"source", id}, {"push", true}};
    if (!view.empty()) dataset["view"] = *parse_json(view);
    const JsonObject more{{"datasets", JsonArray{Json(std::move(dataset))}}};
    const auto answer = world.farm.operate("POST", "/apply", to_text(Json(more)));
    ASSERT_EQ(answer.status, 200) << answer.body;
  }

  http::ClientResponse order(const std::string& dataset, const std::string& endpoint) {
    const JsonObject body{{"provider", world.farm.dns},
                          {"dataset", dataset},
                          {"purpose", kFoodSafety},
                          {"endpoint", endpoint},
                          {"token", "s3cret"}};
    return world.trade.service("POST", "/v1/transfers", to_text(Json(body)));
  }
  // The consumer's process id; empty when it was refused at once.
  std::string ordered(const std::string& dataset, const std::string& endpoint) {
    const auto answer = order(dataset, endpoint);
    EXPECT_EQ(answer.status, 202) << answer.body;
    return get_string(object_in(answer.body), "transfer").value_or("");
  }
  JsonObject transfer(const std::string& pid) {
    return object_in(world.trade.service("GET", "/v1/transfers/" + pid).body);
  }
  std::string state(const std::string& pid) { return get_string(transfer(pid), "state").value_or(""); }
  bool becomes(const std::string& pid, const std::string& wanted, seconds time = seconds(30)) {
    return eventually([&] { return state(pid) == wanted; }, time);
  }
  std::string agreement() {
    return get_string(object_in(world.farm.operate("GET", "/agreements").body).at("agreements").at(0).as_object(),
                      "agreement")
        .value_or("");
  }
  // Somebody else's connection may hold the node's port for a moment.
  bool starts_again() {
    return eventually([this] { return world.farm.start(); });
  }
  void act(const std::string& what) {
    const auto answer = world.farm.operate("POST", "/agreements/" + agreement() + "/" + what);
    ASSERT_EQ(answer.status, 200) << answer.body;
  }
};

}  // namespace sekisho::test
