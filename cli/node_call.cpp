#include "cli/node_call.hpp"

#include <cstdlib>
#include <limits>

#include <fmt/format.h>

#include "base/async/sync_wait.hpp"
#include "base/core/file.hpp"
#include "base/core/json.hpp"
#include "base/http/url.hpp"

namespace sekisho::cli {
namespace {

constexpr std::size_t kMaxFile = 1U << 20;
constexpr std::size_t kMaxAnswer = 8U << 20;
constexpr std::size_t kMaxLine = 4U << 20;
constexpr std::size_t kMaxStream = 4ULL << 30;
constexpr std::chrono::seconds kTime{60};
constexpr std::chrono::hours kStreamTime{1};
constexpr std::chrono::hours kEndlessTime{24};

Result<std::string> read_token(const NodeAddress& node) {
  std::string text;
  if (!node.token_file.empty()) {
    const auto bytes = read_private_file(node.token_file, 4096);
    if (!bytes) return fail(bytes.error());
    text = std::string(as_text(*bytes));
  } else if (const char* value = std::getenv("SEKISHO_TOKEN"); value != nullptr) {
    text = value;
  }
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  if (text.empty()) return fail(Code::Unauthenticated, "no token: give --token-file or SEKISHO_TOKEN");
  return text;
}

struct Prepared {
  std::shared_ptr<http::Client> client;
  http::ClientRequest request;
};

Result<Prepared> prepare(const NodeAddress& node, Call call) {
  Prepared out;
  http::ClientOptions options;
  out.request.method = std::move(call.method);
  out.request.target = std::move(call.target);
  out.request.headers = std::move(call.headers);
  out.request.body = std::move(call.body);
  if (!out.request.body.empty()) out.request.headers.set("Content-Type", "application/json");
  if (!node.socket.empty()) {
    out.request.unix_path = node.socket.string();
    out.request.host = "localhost";
    out.request.tls = false;
  } else {
    const auto url = http::parse_url(node.url);
    if (!url) return fail(url.error());
    if (url->scheme != "https" || url->path != "/") return fail(Code::UriSyntax, fmt::format("'{}' is not of the form https://name:port", node.url));
    http::TlsClientOptions tls;
    tls.ca_pem = "system";
    if (!node.ca_file.empty()) {
      const auto pem = read_file(node.ca_file, kMaxFile);
      if (!pem) return fail(pem.error());
      tls.ca_pem = std::string(as_text(*pem));
    }
    auto context = http::TlsClientContext::make(std::move(tls));
    if (!context) return fail(context.error());
    options.tls = std::move(*context);
    out.request.host = url->host;
    out.request.port = url->port;
    auto token = read_token(node);
    if (!token) return fail(token.error());
    out.request.headers.set("Authorization", "Bearer " + *token);
  }
  out.client = std::make_shared<http::Client>(std::move(options));
  return out;
}

Error problem_of(const http::ClientResponse& answer, std::string_view body) {
  Error out(Code::PeerRefused, fmt::format("the node answered {}", answer.status));
  const auto document = parse_json(body);
  if (!document || !document->is_object()) return out;
  const JsonObject& problem = document->get_object();
  const auto code = get_string(problem, "code");
  for (const CodeInfo& info : kCodeTable) {
    if (code && info.name == *code) out.code = info.code;
  }
  out.message = fmt::format("{} ({})", code ? std::string(code_info(out.code).title) : "the node refused", answer.status);
  const auto* help = problem.if_contains("help");
  if (help != nullptr && help->is_object()) {
    for (const auto& member : help->get_object()) {
      out.help.emplace_back(std::string(member.key()),
                            member.value().is_string() ? std::string(member.value().get_string()) : to_text(member.value()));
    }
  }
  if (const auto correlation = get_optional_string(problem, "correlationId"); correlation && *correlation) {
    out.help.emplace_back("correlation", **correlation);
  }
  return out;
}

async::Task<Status> read_lines(http::Client& client, http::ClientRequest request, const std::function<Status(std::string_view)>& each) {
  auto reader = co_await client.open(std::move(request));
  if (!reader) co_return fail(reader.error());
  std::string rest;
  for (;;) {
    auto part = co_await reader->read(64U << 10);
    if (!part) co_return fail(part.error());
    if (part->empty()) break;
    rest += *part;
    if (reader->head().status != 200) continue;
    std::size_t begin = 0;
    for (std::size_t end = rest.find('\n'); end != std::string::npos; end = rest.find('\n', begin)) {
      auto taken = each(std::string_view(rest).substr(begin, end - begin));
      if (!taken) co_return taken;
      begin = end + 1;
    }
    rest.erase(0, begin);
    if (rest.size() > kMaxLine) co_return fail(Code::LimitExceeded, "a line of the answer is over 4 MiB");
  }
  if (reader->head().status != 200) co_return fail(problem_of(reader->head(), rest));
  if (!rest.empty()) co_return fail(Code::Truncated, "the answer ends in the middle of a line");
  co_return Status();
}

async::Task<Status> read_parts(http::Client& client, http::ClientRequest request, const AnswerSink& sink) {
  auto reader = co_await client.open(std::move(request));
  if (!reader) co_return fail(reader.error());
  reader->extend(async::Deadline::in(kEndlessTime));
  const bool good = reader->head().status == 200;
  if (good) {
    auto begun = sink.head(reader->head());
    if (!begun) co_return begun;
  }
  std::string problem;
  for (;;) {
    auto part = co_await reader->read(256U << 10);
    if (!part) co_return fail(part.error());
    if (part->empty()) break;
    Status taken;
    if (good) taken = sink.part(*part);
    if (!taken) co_return taken;
    if (!good && problem.size() < kMaxLine) problem += *part;
  }
  if (!good) co_return fail(problem_of(reader->head(), problem));
  co_return Status();
}

}  // namespace

Status call_stream(const NodeAddress& node, Call request, const AnswerSink& sink) {
  auto prepared = prepare(node, std::move(request));
  if (!prepared) return fail(prepared.error());
  prepared->request.limits.body_bytes = std::numeric_limits<std::size_t>::max();
  prepared->request.deadline = async::Deadline::in(kTime);
  return async::sync_wait(read_parts(*prepared->client, std::move(prepared->request), sink));
}

Result<http::ClientResponse> call(const NodeAddress& node, Call request) {
  auto prepared = prepare(node, std::move(request));
  if (!prepared) return fail(prepared.error());
  prepared->request.limits.body_bytes = kMaxAnswer;
  prepared->request.deadline = async::Deadline::in(kTime);
  auto answer = async::sync_wait(prepared->client->send(std::move(prepared->request)));
  if (!answer) return fail(answer.error());
  if (answer->status < 200 || answer->status > 299) return fail(problem_of(*answer, answer->body));
  return answer;
}

Result<JsonObject> call_operator(const std::filesystem::path& socket, Call request) {
  const auto answer = call(NodeAddress{{}, {}, {}, socket}, std::move(request));
  if (!answer) return fail(answer.error());
  auto document = parse_json(answer->body, JsonLimits{kMaxAnswer, 32, 1'000'000});
  if (!document) return fail(document.error());
  if (!document->is_object()) return fail(Code::JsonShape, "the answer is no object");
  return std::move(document->get_object());
}

Status call_lines(const NodeAddress& node, Call request, const std::function<Status(std::string_view)>& each) {
  auto prepared = prepare(node, std::move(request));
  if (!prepared) return fail(prepared.error());
  prepared->request.limits.body_bytes = kMaxStream;
  prepared->request.deadline = async::Deadline::in(kStreamTime);
  return async::sync_wait(read_lines(*prepared->client, std::move(prepared->request), each));
}

}  // namespace sekisho::cli
