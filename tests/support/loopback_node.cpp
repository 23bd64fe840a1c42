#include "tests/support/loopback_node.hpp"

#include <fstream>
#include <stdexcept>
#include <thread>

#include <fmt/format.h>

#include "base/async/sync_wait.hpp"
#include "base/core/encoding.hpp"
#include "base/core/file.hpp"
#include "base/crypto/digest.hpp"
#include "tests/support/reserved_port.hpp"
#include "trust/zone/node_folder.hpp"

namespace sekisho::test {
namespace {

template <class T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error("loopback: " + result.error().chain());
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

void write(const std::filesystem::path& path, std::string_view text, mode_t mode = 0600) {
  must(write_file_atomic(path, as_bytes(text), mode));
}

http::ClientResponse wait_for(const http::ClientOptions& options, http::ClientRequest request) {
  http::Client client(options);
  request.limits.body_bytes = 8U << 20;
  auto answer = async::sync_wait(client.send(std::move(request)));
  if (answer) return std::move(*answer);
  http::ClientResponse none;
  none.body = answer.error().chain();
  return none;
}

LoopbackNode make_node(const std::filesystem::path& root, TestZone& zone, const std::string& dns, Instant now) {
  LoopbackNode out;
  out.dns = dns;
  out.folder = root / dns;
  std::filesystem::create_directories(out.folder);
  out.settings.file = out.folder / "node.yaml";
  out.settings.dns = dns;
  out.settings.data = out.folder / "data";
  out.settings.keys = out.folder / "keys";
  out.settings.anchor = out.folder / "anchor";
  out.settings.snapshot = out.folder / "snapshot.pb";
  out.settings.operator_socket = out.folder / "operator.sock";
  out.settings.service_certificate = out.folder / "service.pem";
  out.settings.service_key = out.folder / "service.key";
  out.settings.peer = {"127.0.0.1", reserve_port()};
  out.settings.service = {"127.0.0.1", 0};
  out.settings.clock_uncertainty = std::chrono::milliseconds(100);
  out.settings.workers = 2;
  const trust::NodeParticulars about{dns, dns, fmt::format("127.0.0.1:{}", out.settings.peer.port), ""};
  const Bytes request = must(trust::init_node_folder(out.settings.keys, about, now));
  const auto certificates =
      must(zone.authority->enroll(must(trust::NodeRequest::parse(request)), trust::Assurance::Substantial, now));
  must(trust::install_node_certificates(out.settings.keys, certificates.encode()));
  const TestAuthority web("Test Web CA");
  const http::TlsIdentity identity = web.issue("localhost");
  out.ca_pem = web.certificate_pem();
  write(out.settings.service_certificate, identity.chain_pem);
  write(out.settings.service_key, identity.key_pem);
  out.token = to_hex(sha256(as_bytes(dns + " data")));
  out.auditor = to_hex(sha256(as_bytes(dns + " audit")));
  return out;
}

JsonArray clients_of(const LoopbackNode& node) {
  const auto row = [](const char* id, const std::string& token, const char* scope) {
    return JsonObject{{"id", id}, {"token_sha256", to_hex(sha256(as_bytes(token)))}, {"scopes", JsonArray{scope}}};
  };
  return JsonArray{row("startup", node.token, "data"), row("auditor", node.auditor, "audit")};
}

Json policy(Instant until, int count) {
  const std::string profile = "https://w3id.org/sekisho/v1/";
  const auto limit = [](std::string left, const char* op, Json right) {
    return JsonObject{{"leftOperand", std::move(left)}, {"operator", op}, {"rightOperand", std::move(right)}};
  };
  return JsonObject{
      {"permission",
       JsonArray{JsonObject{
           {"action", "use"},
           {"constraint", JsonArray{limit("odrl:purpose", "isAnyOf", JsonArray{JsonObject{{"@id", kFoodSafety}}}),
                                    limit(profile + "recipientZone", "eq", "eu"),
                                    limit("odrl:dateTime", "lt",
                                          JsonObject{{"@value", to_rfc3339(until)}, {"@type", "xsd:dateTime"}}),
                                    limit("odrl:count", "lteq",
                                          JsonObject{{"@value", std::to_string(count)}, {"@type", "xsd:integer"}})}}}}},
      {"profile", JsonArray{profile}}};
}

Json view() {
  return JsonObject{{"media", "application/x-ndjson"},
                    {"rows", JsonArray{JsonObject{{"pointer", "/lot"}, {"op", "eq"}, {"value", "A"}}}},
                    {"fields", JsonObject{{"/lot", "keep"}, {"/value", "keep"}, {"/grower", "drop"}}}};
}

}  // namespace

bool eventually(const std::function<bool()>& holds, std::chrono::seconds time) {
  for (const auto deadline = async::Deadline::in(time); !deadline.expired(); std::this_thread::yield()) {
    if (holds()) return true;
  }
  return false;
}

bool LoopbackNode::start() {
  auto started = node::Node::start(settings);
  if (!started) {
    last_error = started.error().chain();
    return false;
  }
  node = std::move(*started);
  return true;
}

void LoopbackNode::stop() { node.reset(); }

void LoopbackNode::install_snapshot(BytesView snapshot) {
  must(write_file_atomic(settings.snapshot, snapshot));
  if (node) must(node->reload_snapshot());
}

http::ClientResponse LoopbackNode::service(std::string method, std::string target, std::string body,
                                           http::Headers headers) {
  http::TlsClientOptions tls;
  tls.ca_pem = ca_pem;
  http::ClientOptions options;
  options.tls = must(http::TlsClientContext::make(std::move(tls)));
  http::ClientRequest request;
  request.method = std::move(method);
  request.target = std::move(target);
  request.host = "localhost";
  request.address = "127.0.0.1";
  request.port = node->service_port();
  request.headers = std::move(headers);
  request.body = std::move(body);
  if (!request.headers.has("Authorization")) request.headers.set("Authorization", "Bearer " + token);
  if (!request.body.empty()) request.headers.set("Content-Type", "application/json");
  return wait_for(options, std::move(request));
}

http::ClientResponse LoopbackNode::operate(std::string method, std::string target, std::string body) {
  http::ClientRequest request;
  request.method = std::move(method);
  request.target = std::move(target);
  request.host = "localhost";
  request.unix_path = settings.operator_socket.string();
  request.tls = false;
  request.body = std::move(body);
  if (!request.body.empty()) request.headers.set("Content-Type", "application/json");
  return wait_for({}, std::move(request));
}

JsonObject LoopbackNode::status() { return object_in(operate("GET", "/status").body); }

std::shared_ptr<const http::TlsClientContext> LoopbackNode::peer_context() const {
  const trust::NodeFolder own = must(trust::load_node_folder(settings.keys));
  http::TlsClientOptions tls;
  tls.identity = http::TlsIdentity{own.tls_chain_pem, must(own.keys.tls.pem())};
  tls.judge = [](std::span<const Bytes>) -> Result<std::shared_ptr<const void>> {
    return std::shared_ptr<const void>();
  };
  return must(http::TlsClientContext::make(std::move(tls)));
}

http::ClientResponse LoopbackNode::ask_peer(const LoopbackNode& other, std::string method, std::string target,
                                            http::Headers headers, std::string body) {
  http::ClientOptions options;
  options.tls = peer_context();
  http::ClientRequest request;
  request.method = std::move(method);
  request.target = std::move(target);
  request.host = other.dns;
  request.address = "127.0.0.1";
  request.port = other.node->peer_port();
  request.headers = std::move(headers);
  request.body = std::move(body);
  if (!request.body.empty()) request.headers.set("Content-Type", "application/json");
  return wait_for(options, std::move(request));
}

LoopbackWorld::LoopbackWorld() {
  const Instant now = SystemClock().now();
  jp = make_zone("jp", now);
  eu = make_zone("eu", now);
  recognise(jp, eu, now);
  farm = make_node(folder.path(), jp, "farm.jp.example", now);
  trade = make_node(folder.path(), eu, "trade.eu.example", now);
  publish();
  std::ofstream rows(folder.path() / "rows.ndjson");
  for (int n = 0; n < 6; ++n) {
    rows << fmt::format("{{\"lot\":\"{}\",\"value\":{},\"grower\":{{\"name\":\"{}\"}}}}\n", n % 2 == 0 ? 'A' : 'B', n,
                        kGrower);
  }
  write(folder.path() / "large.ndjson", [] {
    std::string large;
    while (large.size() < (3U << 19)) large += "{\"lot\":\"A\",\"text\":\"" + std::string(1000, 'x') + "\"}\n";
    return large;
  }());
  std::filesystem::copy_file(folder.path() / "rows.ndjson", folder.path() / "gone.ndjson");
}

LoopbackWorld::~LoopbackWorld() {
  trade.stop();
  farm.stop();
}

void LoopbackWorld::publish() {
  const Instant now = SystemClock().now();
  for (TestZone* zone : {&jp, &eu}) test::publish(*zone, now);
  must(jp.authority->import_peer_snapshot(eu.snapshot, now));
  must(eu.authority->import_peer_snapshot(jp.snapshot, now));
  for (TestZone* zone : {&jp, &eu}) test::publish(*zone, now);
  farm.install_snapshot(jp.snapshot);
  trade.install_snapshot(eu.snapshot);
}

JsonObject LoopbackWorld::offers() const {
  const Instant year = SystemClock().now() + std::chrono::hours(24 * 365);
  struct Row {
    const char* id;
    const char* source;
    bool shaped;
    Instant until;
    int count;
  };
  const Row rows[] = {{"events", "rows", true, year, 10000},
                      {"twice", "rows", true, year, 2},
                      {"late", "rows", true, SystemClock().now() - std::chrono::seconds(5), 10},
                      {"large", "large", false, year, 100},
                      {"gone", "gone", true, year, 100}};
  JsonArray sources, datasets, offers;
  for (const char* name : {"rows", "large", "gone"}) {
    const std::string path = (folder.path() / (std::string(name) + ".ndjson")).string();
    sources.push_back(JsonObject{{"name", name}, {"manifest", JsonObject{{"kind", "file"}, {"path", path}}}});
  }
  for (const Row& row : rows) {
    JsonObject dataset{{"id", row.id}, {"title", row.id}, {"source", row.source}, {"media", "application/x-ndjson"}};
    if (row.shaped) dataset["view"] = view();
    datasets.push_back(std::move(dataset));
    offers.push_back(JsonObject{
        {"id", fmt::format("offer-{}", row.id)}, {"dataset", row.id}, {"policy", policy(row.until, row.count)}});
  }
  return JsonObject{{"sources", std::move(sources)},
                    {"datasets", std::move(datasets)},
                    {"offers", std::move(offers)},
                    {"clients", clients_of(farm)}};
}

void LoopbackWorld::start() {
  for (LoopbackNode* node : {&farm, &trade}) {
    if (!node->start()) throw std::runtime_error(node->dns + ": " + node->last_error);
  }
  apply();
}

void LoopbackWorld::apply() {
  const auto offered = farm.operate("POST", "/apply", to_text(Json(offers())));
  if (offered.status != 200) throw std::runtime_error("apply: " + offered.body);
  const auto clients = trade.operate("POST", "/apply", to_text(Json(JsonObject{{"clients", clients_of(trade)}})));
  if (clients.status != 200) throw std::runtime_error("apply: " + clients.body);
}

std::string data_target(std::string_view dataset, std::string_view purpose) {
  std::string escaped(purpose);
  if (const auto at = escaped.find('#'); at != std::string::npos) escaped.replace(at, 1, "%23");
  return fmt::format("/v1/data/farm.jp.example?dataset={}&purpose={}", dataset, escaped);
}

JsonObject object_in(const std::string& body) {
  const auto parsed = parse_json(body);
  return parsed && parsed->is_object() ? parsed->get_object() : JsonObject{};
}

std::string code_in(const http::ClientResponse& answer) {
  const auto code = get_string(object_in(answer.body), "code");
  return code ? *code : "no code: " + answer.body.substr(0, 300);
}

}  // namespace sekisho::test
