#include "node/server/pipeline.hpp"

#include <set>

#include "base/async/event.hpp"
#include "base/async/spawn.hpp"
#include "base/async/timer.hpp"
#include "base/core/json.hpp"
#include "base/core/uuid.hpp"
#include "tests/support/co_test.hpp"

#include <unistd.h>

namespace sekisho::node {
namespace {

async::Task<http::Response> say_caller(http::Request request) {
  const auto client = client_of(request);
  co_return http::text_response(200, client ? client->id : "nobody");
}
async::Task<http::Response> say_deadline(http::Request request) {
  co_return http::text_response(200, request.deadline.is_never() ? "never" : "soon");
}
async::Task<http::Response> throws(http::Request) {
  throw std::runtime_error("secret of the handler");
  co_return http::Response{};
}

std::shared_ptr<const Router> table() {
  return Router::make({{"GET", "/open", Access::open("test"), 0, "", say_deadline},
                       {"GET", "/participant", Access::participant(), 0, "", say_caller},
                       {"GET", "/data", Access::client("data"), 0, "", say_caller},
                       {"GET", "/operator", Access::operator_socket(), 0, "", say_caller},
                       {"GET", "/throws", Access::open("test"), 0, "", throws}})
      .value();
}

Result<std::shared_ptr<const ClientIdentity>> authenticate(std::string_view token) {
  if (token == "good") return std::make_shared<const ClientIdentity>(ClientIdentity{"acme", {"data"}});
  if (token == "auditor") return std::make_shared<const ClientIdentity>(ClientIdentity{"kpmg", {"audit"}});
  return fail(Code::TokenInvalid, "no such token");
}

http::Request request(std::string path, std::shared_ptr<http::Peer> peer = std::make_shared<http::Peer>()) {
  http::Request r;
  r.method = "GET";
  r.path = path;
  r.segments = {path.substr(1)};
  r.peer = std::move(peer);
  return r;
}

Code refused(const Pipeline& pipeline, http::Request r) {
  auto admitted = pipeline.admit(r);
  EXPECT_FALSE(admitted.has_value());
  return admitted ? Code::Internal : admitted.error().code;
}

TEST(Pipeline, AccessRules) {
  PipelineOptions options;
  options.authenticate = authenticate;
  const Pipeline pipeline(table(), options);

  auto nobody = request("/participant");
  EXPECT_EQ(refused(pipeline, nobody), Code::Unauthenticated);
  auto judged = std::make_shared<http::Peer>();
  judged->refusal = std::make_shared<const Error>(Code::ZoneNotRecognised, "xx");
  EXPECT_EQ(refused(pipeline, request("/participant", judged)), Code::ZoneNotRecognised);
  auto known = std::make_shared<http::Peer>();
  known->identity = std::make_shared<const int>(1);
  auto participant = request("/participant", known);
  EXPECT_TRUE(pipeline.admit(participant).has_value());

  EXPECT_EQ(refused(pipeline, request("/operator", known)), Code::Forbidden);
  auto local = std::make_shared<http::Peer>();
  local->unix_socket = true;
  local->uid = ::geteuid();
  auto by_operator = request("/operator", local);
  EXPECT_TRUE(pipeline.admit(by_operator).has_value());
  local->uid = ::geteuid() + 1;
  EXPECT_EQ(refused(pipeline, request("/operator", local)), Code::Forbidden);
}

TEST(Pipeline, BearerTokens) {
  PipelineOptions options;
  options.authenticate = authenticate;
  const Pipeline pipeline(table(), options);
  struct Case {
    const char* field;
    Code code;
  };
  for (const auto& c : std::vector<Case>{{"Bearer bad", Code::TokenInvalid},
                                         {"Bearer auditor", Code::Forbidden},
                                         {"Basic good", Code::Unauthenticated},
                                         {"Bearer", Code::Unauthenticated},
                                         {"Bearer ", Code::Unauthenticated},
                                         {"Bearer good good", Code::Unauthenticated},
                                         {"good", Code::Unauthenticated}}) {
    auto r = request("/data");
    r.headers.add("Authorization", c.field);
    EXPECT_EQ(refused(pipeline, r), c.code) << c.field;
  }
  EXPECT_EQ(refused(pipeline, request("/data")), Code::Unauthenticated);
  auto twice = request("/data");
  twice.headers.add("Authorization", "Bearer good");
  twice.headers.add("Authorization", "Bearer good");
  EXPECT_EQ(refused(pipeline, twice), Code::Unauthenticated);
  auto good = request("/data");
  good.headers.add("authorization", "bearer good");
  ASSERT_TRUE(pipeline.admit(good).has_value());
  EXPECT_EQ(client_of(good)->id, "acme");
  const Pipeline without(table(), {});
  EXPECT_EQ(refused(without, good), Code::Unauthenticated) << "no authenticator admits nobody";
}

TEST(Pipeline, RefusalsAreProblemDocumentsWithAnId) {
  std::vector<int> statuses;
  PipelineOptions options;
  options.observe = [&](const Observed& o) { statuses.push_back(o.status); };
  const Pipeline pipeline(table(), options);
  struct Case {
    Error error;
    bool by_judge;
    int status;
    bool close;
  };
  for (const auto& c : std::vector<Case>{{Error(Code::NotFound, ""), false, 404, false},
                                         {Error(Code::Unauthenticated, ""), false, 401, true},
                                         {Error(Code::PathInvalid, ""), true, 401, true},
                                         {Error(Code::PathInvalid, ""), false, 422, false},
                                         {Error(Code::SnapshotStale, ""), true, 503, false}}) {
    auto peer = std::make_shared<http::Peer>();
    if (c.by_judge) peer->refusal = std::make_shared<const Error>(c.error);
    auto r = request("/x", peer);
    const http::Response response = pipeline.refuse(c.error, r);
    EXPECT_EQ(response.status, c.status);
    EXPECT_EQ(response.close, c.close);
    const auto id = response.headers.get("Sekisho-Correlation-Id");
    auto uuid = uuid_from_text(id);
    ASSERT_TRUE(uuid.has_value()) << id;
    EXPECT_EQ(version(*uuid), 7);
    auto document = parse_json(response.body).value();
    EXPECT_EQ(document.at("correlationId").as_string(), id);
    EXPECT_EQ(document.at("status").as_int64(), c.status);
  }
  const std::vector<int> expected{404, 401, 401, 422, 503};
  EXPECT_EQ(statuses, expected);
}

TEST(Pipeline, CorrelationIdsDiffer) {
  const Pipeline pipeline(table(), {});
  const Pipeline other(table(), {});
  std::set<std::string> seen;
  for (int i = 0; i < 2000; ++i) {
    seen.insert(pipeline.correlation_id());
    seen.insert(other.correlation_id());
  }
  EXPECT_EQ(seen.size(), 4000U);
}

async::Task<http::Response> run(Pipeline& pipeline, std::string path) {
  auto r = request(std::move(path));
  r.correlation_id = "id-1";
  auto admitted = pipeline.admit(r);
  if (!admitted) co_return pipeline.refuse(admitted.error(), r);
  co_return co_await pipeline.run(*admitted, std::move(r));
}

CO_TEST(Pipeline, AHandlersExceptionIsAnInternalErrorWithoutItsText) {
  std::string seen;
  PipelineOptions options;
  options.observe = [&](const Observed& o) { seen = o.error ? o.error->message : ""; };
  Pipeline pipeline(table(), options);
  auto response = co_await run(pipeline, "/throws");
  EXPECT_EQ(response.status, 500);
  EXPECT_EQ(response.headers.get("Sekisho-Correlation-Id"), "id-1");
  EXPECT_EQ(response.body.find("secret"), std::string::npos);
  EXPECT_NE(seen.find("secret"), std::string::npos) << "the operator sees it";
}

CO_TEST(Pipeline, GivesADeadline) {
  Pipeline pipeline(table(), {});
  auto response = co_await run(pipeline, "/open");
  EXPECT_EQ(response.body, "soon");
}

CO_TEST(Pipeline, DrainingRefuses) {
  Pipeline pipeline(table(), {});
  pipeline.set_draining(true);
  auto response = co_await run(pipeline, "/open");
  EXPECT_EQ(response.status, 503);
  EXPECT_TRUE(response.close);
  EXPECT_EQ(parse_json(response.body)->at("code").as_string(), "DRAINING");
}

struct Gate {
  async::Event open;
  int inside = 0;
  explicit Gate(const async::Executor& executor) : open(executor) {}
};

async::Task<http::Response> wait_at(Gate& gate) {
  ++gate.inside;
  co_await gate.open.wait();
  co_return http::text_response(200, "done");
}

async::Task<void> run_into(Pipeline& pipeline, int& status) {
  auto response = co_await run(pipeline, "/wait");
  status = response.status;
}

CO_TEST(Pipeline, AdmitsUpToItsLimit) {
  auto executor = co_await async::current_executor();
  Gate gate(executor);
  const Handler handler = [&gate](http::Request) { return wait_at(gate); };
  auto router = Router::make({{"GET", "/wait", Access::open("test"), 0, "", handler}}).value();
  PipelineOptions options;
  options.most_running = 1;
  Pipeline pipeline(router, options);
  int first = 0;
  async::spawn(executor, run_into(pipeline, first));
  while (gate.inside == 0) co_await async::sleep_for(std::chrono::nanoseconds(0));
  auto second = co_await run(pipeline, "/wait");
  EXPECT_EQ(second.status, 503);
  EXPECT_EQ(second.headers.get("Retry-After"), "1");
  gate.open.set();
  while (first == 0) co_await async::sleep_for(std::chrono::nanoseconds(0));
  EXPECT_EQ(first, 200);
  EXPECT_EQ(pipeline.running(), 0U);
}

CO_TEST(Pipeline, FirstAndLast) {
  PipelineOptions options;
  options.first = [](const http::Request& r) -> std::optional<http::Response> {
    if (r.path != "/first") return std::nullopt;
    return http::text_response(204, "");
  };
  options.last = [](const http::Headers& asked, http::Response& response) {
    response.headers.set("X-Origin", std::string(asked.get("Origin")));
  };
  Pipeline pipeline(table(), options);
  auto early = request("/first");
  early.headers.add("Origin", "o");
  auto answer = pipeline.early(early);
  CO_ASSERT(answer.has_value());
  EXPECT_EQ(answer->status, 204);
  EXPECT_EQ(answer->headers.get("X-Origin"), "o");
  auto other = request("/open");
  EXPECT_FALSE(pipeline.early(other).has_value());
  auto refused_one = request("/nowhere");
  refused_one.headers.add("Origin", "p");
  auto refusal = pipeline.refuse(Error(Code::NotFound, ""), refused_one);
  EXPECT_EQ(refusal.headers.get("X-Origin"), "p");
}

CO_TEST(Pipeline, RefusalsAreDressedForTheirPath) {
  PipelineOptions options;
  std::vector<std::string> paths;
  options.dress = [&paths](const Error& error, std::string_view path, http::Response& response) {
    paths.emplace_back(path);
    response.body = error.name();
  };
  Pipeline pipeline(table(), options);
  http::Request unread;
  unread.target = "/%zz";
  EXPECT_EQ(pipeline.refuse(Error(Code::UriSyntax, "x"), unread).body, "URI_SYNTAX");
  http::Request known = request("/open");
  const auto large = pipeline.refuse(Error(Code::BodyTooLarge, "x"), known);
  EXPECT_EQ(large.body, "BODY_TOO_LARGE");
  EXPECT_EQ(large.status, 413);
  EXPECT_TRUE(large.headers.has("Sekisho-Correlation-Id"));
  auto thrown = co_await run(pipeline, "/throws");
  EXPECT_EQ(thrown.body, "INTERNAL");
  pipeline.set_draining(true);
  auto late = co_await run(pipeline, "/open");
  EXPECT_EQ(late.body, "DRAINING");
  EXPECT_EQ(paths, (std::vector<std::string>{"/%zz", "/open", "/throws", "/open"}));
}

}  // namespace
}  // namespace sekisho::node
