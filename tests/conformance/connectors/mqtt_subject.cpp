#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/async/sync_wait.hpp"
#include "connectors/builtin.hpp"
#include "tests/conformance/connectors/own_subjects.hpp"
#include "tests/conformance/connectors/raw_server.hpp"
#include "tests/support/mqtt_broker.hpp"
#include "tests/support/temp_folder.hpp"

namespace sekisho::conformance {

namespace {

using test::MqttBroker;
using test::MqttBrokerOptions;
using testing_support::TempFolder;

constexpr int kTickMs = 20;
constexpr std::size_t kPublished = 256;  // records that the publisher takes at once

// Stands before the broker and breaks connections. Octets are counted from the broker's side.
class Gate {
 public:
  Gate(std::uint16_t behind, const Wish& wish)
      : behind_(behind), wish_(wish), faults_(wish.fault_times), listening_(listen_here(port_)) {}
  ~Gate() {
    stopping_ = true;
    if (accepting_.joinable()) accepting_.join();
    for (std::thread& thread : threads_) thread.join();
    ::close(listening_);
  }
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;

  void start() {
    accepting_ = std::thread([this] { accept_all(); });
  }
  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::uint64_t sent() const { return sent_; }
  void arm() { armed_ = true; }

 private:
  void accept_all() {
    while (!stopping_) {
      pollfd waiting{listening_, POLLIN, 0};
      if (::poll(&waiting, 1, kTickMs) <= 0) continue;
      const int fd = ::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC);
      if (fd >= 0) threads_.emplace_back([this, fd] { serve(fd); });
    }
  }

  void serve(int fd) {
    const bool strike = armed_ && wish_.fault != Fault::None && faults_ > 0 && faults_-- > 0;
    if (strike && wish_.fault == Fault::Garbage) {
      const std::string garbage = "\x7f\xff garbage " + std::string(kCanary);
      (void)::send(fd, garbage.data(), garbage.size(), MSG_NOSIGNAL);
      ::close(fd);
      return;
    }
    if (strike && wish_.fault == Fault::Delay) {
      pollfd gone{fd, POLLRDHUP, 0};
      while (!stopping_ && ::poll(&gone, 1, kTickMs) == 0) continue;
      ::close(fd);
      return;
    }
    const std::size_t most = strike ? wish_.fault_after * wish_.record_bytes : SIZE_MAX;
    pass(fd, most);
  }

  // What one side ends is ended to the other: a connection that is closed with octets unread would be reset.
  void pass(int fd, std::size_t most) {
    const int broker = connect_here(behind_);
    std::size_t passed = 0;
    pollfd both[2] = {{fd, POLLIN, 0}, {broker, POLLIN, 0}};
    const int ends[2] = {fd, broker};
    while (broker >= 0 && !stopping_ && passed < most && (both[0].fd >= 0 || both[1].fd >= 0)) {
      if (::poll(both, 2, kTickMs) <= 0) continue;
      for (int i = 0; i < 2 && passed < most; ++i) {
        if (both[i].fd < 0 || both[i].revents == 0) continue;
        char piece[8192];
        const ssize_t n = ::recv(ends[i], piece, sizeof piece, 0);
        if (n <= 0 || ::send(ends[1 - i], piece, static_cast<std::size_t>(n), MSG_NOSIGNAL) != n) {
          ::shutdown(ends[1 - i], SHUT_WR);
          both[i].fd = -1;
          continue;
        }
        if (i == 0) continue;
        passed += static_cast<std::size_t>(n);
        sent_ += static_cast<std::uint64_t>(n);
      }
    }
    if (broker >= 0) ::close(broker);
    if (passed >= most) {
      reset(fd);
    } else {
      ::close(fd);
    }
  }

