// Pushes between two whole nodes and an HTTPS endpoint of the consumer: the octets of a pull, and what stops them.
#include "tests/integration/push_world.hpp"
#include "tests/support/mqtt_broker.hpp"
#include "trust/pki/certificate.hpp"
#include "trust/zone/node_folder.hpp"

namespace sekisho::test {
namespace {

class Push : public PushWorld {
 protected:
  void SetUp() override {
    allow(receiver.port(), receiver.ca_pem());
    start_with_bulk();
  }
  std::string ordered(const std::string& dataset) { return PushWorld::ordered(dataset, receiver.endpoint()); }

  PushReceiver receiver;
};

TEST_F(Push, TheEndpointGetsTheOctetsOfAPullAndTheTransferCompletes) {
  const std::string pid = ordered("bulk");
  ASSERT_TRUE(becomes(pid, "COMPLETED")) << to_text(Json(transfer(pid)));
  const std::string whole = bulk();
  EXPECT_TRUE(receiver.octets() == whole) << receiver.octets().size();
  StreamCall pull(world.trade, data_target("bulk"));
  ASSERT_TRUE(eventually([&] { return pull.done(); }));
  EXPECT_TRUE(pull.body() == receiver.octets());

  const auto parts = receiver.taken();
  ASSERT_GE(parts.size(), 4U);
  std::size_t offset = 0;
  for (std::size_t n = 0; n < parts.size(); ++n) {
    EXPECT_EQ(parts[n].head.substr(0, 5), "POST ");
    EXPECT_EQ(parts[n].target(), "/sink?tenant=1");
    EXPECT_EQ(parts[n].field("Authorization"), "Bearer s3cret");
    EXPECT_EQ(parts[n].field("Content-Type"), "application/x-ndjson");
    EXPECT_EQ(parts[n].field("Sekisho-Transfer"), pid);
    EXPECT_EQ(parts[n].field("Sekisho-Exchange"), parts[0].field("Sekisho-Exchange"));
    EXPECT_EQ(parts[n].field("Sekisho-Chunk"), std::to_string(n));
    EXPECT_EQ(parts[n].field("Sekisho-Offset"), std::to_string(offset));
    EXPECT_FALSE(parts[n].field("Sekisho-Statement").empty());
    EXPECT_LE(parts[n].body.size(), 1U << 20);
    EXPECT_EQ(parts[n].body.back(), '\n') << "a part holds whole records";
    offset += parts[n].body.size();
  }
  // The pull's and the push's.
  EXPECT_TRUE(eventually([&] { return count(world.farm, "STREAM_END_OUT") == 2; }));
  const std::string opened = entries(world.farm, "STREAM_OPEN_OUT");
  EXPECT_NE(opened.find(parts[0].field("Sekisho-Exchange")), std::string::npos);
  EXPECT_NE(entries(world.farm, "OBSERVED").find("push.taken"), std::string::npos);
  EXPECT_EQ(entries(world.farm, "TERMS_OUT").find("s3cret"), std::string::npos);
  EXPECT_EQ(get_string(transfer(pid), "endpoint").value_or(""), receiver.endpoint());
}

TEST_F(Push, ASmallBodyIsOnePartShapedByTheView) {
  std::ofstream(world.folder.path() / "small.ndjson")
      << "{\"n\":1,\"grower\":\"" << kGrower << "\"}\n{\"n\":2,\"grower\":\"" << kGrower << "\"}\n";
  offer_pushes("small", file_manifest("small.ndjson"),
               R"({"media":"application/x-ndjson","fields":{"/n":"keep","/grower":"drop"}})");
  const std::string pid = ordered("small");
  ASSERT_TRUE(becomes(pid, "COMPLETED"));
  ASSERT_EQ(receiver.taken().size(), 1U);
  EXPECT_EQ(receiver.octets(), "{\"n\":1}\n{\"n\":2}\n");
}

TEST_F(Push, NothingIsPushedToEndpointsThatAreNotAllowed) {
  for (const char* endpoint : {"https://127.0.0.1/sink", "http://in.trade.eu.example/sink",
                               "https://farm.jp.example/sink", "https://u@in.trade.eu.example/sink", "nonsense"}) {
    const auto answer = order("bulk", endpoint);
    EXPECT_EQ(answer.status, 400) << endpoint << answer.body;
    EXPECT_EQ(code_in(answer), "INVALID_ARGUMENT") << endpoint;
  }
  const auto answer = order("bulk", "https://other.trade.eu.example/sink");
  ASSERT_EQ(answer.status, 202) << answer.body;
  const std::string pid = get_string(object_in(answer.body), "transfer").value_or("");
  ASSERT_TRUE(becomes(pid, "TERMINATED"));
  EXPECT_EQ(get_string(transfer(pid), "code").value_or(""), "PUSH_REFUSED");
  EXPECT_EQ(receiver.requests(), 0U);
}

struct Hostile {
  const char* name;
  Answering answer;
  const char* why;
};
void PrintTo(const Hostile& one, std::ostream* out) { *out << one.name; }

class Refusing : public Push, public ::testing::WithParamInterface<Hostile> {};

TEST_P(Refusing, EndsTheTransferWithAReason) {
  receiver.answer(GetParam().answer);
  const std::string pid = ordered("bulk");
  ASSERT_TRUE(becomes(pid, "TERMINATED")) << to_text(Json(transfer(pid)));
  EXPECT_EQ(get_string(transfer(pid), "code").value_or(""), "PUSH_FAILED");
  const std::string reason = get_string(transfer(pid), "reason").value_or("");
  EXPECT_NE(reason.find(GetParam().why), std::string::npos) << reason;
  EXPECT_TRUE(receiver.octets().empty());
  EXPECT_EQ(receiver.requests(), 1U);
  EXPECT_TRUE(ends_with(world.farm, "STREAM_END_OUT", "PUSH_FAILED"));
}

INSTANTIATE_TEST_SUITE_P(
    Answers, Refusing,
    ::testing::Values(
        Hostile{"redirect", [](const Asked&) { return answer_of(302, "Location: https://127.0.0.1/x\r\n"); },
                "the endpoint answered 302, and no redirect is followed"},
        Hostile{"permanent_redirect",
                [](const Asked&) { return answer_of(308, "Location: http://169.254.169.254/\r\n"); },
                "the endpoint answered 308, and no redirect is followed"},
        Hostile{"unauthorized", [](const Asked&) { return answer_of(401); }, "it wants another token"},
        Hostile{"not_found", [](const Asked&) { return answer_of(404, "Content-Type: text/html\r\n"); },
                "the endpoint answered 404 with a page of HTML: there is nothing at that path"},
        Hostile{"too_large", [](const Asked&) { return answer_of(413); }, "it takes less than 1 MiB at once"}),
    [](const auto& one) { return one.param.name; });

TEST_F(Push, AnEndpointThatFailsForAWhileGetsEachPartOnceMore) {
  receiver.answer([](const Asked& asked) { return asked.number % 3 == 1 ? answer_of(503) : kTaken; });
  const std::string pid = ordered("bulk");
  ASSERT_TRUE(becomes(pid, "COMPLETED", seconds(60)));
  EXPECT_TRUE(receiver.octets() == bulk());
  EXPECT_GT(receiver.requests(), receiver.taken().size());
}

struct Cut {
  const char* name;
  const char* reason;
  void (*act)(LoopbackWorld& world, const std::string& agreement, const std::string& pid);
};
void PrintTo(const Cut& one, std::ostream* out) { *out << one.name; }

class PushCut : public Push, public ::testing::WithParamInterface<Cut> {};

// The endpoint holds the second part without an answer; nothing more may come to it afterwards.
TEST_P(PushCut, NothingLeavesAfterIt) {
  receiver.answer([](const Asked& asked) { return asked.number == 0 ? kTaken : std::string(); });
  const std::string pid = ordered("bulk");
  ASSERT_TRUE(eventually([&] { return receiver.requests() == 2; }));
  GetParam().act(world, agreement(), pid);
  ASSERT_TRUE(ends_with(world.farm, "STREAM_END_OUT", GetParam().reason)) << entries(world.farm, "STREAM_END_OUT");
  const std::size_t requests = receiver.requests();
  receiver.answer([](const Asked&) { return kTaken; });
  if (std::string_view(GetParam().name) != "suspension") {
    EXPECT_TRUE(
        eventually([&] { return world.farm.operate("GET", "/agreements").body.find("STARTED") == std::string::npos; }));
  }
  EXPECT_EQ(receiver.requests(), requests);
  EXPECT_EQ(receiver.taken().size(), 1U);
}

INSTANTIATE_TEST_SUITE_P(
    Causes, PushCut,
    ::testing::Values(
        Cut{"suspension", "TRANSFER_NOT_STARTED",
            [](LoopbackWorld& w, const std::string& agreement, const std::string&) {
              EXPECT_EQ(w.farm.operate("POST", "/agreements/" + agreement + "/suspend").status, 200);
            }},
        Cut{"withdrawal", "TRANSFER_NOT_STARTED",
            [](LoopbackWorld& w, const std::string& agreement, const std::string&) {
              EXPECT_EQ(w.farm.operate("POST", "/agreements/" + agreement + "/withdraw").status, 200);
            }},
        Cut{"withdrawal_by_the_consumer", "TRANSFER_NOT_STARTED",
            [](LoopbackWorld& w, const std::string& agreement, const std::string&) {
              EXPECT_EQ(w.trade.operate("POST", "/agreements/" + agreement + "/withdraw").status, 200);
            }},
        Cut{"consumer", "TRANSFER_NOT_STARTED",
            [](LoopbackWorld& w, const std::string&, const std::string& pid) {
              EXPECT_EQ(w.trade.service("DELETE", "/v1/transfers/" + pid).status, 200);
            }},
        Cut{"offer", "OFFER_UNKNOWN",
            [](LoopbackWorld& w, const std::string&, const std::string&) {
              const auto offers =
                  object_in(w.farm.operate("GET", "/agreements").body).at("agreements").at(0).at("offer").as_string();
              const JsonObject gone{{"remove", JsonArray{JsonObject{{"kind", "offer"}, {"id", offers}}}}};
              EXPECT_EQ(w.farm.operate("POST", "/apply", to_text(Json(gone))).status, 200);
            }},
        Cut{"recognition", "RECOGNITION_SUSPENDED",
            [](LoopbackWorld& w, const std::string&, const std::string&) {
              EXPECT_TRUE(w.jp.authority->suspend("eu", "review", SystemClock().now()));
              w.publish();
            }},
        // The node stays enrolled: only who sealed the order may no longer be believed.
        Cut{"certificate", "CERTIFICATE_REVOKED",
            [](LoopbackWorld& w, const std::string&, const std::string&) {
              const auto keys = trust::load_node_folder(w.trade.settings.keys);
              ASSERT_TRUE(keys) << keys.error().chain();
              const auto signer = trust::Certificate::parse(keys->statement_chain.front());
              ASSERT_TRUE(signer);
              EXPECT_TRUE(w.eu.authority->revoke(*signer, 1, std::nullopt, SystemClock().now()));
              w.publish();
            }}),
    [](const auto& one) { return one.param.name; });

TEST_F(Push, AfterASuspensionItGoesOnBehindWhatWasTaken) {
  receiver.answer([](const Asked& asked) { return asked.number < 2 ? kTaken : std::string(); });
  const std::string pid = ordered("bulk");
  ASSERT_TRUE(eventually([&] { return receiver.requests() == 3; }));
  act("suspend");
  ASSERT_TRUE(becomes(pid, "SUSPENDED"));
  ASSERT_TRUE(ends_with(world.farm, "STREAM_END_OUT", "TRANSFER_NOT_STARTED"));
  receiver.answer(nullptr);
  act("resume");
  ASSERT_TRUE(becomes(pid, "COMPLETED")) << to_text(Json(transfer(pid)));
  const auto parts = receiver.taken();
  EXPECT_TRUE(receiver.octets() == bulk()) << receiver.octets().size();
  EXPECT_EQ(parts.back().field("Sekisho-Resume"), parts.front().field("Sekisho-Exchange") + "#2");
  EXPECT_NE(parts.back().field("Sekisho-Exchange"), parts.front().field("Sekisho-Exchange"));
}

TEST_F(Push, AProviderThatIsStartedAgainGoesOn) {
  receiver.answer([](const Asked& asked) { return asked.number < 2 ? kTaken : std::string(); });
  const std::string pid = ordered("bulk");
  ASSERT_TRUE(eventually([&] { return receiver.requests() == 3; }));
  world.farm.node->drain(seconds(10));
  world.farm.stop();
  EXPECT_EQ(receiver.taken().size(), 2U);
  receiver.answer(nullptr);
  ASSERT_TRUE(starts_again()) << world.farm.last_error;
  ASSERT_TRUE(becomes(pid, "COMPLETED"));
  EXPECT_TRUE(receiver.octets() == bulk()) << receiver.octets().size();
}

// Without time to seal the end of what runs: that is said when it starts again, nothing waits for a receipt, and what
// was taken may come once more.
TEST_F(Push, AProviderThatIsStoppedAtOnceBeginsWhereItKnows) {
  receiver.answer([](const Asked& asked) { return asked.number < 2 ? kTaken : std::string(); });
  const std::string pid = ordered("bulk");
  ASSERT_TRUE(eventually([&] { return receiver.requests() == 3; }));
  world.farm.stop();
  receiver.answer(nullptr);
  ASSERT_TRUE(starts_again()) << world.farm.last_error;
  ASSERT_TRUE(becomes(pid, "COMPLETED"));
  const std::string whole = bulk();
  EXPECT_TRUE(whole.ends_with(receiver.octets(receiver.taken().back().field("Sekisho-Exchange"))));
  EXPECT_GE(receiver.octets().size(), whole.size());
  const JsonObject status = world.farm.status();
  EXPECT_EQ(status.at("exchanges").at("open_releases").as_int64(), 0);
}

// A token of the receiver's, an endpoint of another certificate: nothing leaves, whatever the endpoint says.
TEST_F(Push, TheCertificateMustBeOfThatNameAndKey) {
  PushReceiver other("other.eu.example");
  world.farm.stop();
  allow(other.port(), other.ca_pem());
  world.farm.settings.push_allow.push_back(
      {kSinkName, receiver.port(), "127.0.0.1", world.folder.path() / "own.pem", std::string(64, 'a')});
  std::ofstream(world.folder.path() / "own.pem") << receiver.ca_pem();
  ASSERT_TRUE(starts_again()) << world.farm.last_error;
  const std::string pinned = ordered("bulk");
  ASSERT_TRUE(becomes(pinned, "TERMINATED"));
  EXPECT_EQ(get_string(transfer(pinned), "code").value_or(""), "PUSH_REFUSED");
  EXPECT_EQ(receiver.requests(), 0U);
  const auto answer = order("bulk", other.endpoint());
  const std::string pid = get_string(object_in(answer.body), "transfer").value_or("");
  ASSERT_TRUE(becomes(pid, "STARTED"));
  EXPECT_EQ(other.requests(), 0U);
  EXPECT_EQ(world.trade.service("DELETE", "/v1/transfers/" + pid).status, 200);
  EXPECT_TRUE(becomes(pid, "COMPLETED"));
}

// The broker is a process: it comes before the nodes, whose sockets it would inherit.
class LivePush : public Push {
 protected:
  void SetUp() override {
    if (!MqttBroker::available()) GTEST_SKIP() << "mosquitto is not installed";
    const auto folder = world.folder.path() / "broker";
    std::filesystem::create_directories(folder);
    broker = std::make_unique<MqttBroker>(folder.string());
    world.farm.settings.egress = {"127.0.0.1:" + std::to_string(broker->port())};
    Push::SetUp();
  }
  std::unique_ptr<MqttBroker> broker;
};

TEST_F(LivePush, IsPushedAsItComesAndNeverCompletedByItsProvider) {
  offer_pushes("readings",
               JsonObject{{"kind", "mqtt"},
                          {"host", "127.0.0.1"},
                          {"port", broker->port()},
                          {"client_id", "farm"},
                          {"topics", JsonArray{"cold/#"}}},
               R"({"media":"application/x-ndjson","fields":{"/n":"keep"}})");
  const std::string pid = ordered("readings");
  ASSERT_TRUE(becomes(pid, "STARTED"));
  for (int n = 0; n < 3; ++n) {
    const std::string wanted = "{\"n\":" + std::to_string(n) + "}\n";
    ASSERT_TRUE(eventually([&] {
      (void)broker->publish("cold/1", {"{\"n\":" + std::to_string(n) + ",\"grower\":\"x\"}"});
      return receiver.octets().find(wanted) != std::string::npos;
    })) << n;
  }
  EXPECT_EQ(state(pid), "STARTED");
  EXPECT_EQ(world.trade.service("DELETE", "/v1/transfers/" + pid).status, 200);
  ASSERT_TRUE(becomes(pid, "COMPLETED"));
  EXPECT_TRUE(ends_with(world.farm, "STREAM_END_OUT", "TRANSFER_NOT_STARTED"));
}

}  // namespace
}  // namespace sekisho::test
