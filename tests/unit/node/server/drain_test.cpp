#include <future>

#include <gtest/gtest.h>

#include "base/async/completion.hpp"
#include "tests/support/raw_client.hpp"

namespace sekisho::node {
namespace {

using namespace std::chrono_literals;
using test::RawClient;
using test::status_of;
using test::TestServer;

struct Gate {
  async::Completion<int> open;
  std::atomic<int> inside{0};
  std::atomic<int> after{0};
};

async::Task<http::Response> wait_at(std::shared_ptr<Gate> gate) {
  ++gate->inside;
  co_await gate->open.wait();
  http::Response response = http::text_response(200, "done");
  response.after = [gate](bool sent) { gate->after = sent ? 1 : 2; };
  co_return response;
}

async::Task<http::Response> quick_answer(http::Request) { co_return http::text_response(200, "quick"); }

std::vector<Route> routes(std::shared_ptr<Gate> gate) {
  return {{"GET", "/wait", Access::open("test"), 0, "", [gate](http::Request) { return wait_at(gate); }},
          {"GET", "/quick", Access::open("test"), 0, "", quick_answer}};
}

std::string get(std::string_view path) { return "GET " + std::string(path) + " HTTP/1.1\r\nHost: a\r\n\r\n"; }

TEST(Drain, RunningExchangesFinishIdleConnectionsCloseNewOnesAreRefused) {
  auto gate = std::make_shared<Gate>();
  TestServer server(routes(gate), {});
  const auto port = server.listener->port();
  // One on each worker, so that their ends tell that both workers know.
  RawClient idle(port);
  RawClient idle_too(port);
  for (RawClient* client : {&idle, &idle_too}) {
    client->send(get("/quick"));
    EXPECT_EQ(status_of(client->answer()), 200);
  }
  RawClient busy(port);
  busy.send(get("/wait") + get("/quick"));
  while (gate->inside == 0) std::this_thread::yield();

  auto drained = std::async(std::launch::async, [&] { return server.listener->drain_blocking(60s); });
  EXPECT_EQ(idle.rest(), "");
  EXPECT_EQ(idle_too.rest(), "");
  while (RawClient(port).connected()) std::this_thread::yield();
  gate->open.set(1);
  const std::string all = busy.rest();
  EXPECT_TRUE(all.ends_with("done")) << "the exchange finishes, the pipelined one is not begun\n" << all;
  EXPECT_NE(all.find("Connection: close"), std::string::npos);
  EXPECT_TRUE(drained.get());
  EXPECT_EQ(server.listener->counters().open, 0U);
  EXPECT_EQ(gate->after, 1);
}

TEST(Drain, AfterTheGraceConnectionsAreClosedAndHandlersAwaited) {
  auto gate = std::make_shared<Gate>();
  TestServer server(routes(gate), {});
  RawClient busy(server.listener->port());
  busy.send(get("/wait"));
  while (gate->inside == 0) std::this_thread::yield();
  auto drained = std::async(std::launch::async, [&] { return server.listener->drain_blocking(0s); });
  EXPECT_EQ(busy.rest(), "");
  gate->open.set(1);
  EXPECT_TRUE(drained.get());
  EXPECT_EQ(gate->after, 2) << "the handler learns that its answer was not sent";
}

TEST(Drain, HurrySkipsTheGrace) {
  auto gate = std::make_shared<Gate>();
  TestServer server(routes(gate), {});
  RawClient busy(server.listener->port());
  busy.send(get("/wait"));
  while (gate->inside == 0) std::this_thread::yield();
  auto drained = std::async(std::launch::async, [&] { return server.listener->drain_blocking(1h); });
  server.listener->hurry();
  EXPECT_EQ(busy.rest(), "");
  gate->open.set(1);
  EXPECT_TRUE(drained.get());
}

TEST(Drain, ALotOfConnections) {
  auto gate = std::make_shared<Gate>();
  TestServer server(routes(gate), {});
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 100; ++i) {
    clients.push_back(std::make_unique<RawClient>(server.listener->port()));
    clients.back()->send(get("/quick"));
  }
  for (auto& client : clients) EXPECT_EQ(status_of(client->answer()), 200);
  EXPECT_TRUE(server.listener->drain_blocking(10s));
  EXPECT_EQ(server.listener->counters().accepted, 100U);
}

}  // namespace
}  // namespace sekisho::node
