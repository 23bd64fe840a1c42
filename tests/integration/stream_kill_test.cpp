// A streaming provider that is killed as a process: its consumer's log and its own, opened again, prove what left.
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include "base/core/encoding.hpp"
#include "tests/integration/stream_world.hpp"
#include "trust/evidence/bundle.hpp"
#include "trust/evidence/verify_bundle.hpp"

namespace sekisho::test {
namespace {

class StreamKill : public StreamWorld {
 protected:
  void SetUp() override {
    std::ofstream bulk(world.folder.path() / "large.ndjson");
    for (int n = 0; n < 64 * 1024; ++n) bulk << "{\"n\":" << n << ",\"text\":\"" << std::string(1005, 'x') << "\"}\n";
    bulk.close();
    // Before any thread of this process: the child is a whole node of its own.
    int ready[2];
    ASSERT_EQ(::pipe(ready), 0);
    farm_ = ::fork();
    ASSERT_GE(farm_, 0);
    if (farm_ == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      const char ok = world.farm.start() ? 'y' : 'n';
      (void)!::write(ready[1], &ok, 1);
      for (;;) ::pause();
    }
    ::close(ready[1]);
    char ok = 'n';
    ASSERT_EQ(::read(ready[0], &ok, 1), 1);
    ::close(ready[0]);
    ASSERT_EQ(ok, 'y');
    ASSERT_TRUE(world.trade.start()) << world.trade.last_error;
    world.apply();
  }
  void TearDown() override {
    if (farm_ > 0) kill_farm();
  }
  void kill_farm() {
    ::kill(farm_, SIGKILL);
    ::waitpid(farm_, nullptr, 0);
    farm_ = 0;
  }
  void take(LoopbackNode& node, const std::string& exchange, std::map<std::string, Bytes>& out) {
    const auto answer = node.service("POST", "/v1/audit/export", "{\"exchange\":\"" + exchange + "\"}",
                                     {{"Authorization", "Bearer " + node.auditor}});
    ASSERT_EQ(answer.status, 200) << answer.body;
    std::istringstream lines(answer.body);
    for (std::string line; std::getline(lines, line);) {
      const JsonObject row = object_in(line);
      if (const auto name = get_string(row, "name")) out[*name] = from_base64(get_string(row, "data").value_or("")).value();
    }
  }

  pid_t farm_ = 0;
};

TEST_F(StreamKill, WhatLeftBeforeTheKillIsProvenAndNothingMoreIsClaimed) {
  StreamCall call(world.trade, data_target("large"));
  ASSERT_TRUE(eventually([&] { return call.size() >= 3U << 20; })) << call.error();
  call.hold();
  const std::string exchange = call.header("Sekisho-Exchange");
  kill_farm();
  call.go_on();
  ASSERT_TRUE(eventually([&] { return call.done(); }));
  EXPECT_FALSE(call.whole());
  EXPECT_TRUE(file_text(world.folder.path() / "large.ndjson").starts_with(call.body()));
  EXPECT_TRUE(eventually([this] { return entries(world.trade, "NRR_OUT").find("\"partial\"") != std::string::npos; }));

  ASSERT_TRUE(world.farm.start()) << world.farm.last_error;
  EXPECT_EQ(count(world.farm, "STREAM_END_OUT"), 1U);
  EXPECT_NE(entries(world.farm, "STREAM_END_OUT").find("\"reason\":\"CRASH\""), std::string::npos);
  ASSERT_TRUE(eventually([this] { return entries(world.farm, "NRR_IN").find("\"partial\"") != std::string::npos; }));
  std::map<std::string, Bytes> members;
  take(world.farm, exchange, members);
  take(world.trade, exchange, members);
  trust::BundleWriter writer;
  for (const auto& [name, content] : members) ASSERT_TRUE(writer.add(name, content)) << name;
  const auto report = trust::verify_bundle(
      writer.finish().value(), {{"jp", world.jp.state->root_digest()}, {"eu", world.eu.state->root_digest()}});
  // Heads that were durable and did not leave have no twin: that is said, and it is no fault of anybody.
  EXPECT_LE(report.verdict, trust::Verdict::Indeterminate);
  for (const trust::Finding& f : report.findings) EXPECT_TRUE(f.ok() || f.group == "twin") << f.group << " " << f.detail;
  ASSERT_EQ(report.facts.size(), 1U);
  EXPECT_EQ(report.facts[0].outcome, "released, unconfirmed");
}

}  // namespace
}  // namespace sekisho::test
