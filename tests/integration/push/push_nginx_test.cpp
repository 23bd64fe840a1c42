// A push to software of somebody else: nginx as it is packaged, which writes each part into a file.
#include "tests/integration/push_world.hpp"
#include "tests/support/nginx_receiver.hpp"

namespace sekisho::test {
namespace {

// nginx is a process: it comes before the nodes, whose sockets it would inherit.
class NginxPush : public PushWorld {
 protected:
  void SetUp() override {
    if (!NginxReceiver::available()) GTEST_SKIP() << "nginx is not installed";
  }
  void install(const std::string& limits = "") {
    nginx = std::make_unique<NginxReceiver>(world.folder.path() / "nginx", limits);
    allow(nginx->port(), nginx->ca_pem());
  }

  std::unique_ptr<NginxReceiver> nginx;
};

// Its client_max_body_size stays as it is packaged, 1 MiB: a part is never more.
TEST_F(NginxPush, TakesTheOctetsAsItIsPackaged) {
  install();
  nginx->start();
  start_with_bulk();
  const std::string pid = ordered("bulk", nginx->endpoint());
  ASSERT_TRUE(becomes(pid, "COMPLETED")) << to_text(Json(transfer(pid)));
  EXPECT_TRUE(nginx->octets() == bulk()) << nginx->octets().size();
  EXPECT_TRUE(eventually([&] { return entries(world.farm, "OBSERVED").find(R"("status":204)") != std::string::npos; }));
}

TEST_F(NginxPush, IsWaitedForWhileItStarts) {
  install();
  nginx->start();
  nginx->stop();
  start_with_bulk();
  const std::string pid = ordered("bulk", nginx->endpoint());
  ASSERT_TRUE(becomes(pid, "STARTED"));
  ASSERT_TRUE(eventually([&] { return count(world.farm, "STREAM_HEAD_OUT") > 0; }));
  nginx->start();
  ASSERT_TRUE(becomes(pid, "COMPLETED")) << to_text(Json(transfer(pid)));
  EXPECT_TRUE(nginx->octets() == bulk()) << nginx->octets().size();
}

TEST_F(NginxPush, EndsWithWhatItAnswersForAPathThatIsNotThere) {
  install();
  nginx->start();
  start_with_bulk();
  const std::string pid = ordered("bulk", nginx->endpoint("/absent"));
  ASSERT_TRUE(becomes(pid, "TERMINATED")) << to_text(Json(transfer(pid)));
  EXPECT_EQ(get_string(transfer(pid), "code").value_or(""), "PUSH_FAILED");
  EXPECT_TRUE(nginx->octets().empty());
}

TEST_F(NginxPush, EndsWhereLessThanAPartIsTaken) {
  install("client_max_body_size 512k;");
  nginx->start();
  start_with_bulk();
  const std::string pid = ordered("bulk", nginx->endpoint());
  ASSERT_TRUE(becomes(pid, "TERMINATED")) << to_text(Json(transfer(pid)));
  EXPECT_EQ(get_string(transfer(pid), "code").value_or(""), "PUSH_FAILED");
}

}  // namespace
}  // namespace sekisho::test
