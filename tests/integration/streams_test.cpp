// Bodies over 1 MiB between two whole nodes: windows, receipts, cut-offs under a client that never reads, crash.
#include <array>
#include <fstream>

#include "base/async/sync_wait.hpp"
#include "base/core/encoding.hpp"
#include "base/core/uuid.hpp"
#include "base/crypto/system_random.hpp"
#include "base/http/client.hpp"
#include "base/http/socket.hpp"
#include "tests/integration/stream_world.hpp"

namespace sekisho::test {
namespace {

class Streams : public StreamWorld {
 protected:
  void SetUp() override {
    // 24 MiB: more than the kernel's buffers on the way hold, and one cumulative receipt.
    std::ofstream bulk(world.folder.path() / "large.ndjson");
    for (int n = 0; n < 24 * 1024; ++n) bulk << "{\"n\":" << n << ",\"text\":\"" << std::string(1005, 'x') << "\"}\n";
    bulk.close();
    world.start();
  }
};

std::string last_transfer;
std::string last_part;  // what came, also of an answer that broke off

async::Task<Result<std::string>> read_all(http::Client* client, http::ClientRequest request) {
  request.limits.body_bytes = 64U << 20;
  auto reader = co_await client->open(std::move(request));
  if (!reader) co_return fail(reader.error());
  if (reader->head().status != 200)
    co_return fail(Code::PeerRefused, "status " + std::to_string(reader->head().status));
  last_transfer = reader->head().headers.get("Sekisho-Transfer");
  std::string& out = last_part;
  out.clear();
  for (;;) {
    auto part = co_await reader->read(1U << 20);
    if (!part) co_return fail(part.error());
    if (part->empty()) co_return out;
    out += *part;
  }
}

Result<std::string> fetch(LoopbackNode& node, std::string_view dataset) {
  http::TlsClientOptions tls;
  tls.ca_pem = node.ca_pem;
  http::ClientOptions options;
  options.tls = *http::TlsClientContext::make(std::move(tls));
  http::Client client(options);
  http::ClientRequest request;
  request.target = data_target(dataset);
  request.host = "localhost";
  request.address = "127.0.0.1";
  request.port = node.node->service_port();
  request.headers.set("Authorization", "Bearer " + node.token);
  return async::sync_wait(read_all(&client, std::move(request)));
}

TEST_F(Streams, ABodyOverOneMiBCrossesWholeWithItsHeadsInBothLogs) {
  const auto body = fetch(world.trade, "large");
  ASSERT_TRUE(body) << body.error().chain();
  EXPECT_TRUE(*body == file_text(world.folder.path() / "large.ndjson")) << body->size();
  EXPECT_TRUE(eventually([this] { return count(world.farm, "NRR_IN") == 2; }));  // cumulative at 16 MiB, and final
  for (const char* kind : {"STREAM_OPEN", "STREAM_END"}) {
    EXPECT_TRUE(eventually([&] { return count(world.farm, std::string(kind) + "_OUT") == 1; })) << kind;
    EXPECT_TRUE(eventually([&] { return count(world.trade, std::string(kind) + "_IN") == 1; })) << kind;
  }
  EXPECT_EQ(count(world.farm, "STREAM_HEAD_OUT"), (body->size() + (1U << 20) - 1) >> 20);
  EXPECT_EQ(count(world.trade, "STREAM_HEAD_IN"), (body->size() + (1U << 20) - 1) >> 20);
  EXPECT_EQ(count(world.farm, "NRO_OUT"), 0U);
}

// A body over 1 MiB under an offer of its own: records in front of the one whose consent is withdrawn, and behind it.
TEST_F(Streams, AWithdrawnConsentEndsWhatMayLeave) {
  std::ofstream source(world.folder.path() / "consented.ndjson");
  for (int n = 0; n < 3072; ++n) {
    source << "{\"n\":" << n << ",\"consent\":" << (n == 2000 ? "false" : "true") << ",\"text\":\""
           << std::string(1000, 'x') << "\"}\n";
  }
  source.close();
  offer("consented", file_manifest("consented.ndjson"),
        R"({"media":"application/x-ndjson","rows":[{"pointer":"/consent","op":"eq","value":true,"ends":true}],)"
        R"("fields":{"/n":"keep","/text":"keep"}})");
  const auto body = fetch(world.trade, "consented");
  ASSERT_FALSE(body) << "the answer must break off, not end";
  ASSERT_TRUE(eventually([this] { return count(world.trade, "STREAM_END_IN") == 1; }));
  EXPECT_NE(entries(world.farm, "STREAM_END_OUT").find("\"reason\":\"CONSENT_WITHDRAWN\""), std::string::npos);
  EXPECT_NE(last_part.find("{\"n\":1999,"), std::string::npos) << "what came before it leaves";
  EXPECT_EQ(last_part.find("{\"n\":2000,"), std::string::npos);
  EXPECT_EQ(last_part.find("{\"n\":2001,"), std::string::npos);
}

// The trade node's key in other hands: asks for the stream, reads its beginning, and then neither reads nor closes.
async::Task<bool> stall(const LoopbackNode* from, LoopbackWorld* world, std::string head, std::function<void()> cut,
                        std::function<bool()> ended) {
  auto socket = co_await http::connect_tcp("127.0.0.1", world->farm.node->peer_port(),
                                           async::Deadline::in(std::chrono::seconds(5)));
  if (!socket) co_return false;
  const auto context = from->peer_context();
  const auto stream = context->stream(std::move(*socket), world->farm.dns);
  const auto shaken = co_await stream->handshake();
  if (!shaken) co_return false;
  const auto sent = co_await stream->write_all(head);
  if (!sent) co_return false;
  std::vector<char> octets(16384);
  const auto answer = co_await stream->read_some(octets);
  if (!answer || *answer == 0) co_return false;
  if (std::string_view(octets.data(), *answer).find(" 200 ") == std::string_view::npos) co_return false;
  cut();
  if (!eventually(ended)) co_return false;
  // What lay in this side's own kernel may come; then the reset, far from the whole.
  std::size_t got = 0;
  for (;;) {
    const auto rest = co_await stream->read_some(octets);
    if (!rest || *rest == 0) co_return got < (20U << 20);
    got += *rest;
  }
}

struct Cut {
  const char* name;
  const char* reason;
  void (*act)(LoopbackWorld&, const std::string& transfer);
};

// As a consumer ends it: the process says whom it belongs to there.
void terminate(LoopbackWorld& w, const std::string& transfer) {
  const auto state = w.trade.ask_peer(w.farm, "GET", "/dsp/2025-1/transfers/" + transfer);
  JsonObject message = object_in(state.body);
  message.erase("state");
  message["@type"] = "TransferTerminationMessage";
  const auto answer = w.trade.ask_peer(w.farm, "POST", "/dsp/2025-1/transfers/" + transfer + "/termination", {},
                                       to_text(Json(message)));
  EXPECT_LT(answer.status, 300) << answer.body;
}

class CutOff : public Streams, public ::testing::WithParamInterface<Cut> {};

std::string pull_head(LoopbackWorld& world, const std::string& transfer) {
  const auto token = world.trade.ask_peer(world.farm, "POST", "/sekisho/v1/transfers/" + transfer + "/token", {}, "{}");
  EXPECT_EQ(token.status, 200) << token.body;
  SystemRandom random;
  return "GET /data/" + transfer + " HTTP/1.1\r\nHost: farm.jp.example\r\nAuthorization: Bearer " +
         get_string(object_in(token.body), "token").value_or("") +
         "\r\nSekisho-Exchange: " + to_text(make_uuid_v7(SystemClock().now(), random.bytes(10))) +
         "\r\nSekisho-Intent: " + std::string(64, 'a') + "\r\n\r\n";
}

TEST_P(CutOff, NothingLeavesAfterItWhetherTheConsumerReadsOrNot) {
  const auto whole = fetch(world.trade, "large");
  ASSERT_TRUE(whole) << whole.error().chain();
  const std::string transfer = last_transfer;
  const std::string head = pull_head(world, transfer);
  const std::size_t ends = count(world.farm, "STREAM_END_OUT");
  EXPECT_TRUE(async::sync_wait(stall(
      &world.trade, &world, head, [&] { GetParam().act(world, transfer); },
      [&] { return count(world.farm, "STREAM_END_OUT") == ends + 1; })));
  EXPECT_NE(entries(world.farm, "STREAM_END_OUT").find("\"reason\":\"" + std::string(GetParam().reason) + "\""),
            std::string::npos);
}

// The permission ends by itself while the stream runs. On a slow machine it may end before the stream began: then
// again, with more time.
TEST_F(Streams, APermissionThatExpiresCutsTheStreamThatItBegan) {
  for (const int seconds : {3, 12, 48}) {
    const std::string id = "brief" + std::to_string(seconds);
    offer(id, file_manifest("large.ndjson"), SystemClock().now() + std::chrono::seconds(seconds));
    const auto whole = fetch(world.trade, id);
    if (!whole) continue;
    const std::size_t ends = count(world.farm, "STREAM_END_OUT");
    const std::string head = pull_head(world, last_transfer);
    const auto ended = [&] { return count(world.farm, "STREAM_END_OUT") == ends + 1; };
    if (!async::sync_wait(stall(&world.trade, &world, head, [] {}, ended))) continue;
    // Within the clock's uncertainty nobody can say that it still holds, which is enough.
    const std::string last = entries(world.farm, "STREAM_END_OUT");
    EXPECT_TRUE(last.find("\"reason\":\"CLOCK\"") != std::string::npos ||
                last.find("\"reason\":\"EXPIRED\"") != std::string::npos)
        << last;
    return;
  }
  FAIL() << "no stream began before its permission ended";
}

INSTANTIATE_TEST_SUITE_P(Causes, CutOff,
                         ::testing::Values(Cut{"recognition", "RECOGNITION_SUSPENDED",
                                               [](LoopbackWorld& w, const std::string&) {
                                                 (void)w.jp.authority->suspend("eu", "review", SystemClock().now());
                                                 publish(w.jp, SystemClock().now());
                                                 w.farm.install_snapshot(w.jp.snapshot);
                                               }},
                                           Cut{"transfer", "TRANSFER_NOT_STARTED", terminate}),
                         [](const auto& i) { return i.param.name; });

}  // namespace
}  // namespace sekisho::test
