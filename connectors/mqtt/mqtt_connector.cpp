#include "connectors/mqtt/mqtt_connector.hpp"

#include <algorithm>

#include "connectors/mqtt/mqtt_client_id.hpp"
#include "connectors/mqtt/mqtt_feed.hpp"
#include "connectors/source_manifest.hpp"

namespace sekisho::connectors {

namespace {

std::string target_of(const MqttSource& source) {
  const bool v6 = source.host.find(':') != std::string::npos;
  return (v6 ? "[" + source.host + "]" : source.host) + ":" + std::to_string(source.port);
}

class MqttReader final : public Reader {
 public:
  MqttReader(std::unique_ptr<MqttFeed> feed, MqttClientId id) : id_(std::move(id)), feed_(std::move(feed)) {}

  async::Task<Result<Batch>> read(Credits credits) override {
    Result<MqttTake> taken = co_await feed_->take(credits.records, credits.bytes, credits.deadline);
    if (!taken) co_return fail(taken.error());
    Batch batch;
    batch.content = std::move(taken->content);
    batch.records = taken->records;
    batch.idle = batch.records == 0;
    co_return batch;
  }

  async::Task<Status> acknowledge(async::Deadline deadline) override { return feed_->acknowledge(deadline); }

  void cancel() override { feed_->cancel(); }

 private:
  const MqttClientId id_;  // is free again after the feed has left the broker
  std::unique_ptr<MqttFeed> feed_;
};

class MqttConnector final : public Connector {
 public:
  MqttConnector(MqttSource source, const Context& context) : source_(std::move(source)), context_(context) {}

  [[nodiscard]] Spec spec() const override { return kMqttSpec; }

  async::Task<Result<std::vector<StreamInfo>>> discover(async::Deadline) override {
    std::vector<StreamInfo> streams(1);
    streams[0].name = "readings";
    streams[0].title = source_.topics.front();
    streams[0].media = kNdjson;
    streams[0].schema = source_.schema;
    streams[0].endless = true;
    co_return streams;
  }

  // Connects, under another client id and without a subscription, so that nothing of the session is touched.
  async::Task<Status> check(async::Deadline deadline) override {
    Result<MqttAddress> where = address();
    if (!where) co_return fail(where.error());
    where->client_id += "-check";
    where->topics.clear();
    where->lasting = false;
    MqttFeed feed(std::move(*where), false, std::make_shared<MqttCounters>());
    Status begun = co_await feed.begin(deadline);
    co_return begun;
  }

  async::Task<Result<std::unique_ptr<Reader>>> open(OpenRequest request, async::Deadline deadline) override {
    const bool known = request.stream.empty() || request.stream == "readings";
    if (!known || !request.cursor.empty()) {
      co_return fail(Code::SourceFailed, "a broker has no other stream and no cursor: it keeps the position itself");
    }
    Result<MqttAddress> where = address();
    if (!where) co_return fail(where.error());
    MqttClientId id = take_client_id(target_of(source_), source_.client_id, request.reader);
    where->client_id = id.text;
    where->lasting = id.lasting;
    auto feed = std::make_unique<MqttFeed>(std::move(*where), source_.wrap, counters_);
    Status begun = co_await feed->begin(deadline);
    if (!begun) {
      counters_->note(begun.error().message);
      co_return fail(begun.error());
    }
    co_return std::unique_ptr<Reader>(std::make_unique<MqttReader>(std::move(feed), std::move(id)));
  }

  [[nodiscard]] Health health() const override {
    Health out;
    out.problem = counters_->problem();
    out.refused = counters_->refused;
    out.working = out.refused == 0 && (out.problem.empty() || counters_->connected);
    return out;
  }

 private:
  [[nodiscard]] Result<MqttAddress> address() const {
    MqttAddress out;
    out.host = source_.host;
    out.port = source_.port;
    out.client_id = source_.client_id;
    out.topics = source_.topics;
    out.window = source_.window;
    out.version5 = source_.version == 5;
    out.user = source_.user;
    if (!source_.ca.empty()) out.ca = context_.base / source_.ca;
    if (!source_.cert.empty()) out.cert = context_.base / source_.cert;
    if (!source_.key.empty()) out.key = context_.base / source_.key;
    if (source_.secret.empty()) return out;
    if (!context_.secret) return fail(Code::SourceFailed, "no secrets are configured for sources");
    Result<Secret> secret = context_.secret(source_.secret);
    if (!secret) return fail(Code::SourceFailed, "the secret " + source_.secret + " is missing", secret.error());
    out.password = std::move(*secret);
    return out;
  }

  const MqttSource source_;
  const Context& context_;
  const std::shared_ptr<MqttCounters> counters_ = std::make_shared<MqttCounters>();
};

}  // namespace

Result<std::unique_ptr<Connector>> make_mqtt_connector(const MqttSource& source, const Context& context) {
  const std::string target = target_of(source);
  if (std::ranges::find(context.egress, target) == context.egress.end()) {
    return fail(Code::Forbidden, "the source's address " + target + " is not on the egress list");
  }
  return std::unique_ptr<Connector>(std::make_unique<MqttConnector>(source, context));
}

}  // namespace sekisho::connectors
