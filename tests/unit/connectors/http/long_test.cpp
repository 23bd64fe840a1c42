// Bodies that are long, do not end or do not come: constant memory, idle batches, cancellation, resumption.
#include <thread>

#include "tests/unit/connectors/http/plan_kit.hpp"

namespace sekisho::connectors {
namespace {

using kit::Ask;
using kit::Got;
using kit::plan;
using namespace std::chrono_literals;

constexpr const char* kNdjsonHead =
    "HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n";

std::string chunk(const std::string& text) { return fmt::format("{:x}\r\n{}\r\n", text.size(), text); }

struct Bench {
  std::shared_ptr<test::HandlerServer> server;
  Context context;
  std::unique_ptr<Connector> connector;
  std::unique_ptr<Reader> reader;
};

// A source at a server that leaves every call open.
async::Task<std::shared_ptr<Bench>> make_bench(std::string manifest) {
  auto bench = std::make_shared<Bench>();
  const async::Executor executor = co_await async::current_executor();
  bench->server = test::start_handler(executor, [](const test::Asked&) { return std::string(); });
  bench->context = kit::context_for(bench->server->port, "CANARY");
  const std::string text = kit::with_port(std::move(manifest), bench->server->port);
  bench->connector = make_connector(parse_source_manifest_text(text).value(), bench->context).value();
  co_return bench;
}

async::Task<void> open_reader(std::shared_ptr<Bench> bench) {
  Result<std::unique_ptr<Reader>> reader = co_await bench->connector->open(async::Deadline::in(10s));
  EXPECT_TRUE(reader);
  if (reader) bench->reader = std::move(*reader);
}

async::Task<void> when_asked(std::shared_ptr<Bench> bench) {
  while (bench->server->held.empty()) co_await async::sleep_for(1ms);
}

async::Task<void> send_when_asked(std::shared_ptr<Bench> bench, std::string octets) {
  co_await when_asked(bench);
  Status sent = co_await bench->server->held[0]->write_all(octets);
  EXPECT_TRUE(sent);
}

async::Task<Result<Batch>> read_for(std::shared_ptr<Bench> bench, std::chrono::milliseconds time) {
  const Credits credits{1000, 1U << 20, async::Deadline::in(time)};
  Result<Batch> batch = co_await bench->reader->read(credits);
  co_return batch;
}

void close_bench(Bench& bench) {
  bench.reader.reset();
  bench.server->acceptor->close();
  bench.server->held.clear();
}

async::Task<void> cancel_when_asked(std::shared_ptr<Bench> bench) {
  co_await when_asked(bench);
  // From another thread, as a node does it.
  std::jthread([&bench] { bench->reader->cancel(); }).join();
}

async::Task<void> cancelling(std::string manifest, std::string sent) {
  const std::shared_ptr<Bench> bench = co_await make_bench(std::move(manifest));
  const async::Executor executor = co_await async::current_executor();
  if (!sent.empty()) async::spawn(executor, send_when_asked(bench, std::move(sent)), "send");
  co_await open_reader(bench);
  async::spawn(executor, cancel_when_asked(bench), "cancel");
  Result<Batch> batch = Batch();
  while (batch) batch = co_await read_for(bench, 60s);  // the deadline would come long after the test's
  EXPECT_EQ(batch.error().code, Code::Cancelled) << batch.error().chain();
  EXPECT_TRUE(bench->connector->health().working) << "that nobody wanted it is not the source's fault";
  if (!bench->server->held.empty()) {
    // The connection is closed, not only left: the server reads its end.
    std::array<char, 16> octets{};
    Result<std::size_t> end = co_await bench->server->held[0]->read_some(octets);
    EXPECT_TRUE(!end || *end == 0);
  }
  close_bench(*bench);
}

TEST(LongBody, CancelEndsAReadOfASilentSource) {
  const std::string timeout = R"("timeout_ms":30000,)";
  async::sync_wait(cancelling(plan(R"("select":"/*")", timeout), ""));
  async::sync_wait(cancelling(plan(R"("format":"ndjson")", timeout), ""));
  async::sync_wait(cancelling(plan(R"("format":"ndjson","endless":true)", timeout), kNdjsonHead));
  async::sync_wait(
      cancelling(plan(R"("format":"opaque")", timeout), "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc"));
  async::sync_wait(cancelling(plan(R"("select":"/*")", timeout),
                              "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n[1"));
}

async::Task<void> living(std::string manifest) {
  const std::shared_ptr<Bench> bench = co_await make_bench(std::move(manifest));
  const async::Executor executor = co_await async::current_executor();
  async::spawn(executor, send_when_asked(bench, kNdjsonHead + chunk("{\"n\":1}\n{\"n\":")), "send");
  co_await open_reader(bench);
  Result<Batch> first = co_await read_for(bench, 10s);
  EXPECT_EQ(first ? first->content : first.error().chain(), "{\"n\":1}\n");
  Result<Batch> idle = co_await read_for(bench, 20ms);
  EXPECT_TRUE(idle && idle->idle && idle->content.empty() && !idle->end);
  async::spawn(executor, send_when_asked(bench, chunk("2}\n")), "send");
  Result<Batch> second = co_await read_for(bench, 10s);
  EXPECT_EQ(second ? second->content : second.error().chain(), "{\"n\":2}\n");
  async::spawn(executor, send_when_asked(bench, "0\r\n\r\n"), "send");
  Result<Batch> end = co_await read_for(bench, 10s);
  EXPECT_TRUE(end && end->end && end->content.empty());
  EXPECT_EQ(bench->server->asked.size(), 1U);
  close_bench(*bench);
}

TEST(LongBody, EndlessSourceIsIdleBetweenItsRecordsAndKeepsItsConnection) {
  // The time of one call is short: it is that of the head.
  async::sync_wait(living(plan(R"("format":"ndjson","endless":true)", R"("timeout_ms":2000,)")));
  async::sync_wait(living(R"({"kind":"http","url":"http://127.0.0.1:@P/x","endless":true,"timeout_ms":2000})"));
}

async::Task<void> lively(std::string manifest) {
  const std::shared_ptr<Bench> bench = co_await make_bench(std::move(manifest));
  const async::Executor executor = co_await async::current_executor();
  async::spawn(executor, send_when_asked(bench, kNdjsonHead + chunk("{\"n\":0}\n")), "send");
  co_await open_reader(bench);
  Result<Batch> first = co_await read_for(bench, 10s);
  EXPECT_EQ(first ? first->records : 0U, 1U);
  // Chunk by chunk, while the reader is busy elsewhere.
  for (int n = 1; n <= 40; ++n) {
    co_await send_when_asked(bench, chunk(fmt::format("{{\"n\":{}}}\n", n)));
    co_await async::sleep_for(1ms);
  }
  std::size_t records = 0;
  int reads = 0;
  while (records < 40 && reads < 40) {
    Result<Batch> batch = co_await read_for(bench, 10s);
    EXPECT_TRUE(batch) << batch.error().chain();
    if (!batch) break;
    records += batch->records;
    ++reads;
  }
  EXPECT_EQ(records, 40U);
  EXPECT_LE(reads, 3);
  close_bench(*bench);
}

TEST(LongBody, WhatArrivedMeanwhileComesInOneBatch) {
  async::sync_wait(lively(plan(R"("format":"ndjson","endless":true)", R"("timeout_ms":2000,)")));
  async::sync_wait(lively(R"({"kind":"http","url":"http://127.0.0.1:@P/x","endless":true,"timeout_ms":2000})"));
}

// A file of a server that knows ranges; without a tag where `etag` is empty.
struct File {
  std::string content;
  std::string etag;
  bool ranges = true;
  std::size_t stop = SIZE_MAX;  // octets after which the connection breaks, once

  std::string operator()(const test::Asked& asked) {
    const std::string range = asked.field("Range");
    const std::string wanted = asked.field("If-Range");
    const bool part = ranges && !range.empty() && (wanted.empty() || wanted == etag);
    const std::size_t from = part ? std::stoul(range.substr(6)) : 0;
    std::string head = part ? fmt::format("HTTP/1.1 206 Part\r\nContent-Range: bytes {}-{}/{}\r\n", from,
                                          content.size() - 1, content.size())
                            : std::string("HTTP/1.1 200 OK\r\n");
    if (!etag.empty()) head += "ETag: " + etag + "\r\n";
    const std::string body = content.substr(from, std::exchange(stop, SIZE_MAX));
    return head +
           fmt::format("Connection: close\r\nContent-Type: application/x-ndjson\r\nContent-Length: {}\r\n\r\n",
                       content.size() - from) +
           body;
  }
};

std::string lines(std::size_t n) {
  std::string out;
  for (std::size_t i = 0; i < n; ++i) out += fmt::format("{{\"n\":{}}}\n", i);
  return out;
}

Got read(const std::string& format, const File& file, Ask ask) {
  const auto served = std::make_shared<File>(file);
  return kit::play(
      plan("\"format\":\"" + format + "\""), [served](const test::Asked& a) { return (*served)(a); }, std::move(ask));
}

TEST(LongBody, EveryCursorGoesOnWithoutLossOrDuplicate) {
  struct Case {
    const char* name;
    const char* format;
    File file;
  };
  const std::string all = lines(300);
  const Case cases[] = {{"lines with a tag", "ndjson", {all, "\"v1\""}},
                        {"lines without", "ndjson", {all, ""}},
                        {"octets with a tag", "opaque", {all, "\"v1\""}},
                        {"octets without", "opaque", {all, ""}},
                        {"a server without ranges", "opaque", {all, "\"v1\"", false}}};
  for (const Case& c : cases) {
    const Got whole = read(c.format, c.file, Ask{.records = 50, .bytes = 700});
    ASSERT_EQ(whole.content, all) << c.name << whole.message;
    ASSERT_GE(whole.cursors.size(), 5U) << c.name;
    for (const std::string& cursor : whole.cursors) {
      const auto position = parse_json(cursor).value();
      const auto at = static_cast<std::size_t>(position.at("at").as_int64());
      const Got rest = read(c.format, c.file, Ask{.cursor = cursor});
      EXPECT_EQ(rest.content, all.substr(at)) << c.name << cursor << rest.message;
    }
  }
}

TEST(LongBody, AnotherBodyUnderTheNameIsNotGoneOnWith) {
  const File was{lines(300), "\"v1\""};
  const Got whole = read("opaque", was, Ask{.bytes = 700});
  EXPECT_EQ(read("opaque", {lines(300), "\"v2\""}, Ask{.cursor = whole.cursors[0]}).content, "SOURCE_FAILED");
  const Got untagged = read("opaque", {lines(300), ""}, Ask{.bytes = 700});
  EXPECT_EQ(read("opaque", {lines(301), ""}, Ask{.cursor = untagged.cursors[0]}).content, "SOURCE_FAILED");
  for (const char* cursor : {R"({"v":1,"kind":"octets","at":9})", R"({"v":1,"kind":"octets","at":-1,"size":3})",
                             R"({"v":1,"kind":"octets","at":4,"size":3})", R"({"v":2,"kind":"octets","at":0})",
                             R"({"v":1,"kind":"octets","at":1,"etag":"a\r\nHost: b"})"}) {
    EXPECT_EQ(read("opaque", was, Ask{.cursor = cursor}).content, "SOURCE_FAILED") << cursor;
  }
}

TEST(LongBody, ABrokenLineIsMadeAgainWhereItBroke) {
  for (const char* format : {"ndjson", "opaque"}) {
    File file{lines(300), "\"v1\""};
    file.stop = 1003;  // inside of a line
    const Got got = read(format, file, Ask{.records = 50, .bytes = 700});
    EXPECT_EQ(got.content, lines(300)) << format << got.message;
    ASSERT_EQ(got.asked.size(), 2U) << format;
    EXPECT_TRUE(got.asked[1].field("Range").starts_with("bytes=")) << format << got.asked[1].head;
  }
}

TEST(LongBody, MediaOfOpaqueOctetsIsLookedAt) {
  const std::string png =
      "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: image/png\r\nContent-Length: 3\r\n\r\n\x89PN";
  EXPECT_EQ(kit::run(plan(R"("format":"opaque","media":"image/png")"), {png}).content, "\x89PN");
  EXPECT_EQ(kit::run(plan(R"("format":"opaque","media":"image/tiff")"), {png}).content, "SOURCE_FAILED");
}

}  // namespace
}  // namespace sekisho::connectors
