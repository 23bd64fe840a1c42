#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "base/async/sync_wait.hpp"
#include "connectors/builtin.hpp"
#include "connectors/mqtt/mqtt_connector.hpp"
#include "tests/support/mqtt_broker.hpp"
#include "tests/support/temp_folder.hpp"
#include "tests/support/tls_files.hpp"

namespace sekisho::connectors {
namespace {

using test::MqttBroker;
using test::MqttBrokerOptions;
using test::TestAuthority;
using testing_support::TempFolder;

constexpr const char* kCanary = "canary-91c2-password";

void write(const std::filesystem::path& path, const std::string& text) { std::ofstream(path) << text; }

// A broker that asks for TLS, for certificates of one authority and for a password.
class MqttConnectorTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!MqttBroker::available()) GTEST_SKIP() << "mosquitto and mosquitto-clients are not installed";
    const TestAuthority authority("farm authority");
    const TestAuthority stranger("another authority");
    write(at("ca.pem"), authority.certificate_pem());
    write(at("strange-ca.pem"), stranger.certificate_pem());
    identity("server", authority.issue("127.0.0.1"));
    identity("node", authority.issue("node"));
    identity("strange-node", stranger.issue("node"));
    // Keys of the test are read by the broker, whatever user it runs as.
    const std::string passwd = "mosquitto_passwd -b -c " + at("passwd") + " node " + kCanary + " 2>/dev/null";
    ASSERT_EQ(std::system(passwd.c_str()), 0);
    context_.base = folder_.path();
    context_.secret = [](const std::string& name) -> Result<Secret> {
      if (name == "broker") return Secret::take(std::string(kCanary));
      if (name == "wrong") return Secret::take(std::string(kCanary) + "-wrong");
      return fail(Code::NotFound, "no secret " + name);
    };
  }

  std::string at(const std::string& name) { return folder_.file(name); }
  void identity(const std::string& name, const http::TlsIdentity& made) {
    write(at(name + ".pem"), made.chain_pem);
    write(at(name + ".key"), made.key_pem);
  }

  void start() {
    MqttBrokerOptions options;
    options.settings = "cafile " + at("ca.pem") + "\ncertfile " + at("server.pem") + "\nkeyfile " + at("server.key") +
                       "\nrequire_certificate true\nallow_anonymous false\npassword_file " + at("passwd") + "\n";
    options.publisher = "--cafile " + at("ca.pem") + " --cert " + at("node.pem") + " --key " + at("node.key") +
                        " -u node -P " + kCanary;
    broker_ = std::make_unique<MqttBroker>(folder_.path().string(), options);
    context_.egress = {"127.0.0.1:" + std::to_string(broker_->port()), "localhost:" + std::to_string(broker_->port())};
  }

  Json manifest() {
    return Json{{"kind", "mqtt"},       {"host", "127.0.0.1"}, {"port", static_cast<std::int64_t>(broker_->port())},
                {"topics", {"farm/#"}}, {"client_id", "n"},    {"user", "node"},
                {"secret", "broker"},   {"ca", "ca.pem"},      {"cert", "node.pem"},
                {"key", "node.key"}};
  }

  Result<std::unique_ptr<Connector>> make(const Json& document) {
    Result<SourceManifest> parsed = parse_source_manifest(document);
    if (!parsed) return fail(parsed.error());
    return make_connector(*parsed, context_);
  }

  // Empty for a source that works, else its error's chain.
  std::string check(const Json& document) {
    Result<std::unique_ptr<Connector>> connector = make(document);
    if (!connector) return connector.error().chain();
    Status done = async::sync_wait((*connector)->check(async::Deadline::in(std::chrono::seconds(10))));
    return done ? std::string() : done.error().chain();
  }

  TempFolder folder_;
  std::unique_ptr<MqttBroker> broker_;
  Context context_;
};

TEST_F(MqttConnectorTest, ReadsOverTlsWithCertificateAndSecret) {
  start();
  EXPECT_EQ(check(manifest()), "");
  Result<std::unique_ptr<Connector>> connector = make(manifest());
  ASSERT_TRUE(connector) << connector.error().chain();
  const async::Deadline deadline = async::Deadline::in(std::chrono::seconds(10));
  Result<std::unique_ptr<Reader>> reader = async::sync_wait((*connector)->open(deadline));
  ASSERT_TRUE(reader) << reader.error().chain();
  ASSERT_TRUE(broker_->publish("farm/a", {"{\"n\":1}"}));
  Result<Batch> batch = async::sync_wait((*reader)->read({10, 1U << 20, deadline}));
  ASSERT_TRUE(batch) << batch.error().chain();
  EXPECT_EQ(batch->content, "{\"n\":1}\n");
  EXPECT_TRUE(async::sync_wait((*reader)->acknowledge(deadline)));
  reader->reset();
  Result<std::unique_ptr<Reader>> again = async::sync_wait((*connector)->open(deadline));
  ASSERT_TRUE(again) << again.error().chain();
  Result<Batch> nothing =
      async::sync_wait((*again)->read({10, 1U << 20, async::Deadline::in(std::chrono::milliseconds(200))}));
  ASSERT_TRUE(nothing);
  EXPECT_TRUE(nothing->idle) << nothing->content;
}

