#include "tests/integration/stream_world.hpp"

#include <fstream>

#include "base/async/sync_wait.hpp"
#include "base/async/timer.hpp"

namespace sekisho::test {

std::string StreamWorld::entries(LoopbackNode& node, const std::string& kind) {
  return node
      .service("POST", "/v1/audit/query", "{\"kind\":\"" + kind + "\"}", {{"Authorization", "Bearer " + node.auditor}})
      .body;
}

std::size_t StreamWorld::count(LoopbackNode& node, const std::string& kind) {
  std::size_t n = 0;
  const std::string text = entries(node, kind);
  for (std::size_t at = text.find("\"kind\":\"" + kind); at != std::string::npos;
       at = text.find("\"kind\":\"" + kind, at + 1))
    ++n;
  return n;
}

bool StreamWorld::ends_with(LoopbackNode& node, const std::string& kind, const std::string& reason) {
  const std::string wanted = "\"reason\":\"" + reason + "\"";
  return eventually([&] { return entries(node, kind).find(wanted) != std::string::npos; });
}

JsonObject StreamWorld::file_manifest(const std::string& name) const {
  return {{"kind", "file"}, {"path", (world.folder.path() / name).string()}};
}

void StreamWorld::offer(const std::string& id, JsonObject manifest, Instant until, const std::string& view,
                        const std::string& media) {
  JsonObject all = world.offers();
  JsonArray offers;
  for (Json& one : all["offers"].get_array()) {
    if (get_string(one.get_object(), "dataset") == "large") offers.push_back(std::move(one));
  }
  ASSERT_EQ(offers.size(), 1U);
  std::string text = to_text(Json(std::move(offers)));
  for (std::size_t at = text.find("large"); at != std::string::npos; at = text.find("large", at + id.size()))
    text.replace(at, 5, id);
  const std::size_t value = text.find("\"@value\":\"20") + 10;
  text.replace(value, text.find('"', value) - value, to_rfc3339(until));
  JsonObject dataset{{"id", id}, {"title", id}, {"source", id}, {"media", media}};
  if (!view.empty()) dataset["view"] = *parse_json(view);
  const JsonObject more{{"sources", JsonArray{JsonObject{{"name", id}, {"manifest", std::move(manifest)}}}},
                        {"datasets", JsonArray{Json(std::move(dataset))}},
                        {"offers", *parse_json(text)}};
  const auto answer = world.farm.operate("POST", "/apply", to_text(Json(more)));
  ASSERT_EQ(answer.status, 200) << answer.body;
}

async::Task<void> StreamCall::run(StreamCall* call, http::Client* client, http::ClientRequest request) {
  auto reader = co_await client->open(std::move(request));
  if (!reader) {
    const std::lock_guard lock(call->mutex_);
    call->error_ = reader.error().chain();
    co_return;
  }
  reader->extend(async::Deadline::in(std::chrono::minutes(5)));
  {
    const std::lock_guard lock(call->mutex_);
    call->head_ = reader->head();
  }
  while (!call->hung_up_) {
    if (call->held_) {
      co_await async::sleep_for(std::chrono::milliseconds(5));
      continue;
    }
    auto part = co_await reader->read(64U << 10);
    const std::lock_guard lock(call->mutex_);
    if (!part) call->error_ = part.error().chain();
    if (part) call->whole_ = part->empty();
    if (!part || part->empty()) co_return;
    call->body_ += *part;
  }
}

StreamCall::StreamCall(LoopbackNode& node, const std::string& target, http::Headers headers) {
  http::TlsClientOptions tls;
  tls.ca_pem = node.ca_pem;
  http::ClientOptions options;
  options.tls = *http::TlsClientContext::make(std::move(tls));
  http::ClientRequest request;
  request.target = target;
  request.host = "localhost";
  request.address = "127.0.0.1";
  request.port = node.node->service_port();
  request.headers = std::move(headers);
  request.headers.set("Authorization", "Bearer " + node.token);
  request.limits.body_bytes = 1U << 30;
  thread_ = std::thread([this, options, request = std::move(request)]() mutable {
    http::Client client(options);
    async::sync_wait(run(this, &client, std::move(request)));
    done_ = true;
  });
}

StreamCall::~StreamCall() {
  hung_up_ = true;
  thread_.join();
}

int StreamCall::status() const {
  const std::lock_guard lock(mutex_);
  return head_.status;
}

std::string StreamCall::header(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  return std::string(head_.headers.get(name));
}

std::string StreamCall::body() const {
  const std::lock_guard lock(mutex_);
  return body_;
}

std::size_t StreamCall::size() const {
  const std::lock_guard lock(mutex_);
  return body_.size();
}

std::string StreamCall::error() const {
  const std::lock_guard lock(mutex_);
  return error_;
}

std::string file_text(const std::filesystem::path& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace sekisho::test
