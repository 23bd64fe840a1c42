#include "connectors/mqtt/mqtt_session.hpp"

#include <mosquitto.h>
#include <mqtt_protocol.h>
#include <poll.h>

#include <algorithm>
#include <mutex>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/core/limits.hpp"

namespace sekisho::connectors {

namespace {

// Longer than any sink should hold a batch: while one is out, no PINGREQ is written either.
constexpr int kKeepalive = 600;
constexpr std::uint32_t kSessionNeverExpires = 0xFFFFFFFF;
constexpr std::chrono::milliseconds kPartingTime{500};
constexpr std::chrono::milliseconds kFlushTick{5};  // between looks at what is still on its way
constexpr int kMaxWaitMs = 1000;                    // how often loop_misc is due

void start_library() {
  static std::once_flag once;
  std::call_once(once, [] { mosquitto_lib_init(); });
}

Error broken(const char* during, const std::string& why) {
  return {Code::SourceFailed, std::string("mqtt, ") + during + ": " + why};
}

struct Properties {
  mosquitto_property* list = nullptr;
  ~Properties() { mosquitto_property_free_all(&list); }
};

const char* path_or_null(const std::string& path) { return path.empty() ? nullptr : path.c_str(); }

}  // namespace

// What libmosquitto calls, always inside step() on its thread.
struct MqttSession::Callbacks {
  static MqttSession& self(void* object) { return *static_cast<MqttSession*>(object); }

  static void connected(struct mosquitto* client, void* object, int code, int flags, const mosquitto_property*) {
    MqttSession& session = self(object);
    if (code != 0) {
      session.refusal_ = mosquitto_connack_string(code);
      return;
    }
    session.accepted_ = true;
    session.subscribed_ =
        (flags & 1) != 0 || session.topics_.empty();  // the session was there, and so are its subscriptions
    // Once more in any case, for topics that the manifest gained; retained messages come for new ones only.
    for (const std::string& topic : session.topics_) {
      mosquitto_subscribe_v5(client, nullptr, topic.c_str(), 1, MQTT_SUB_OPT_SEND_RETAIN_NEW, nullptr);
    }
  }

  static void subscribed(struct mosquitto*, void* object, int, int count, const int* granted,
                         const mosquitto_property*) {
    MqttSession& session = self(object);
    for (int i = 0; i < count; ++i) {
      if (granted[i] >= 0x80) session.refusal_ = "the broker refused a subscription";
      if (granted[i] == 0) session.refusal_ = "the broker grants no QoS 1";
    }
    session.subscribed_ = true;
  }

  static void disconnected(struct mosquitto*, void* object, int code, const mosquitto_property*) {
    if (code != 0 && self(object).refusal_.empty()) self(object).refusal_ = "the connection ended";
  }