TEST_F(MqttConnectorTest, EachReaderHasItsPositionAndASecondOneBesideItNone) {
  start();
  Result<std::unique_ptr<Connector>> connector = make(manifest());
  ASSERT_TRUE(connector) << connector.error().chain();
  const async::Deadline deadline = async::Deadline::in(std::chrono::seconds(20));
  const auto open = [&](const char* reader) {
    OpenRequest request;
    request.reader = reader;
    Result<std::unique_ptr<Reader>> made = async::sync_wait((*connector)->open(std::move(request), deadline));
    EXPECT_TRUE(made) << made.error().chain();
    return made ? std::move(*made) : nullptr;
  };
  const auto read = [&](Reader& reader, std::chrono::milliseconds time) {
    Result<Batch> batch = async::sync_wait(reader.read({10, 1U << 20, async::Deadline::in(time)}));
    return batch ? batch->content : batch.error().chain();
  };
  constexpr std::chrono::seconds kLong{10};
  auto a = open("a"), beside = open("a"), b = open("b");
  ASSERT_TRUE(a && beside && b);
  ASSERT_TRUE(broker_->publish("farm/a", {"{\"n\":1}"}));
  for (Reader* one : {a.get(), beside.get(), b.get()}) EXPECT_EQ(read(*one, kLong), "{\"n\":1}\n");
  for (Reader* one : {a.get(), beside.get(), b.get()}) EXPECT_TRUE(async::sync_wait(one->acknowledge(deadline)));
  a.reset();
  b.reset();
  ASSERT_TRUE(broker_->publish("farm/a", {"{\"n\":2}"}));
  EXPECT_EQ(read(*beside, kLong), "{\"n\":2}\n");
  beside.reset();
  a = open("a");
  b = open("b");
  beside = open("a");
  ASSERT_TRUE(a && beside && b);
  EXPECT_EQ(read(*a, kLong), "{\"n\":2}\n");
  EXPECT_EQ(read(*b, kLong), "{\"n\":2}\n");
  EXPECT_EQ(read(*beside, std::chrono::milliseconds(200)), "");
}

TEST_F(MqttConnectorTest, WhatIsNotTrustedIsRefusedWithoutTheSecret) {
  start();
  struct Case {
    const char* name;
    const char* member;
    Json value;  // null: the member is left out
    const char* code;
  };
  const Case cases[] = {
      {"a broker of another authority", "ca", "strange-ca.pem", "SOURCE_FAILED"},
      {"a name that is not the certificate's", "host", "localhost", "SOURCE_FAILED"},
      {"a client of another authority", "cert", "strange-node.pem", "SOURCE_FAILED"},
      {"a wrong password", "secret", "wrong", "SOURCE_FAILED"},
      {"a secret that is not there", "secret", "absent", "SOURCE_FAILED"},
      {"no roots file", "ca", "nothing.pem", "SOURCE_FAILED"},
      {"no TLS to a broker with TLS", "ca", Json(), "JSON_SHAPE"},
      {"a port that is not listed", "port", 1, "FORBIDDEN"},
      {"a host that is not listed", "host", "127.0.0.2", "FORBIDDEN"},
  };
  for (const Case& c : cases) {
    Json document = manifest();
    if (c.value.is_null()) {
      document.as_object().erase(c.member);
    } else {
      document.as_object()[c.member] = c.value;
    }
    if (std::string(c.value.is_string() ? c.value.get_string().c_str() : "") == "strange-node.pem") {
      document.as_object()["key"] = "strange-node.key";
    }
    const std::string problem = check(document);
    EXPECT_TRUE(problem.starts_with(c.code)) << c.name << ": " << problem;
    EXPECT_EQ(problem.find("canary"), std::string::npos) << c.name << ": " << problem;
  }
}

TEST_F(MqttConnectorTest, PlainTextIsRefusedByABrokerWithTls) {
  start();
  Json document = manifest();
  for (const char* name : {"ca", "cert", "key", "user", "secret"}) document.as_object().erase(name);
  const std::string problem = check(document);
  EXPECT_TRUE(problem.starts_with("SOURCE_")) << problem;
}

}  // namespace
}  // namespace sekisho::connectors