  const std::uint16_t behind_;
  const Wish wish_;
  std::atomic<int> faults_;
  std::uint16_t port_ = 0;
  int listening_;
  std::atomic<bool> armed_{false};
  std::atomic<bool> stopping_{false};
  std::atomic<std::uint64_t> sent_{0};
  std::vector<std::thread> threads_;  // of the accepting thread, until it ended
  std::thread accepting_;
};

std::string manifest_of(std::uint16_t port) {
  return R"({"kind":"mqtt","host":"127.0.0.1","port":)" + std::to_string(port) +
         R"(,"topics":["farm/#"],"client_id":"kit","user":"node","secret":")" + std::string(kSecretName) +
         R"(","schema":{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object",)"
         R"("required":["n","pad"],"additionalProperties":false,)"
         R"("properties":{"n":{"type":"integer","minimum":0},"pad":{"type":"string"}}}})";
}

class MqttSource final : public Source {
 public:
  explicit MqttSource(const Wish& wish) : wish_(wish) {}
  ~MqttSource() override {
    stopping_ = true;
    if (publishing_.joinable()) publishing_.join();
  }

  Status make() {
    const bool absent = wish_.fault == Fault::Absent;
    const std::string passwords = folder_.file("passwd");
    const std::string command =
        "mosquitto_passwd -b -c " + passwords + " node " + std::string(kCanary) + " 2>/dev/null";
    if (std::system(command.c_str()) != 0) return fail(Code::Internal, "mosquitto_passwd failed");
    const std::string settings = "allow_anonymous false\npassword_file " + passwords + "\n";
    broker_ = std::make_unique<MqttBroker>(folder_.path().string(),
                                           MqttBrokerOptions{settings, "-u node -P " + std::string(kCanary)});
    gate_ = std::make_unique<Gate>(broker_->port(), wish_);
    gate_->start();
    const std::uint16_t port = absent ? dead_port() : gate_->port();
    context_ = host({"127.0.0.1:" + std::to_string(port)}, {}, wish_.secret_missing);
    const auto manifest = connectors::parse_source_manifest_text(manifest_of(port));
    if (!manifest) return fail(manifest.error());
    Result<std::unique_ptr<connectors::Connector>> made = connectors::make_connector(*manifest, context_);
    if (!made) return fail(made.error());
    connector_ = std::move(*made);
    if (absent || wish_.secret_missing) return {};
    return publish();
  }

  [[nodiscard]] connectors::Connector& connector() override { return *connector_; }
  [[nodiscard]] bool saw_canary() const override { return subscribed_; }  // the broker lets nobody else in
  [[nodiscard]] std::uint64_t handed_out() const override { return gate_->sent(); }

 private:
  // The session must be there before what it is to hold.
  Status publish() {
    auto reader = async::sync_wait(connector_->open(async::Deadline::in(std::chrono::seconds(10))));
    if (!reader) return fail(reader.error());
    reader->reset();
    subscribed_ = true;
    gate_->arm();
    if (wish_.records * wish_.record_bytes < (1U << 20)) {
      std::vector<std::string> all;
      for (std::size_t n = 0; n < wish_.records; ++n) all.push_back(payload(n));
      return broker_->publish("farm/a", all) ? Status() : fail(Code::Internal, "mosquitto_pub failed");
    }
    // A long stream goes out while it is read, so that the broker need not hold it.
    publishing_ = std::thread([this] {
      for (std::size_t n = 0; n < wish_.records && !stopping_;) {
        std::vector<std::string> some;
        for (std::size_t i = 0; i < kPublished && n < wish_.records; ++i) some.push_back(payload(n++));
        (void)broker_->publish("farm/a", some);
      }
    });
    return {};
  }

  [[nodiscard]] std::string payload(std::size_t number) const {
    std::string line = record_line(number, wish_.record_bytes);
    line.pop_back();
    return line;
  }

  const Wish wish_;
  TempFolder folder_;
  std::unique_ptr<MqttBroker> broker_;
  std::unique_ptr<Gate> gate_;
  connectors::Context context_;
  std::unique_ptr<connectors::Connector> connector_;
  bool subscribed_ = false;
  std::atomic<bool> stopping_{false};
  std::thread publishing_;
};

class MqttSubject final : public Subject {
 public:
  [[nodiscard]] std::string name() const override { return "mqtt"; }
  [[nodiscard]] std::string unavailable() const override {
    return MqttBroker::available() ? "" : "mosquitto and mosquitto-clients are not installed";
  }
  [[nodiscard]] std::string not_applicable(Check check) const override {
    switch (check) {
      case Check::TooManyRequests:
      case Check::Burst503: return "MQTT has no such answer";
      case Check::WrongLength: return "a packet's length is its frame: a wrong one is garbage";
      case Check::Truncated: return "a message that is no JSON is refused and counted, not read";
      case Check::TokenExpiry: return "a session is not bound to a token";
      case Check::ClockSkew: return "no time crosses the wire";
      default: return "";
    }
  }
  [[nodiscard]] std::string good_settings() const override { return manifest_of(9); }
  [[nodiscard]] std::vector<std::string> bad_settings() const override {
    const std::string good = good_settings();
    const auto with = [&good](std::string_view old, std::string_view now) {
      std::string out = good;
      return out.replace(out.find(old), old.size(), now);
    };
    return {"",
            R"({"kind":"mqtt"})",
            with("127.0.0.1", "farm.example"),
            with("farm/#", "farm/#/x"),
            with(":9", ":0"),
            with(R"("client_id":"kit")", R"("client_id":"")"),
            with(R"("client_id")", R"("more":1,"client_id")"),
            with(R"("user":"node",)", ""),
            with(R"("client_id")", R"("qos":0,"client_id")")};
  }
  [[nodiscard]] Result<std::unique_ptr<connectors::Connector>> make(const std::string& settings,
                                                                    const connectors::Context& context) override {
    const auto manifest = connectors::parse_source_manifest_text(settings);
    if (!manifest) return fail(manifest.error());
    return connectors::make_connector(*manifest, context);
  }
  [[nodiscard]] Result<std::unique_ptr<Source>> start(const Wish& wish) override {
    auto source = std::make_unique<MqttSource>(wish);
    Status made = source->make();
    if (!made) return fail(made.error());
    return std::unique_ptr<Source>(std::move(source));
  }
};

}  // namespace

std::vector<KnownDefect> known_defects() { return {}; }

std::unique_ptr<Subject> mqtt_subject() { return std::make_unique<MqttSubject>(); }

std::vector<std::unique_ptr<Subject>> own_subjects() {
  std::vector<std::unique_ptr<Subject>> out = file_subjects();
  for (std::unique_ptr<Subject>& subject : http_subjects()) out.push_back(std::move(subject));
  out.push_back(mqtt_subject());
  return out;
}

}  // namespace sekisho::conformance