  static void message(struct mosquitto*, void* object, const struct mosquitto_message* message,
                      const mosquitto_property*) {
    MqttSession& session = self(object);
    session.unacknowledged_ = true;
    session.inbox_.push_back({message->topic, std::string(static_cast<const char*>(message->payload),
                                                          static_cast<std::size_t>(message->payloadlen))});
  }
};

Status MqttSession::configure(const MqttAddress& address) {
  mosquitto_int_option(client_, MOSQ_OPT_PROTOCOL_VERSION, address.version5 ? MQTT_PROTOCOL_V5 : MQTT_PROTOCOL_V311);
  mosquitto_int_option(client_, MOSQ_OPT_RECEIVE_MAXIMUM, address.window);
  mosquitto_threaded_set(client_, true);
  mosquitto_connect_v5_callback_set(client_, &Callbacks::connected);
  mosquitto_subscribe_v5_callback_set(client_, &Callbacks::subscribed);
  mosquitto_disconnect_v5_callback_set(client_, &Callbacks::disconnected);
  mosquitto_message_v5_callback_set(client_, &Callbacks::message);
  if (!address.user.empty()) {
    std::string password(as_text(address.password.view()));
    const int set = mosquitto_username_pw_set(client_, address.user.c_str(), password.c_str());
    wipe(password);
    if (set != MOSQ_ERR_SUCCESS) return fail(broken("user", mosquitto_strerror(set)));
  }
  if (!address.ca.empty()) {
    const std::string cert = address.cert.string();
    const std::string key = address.key.string();
    const int set =
        mosquitto_tls_set(client_, address.ca.c_str(), nullptr, path_or_null(cert), path_or_null(key), nullptr);
    if (set != MOSQ_ERR_SUCCESS) return fail(broken("TLS files", mosquitto_strerror(set)));
  }
  return {};
}

Result<std::unique_ptr<MqttSession>> MqttSession::connect(const MqttAddress& address) {
  start_library();
  std::unique_ptr<MqttSession> session(new MqttSession);
  session->topics_ = address.topics;
  session->client_ = mosquitto_new(address.client_id.c_str(), !address.lasting, session.get());
  if (session->client_ == nullptr) return fail(broken("connect", "the client id is refused"));
  Status configured = session->configure(address);
  if (!configured) return fail(configured.error());
  Properties properties;
  if (address.version5 && address.lasting) {
    mosquitto_property_add_int32(&properties.list, MQTT_PROP_SESSION_EXPIRY_INTERVAL, kSessionNeverExpires);
    mosquitto_property_add_int32(&properties.list, MQTT_PROP_MAXIMUM_PACKET_SIZE, 2 * limits::kRecordBytes);
  }
  const int code = mosquitto_connect_bind_v5(session->client_, address.host.c_str(), address.port, kKeepalive, nullptr,
                                             properties.list);
  Status done = session->settled(code, "connect");
  if (!done) return fail(done.error());
  return session;
}

MqttSession::~MqttSession() {
  if (client_ == nullptr) return;
  if (accepted_) part();
  mosquitto_destroy(client_);
}

// Waits until the broker closed, so that it has worked on every acknowledgement that was written: a connection that is
// closed here with octets unread is reset, and the broker drops what it has not looked at. What is unacknowledged
// stays so: no write and no DISCONNECT then.
void MqttSession::part() {
  const int fd = ::dup(mosquitto_socket(client_));  // libmosquitto closes its own with the DISCONNECT
  if (fd < 0) return;
  const async::Deadline deadline = async::Deadline::in(kPartingTime);
  if (unacknowledged_) {
    ::shutdown(fd, SHUT_WR);
  } else {
    mosquitto_disconnect(client_);
  }
  bool open = true;
  while (open && !deadline.expired()) {
    const bool writing = !unacknowledged_ && mosquitto_want_write(client_);
    pollfd waiting{fd, static_cast<short>(writing ? POLLOUT : POLLIN), 0};
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline.remaining());
    if (::poll(&waiting, 1, static_cast<int>(left.count())) <= 0) break;
    char unread[16U << 10];
    open = writing ? mosquitto_loop_write(client_, 1) == MOSQ_ERR_SUCCESS
                   : ::recv(fd, unread, sizeof unread, MSG_DONTWAIT) > 0;
  }
  ::close(fd);
}

Status MqttSession::settled(int code, const char* during) {
  if (!refusal_.empty()) return fail(broken(during, refusal_));
  if (code == MOSQ_ERR_SUCCESS) return {};
  return fail(broken(during, code == MOSQ_ERR_ERRNO ? "no connection" : mosquitto_strerror(code)));
}

void MqttSession::acknowledge() {
  if (inbox_.empty()) unacknowledged_ = false;
}

Result<bool> MqttSession::flush(int wake, async::Deadline deadline) {
  const bool writing = !unacknowledged_ && mosquitto_want_write(client_);
  int unsent = 0;
  const int fd = mosquitto_socket(client_);
  if (!writing && (::ioctl(fd, SIOCOUTQ, &unsent) != 0 || unsent == 0)) return true;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(
      std::min<std::chrono::nanoseconds>(deadline.remaining(), kFlushTick));
  pollfd fds[2] = {{fd, static_cast<short>(writing ? POLLOUT : 0), 0}, {wake, POLLIN, 0}};
  if (::poll(fds, 2, static_cast<int>(left.count())) < 0) return false;
  if ((fds[0].revents & (POLLERR | POLLHUP)) != 0) return fail(broken("acknowledge", "the connection ended"));
  Status written;
  if ((fds[0].revents & POLLOUT) != 0) written = settled(mosquitto_loop_write(client_, 1), "acknowledge");
  if (!written) return fail(written.error());
  return false;
}

Status MqttSession::step(int wake, async::Deadline deadline) {
  // Acknowledgements go out whole before anything is read, or a later message's would slip in behind them.
  const bool writing = !unacknowledged_ && mosquitto_want_write(client_);
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(
      std::min<std::chrono::nanoseconds>(deadline.remaining(), std::chrono::milliseconds(kMaxWaitMs)));
  pollfd fds[2] = {{mosquitto_socket(client_), static_cast<short>(writing ? POLLOUT : POLLIN), 0}, {wake, POLLIN, 0}};
  if (fds[0].fd < 0) return fail(broken("read", "the connection ended"));
  if (::poll(fds, 2, static_cast<int>(left.count())) < 0) return {};
  Status done;
  if ((fds[0].revents & POLLOUT) != 0) {
    done = settled(mosquitto_loop_write(client_, 1), "write");
  } else if (fds[0].revents != 0) {
    done = settled(mosquitto_loop_read(client_, 1), "read");
  }
  if (!done) return done;
  return settled(mosquitto_loop_misc(client_), "keepalive");
}

}  // namespace sekisho::connectors
