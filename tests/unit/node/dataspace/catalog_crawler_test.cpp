#include "node/dataspace/catalog_crawler.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include <fmt/format.h>

#include "base/async/sync_wait.hpp"
#include "base/async/timer.hpp"
#include "base/async/worker_pool.hpp"
#include "base/core/encoding.hpp"
#include "base/http/url.hpp"
#include "node/dataspace/catalog_service.hpp"
#include "tests/support/test_zone.hpp"

namespace sekisho::node {
namespace {

const Instant kNow{std::chrono::sys_days{std::chrono::year{2026} / 11 / 24} + std::chrono::hours(13)};

Json json(std::string_view text) { return parse_json(text).value(); }

// The catalogue of farm.jp.example behind a channel that counts and can be told to misbehave.
class Channel final : public PeerChannel {
 public:
  Channel() : catalog("did:web:farm.jp.example", "farm.jp.example") { offer(250); }

  void offer(std::size_t datasets, std::string_view title = "Events") {
    CatalogObjects all;
    all.sources.push_back({"s", json(R"({"kind": "file"})")});
    for (std::size_t i = 0; i < datasets; ++i) {
      DatasetObject dataset;
      dataset.id = fmt::format("urn:{:03}", i);
      dataset.title = title;
      dataset.source = "s";
      all.datasets.push_back(dataset);
      all.offers.push_back({dataset.id + "#o", dataset.id, json(R"({"permission": [{"action": "use", "constraint": [
          {"leftOperand": "odrl:purpose", "operator": "eq", "rightOperand": "https://w3id.org/dpv#FoodSafety"}]}],
          "prohibition": [{"action": "odrl:distribute"}]})")});
    }
    catalog.replace(build_catalog(std::move(all)).value());
  }

  async::Task<Result<http::ClientResponse>> send(PeerRequest request) override {
    ++asked;
    if (away || request.dns != "farm.jp.example") co_return fail(Code::Connection, request.dns + " is away");
    const http::Target target = http::parse_target(request.target).value();
    http::Request call;
    call.method = request.method;
    call.query = target.query;
    call.headers = request.headers;
    call.body = request.body;
    trust::PeerIdentity peer;
    peer.did = "did:web:trade.eu.example";
    peer.zone = "eu";
    http::Response response = on_catalog_request(catalog, peer, call, kNow);
    if (response.status == 304) ++unchanged;
    http::ClientResponse out;
    out.status = response.status;
    out.headers = response.headers;
    out.body = std::move(response.body);
    out.chain_der = {Bytes{1, 2, 3}};
    if (alter) alter(out);
    co_return out;
  }

  Catalog catalog;
  std::function<void(http::ClientResponse&)> alter;
  bool away = false;
  int asked = 0, unchanged = 0;
};

struct Fixture {
  sekisho::test::TestZones zones = sekisho::test::make_test_zones(kNow);
  ManualClock clock{kNow};
  TrustHolder trust{zones.eu.descriptor, clock};
  Channel channel;
  FederatedCatalog catalog{std::chrono::minutes(15)};

  Fixture() { EXPECT_TRUE(trust.replace(zones.eu.snapshot)); }

  // A visit to every peer by a crawler that has `rounds` of them behind it.
  void crawl(int rounds = 1) { async::sync_wait(visits(*this, rounds)); }
  static async::Task<void> visits(Fixture& f, int rounds) {
    auto executor = co_await async::current_executor();
    CrawlOptions options;
    options.self = "trade.eu.example";
    options.period = std::chrono::milliseconds(1);
    CatalogCrawler crawler(executor, f.channel, f.trust, f.catalog, f.clock, options);
    for (int i = 0; i < rounds; ++i) {
      co_await crawler.round();
      co_await async::sleep_for(std::chrono::milliseconds(3));
    }
  }
  JsonObject search(FederatedQuestion question) const {
    return catalog.search(
        question, [this](const std::string& dns) { return trust.current()->node(dns) != nullptr; }, clock.now());
  }
  JsonObject search(std::string text) const {
    FederatedQuestion question;
    question.text = std::move(text);
    return search(question);
  }
  JsonObject provider() const { return search("").at("providers").at("farm.jp.example").get_object(); }
};

TEST(CatalogCrawler, ReadsAllPagesOfEachPeerAndSaysWhatVouchesForThem) {
  Fixture f;
  f.crawl();
  EXPECT_EQ(f.catalog.size(), 250U);
  EXPECT_EQ(f.channel.asked, 3);
  const JsonObject found = f.search("events 007 foodsafety");
  ASSERT_EQ(found.at("entries").get_array().size(), 1U);
  EXPECT_EQ(
      to_text(found.at("entries").at(0)),
      R"({"provider":"farm.jp.example","zone":"jp","dataset":"urn:007","title":"Events","mediaType":"application/x-ndjson",)"
      R"("purposes":["https://w3id.org/dpv#FoodSafety"],"offers":1})");
  const JsonObject provider = f.provider();
  EXPECT_EQ(provider.at("did").get_string(), "did:web:farm.jp.example");
  EXPECT_EQ(provider.at("proof").at("signed").get_bool(), false);
  EXPECT_EQ(provider.at("stale").get_bool(), false);
  f.clock.advance(std::chrono::minutes(16));
  EXPECT_EQ(f.provider().at("stale").get_bool(), true);
}

TEST(CatalogCrawler, WhatDidNotChangeIsNotReadAgain) {
  Fixture f;
  f.crawl(3);
  EXPECT_EQ(f.channel.asked, 9);
  EXPECT_EQ(f.channel.unchanged, 6);
  EXPECT_EQ(f.catalog.size(), 250U);
}

TEST(CatalogCrawler, WhatChangedIsReadWhole) {
  Fixture f;
  f.crawl();
  f.channel.offer(120, "Barley");
  f.crawl();
  EXPECT_EQ(f.catalog.size(), 120U);
  EXPECT_TRUE(f.search("events").at("entries").get_array().empty());
}

TEST(CatalogCrawler, APeerThatIsAwayKeepsWhatIsKnownAndSaysSo) {
  Fixture f;
  f.crawl();
  f.channel.away = true;
  f.crawl();
  EXPECT_EQ(f.catalog.size(), 250U);
  EXPECT_EQ(f.provider().at("failure").get_string(), code_info(Code::Connection).name);
  f.channel.away = false;
  f.crawl();
  EXPECT_FALSE(f.provider().contains("failure"));
}

TEST(CatalogCrawler, WhoLostRecognitionIsNotFoundAtOnceAndForgottenAtTheNextVisit) {
  Fixture f;
  f.crawl();
  ASSERT_EQ(f.search("").at("entries").get_array().size(), 50U);
  FederatedQuestion all;
  const JsonObject found = f.catalog.search(all, [](const std::string&) { return false; }, kNow);
  EXPECT_TRUE(found.at("entries").get_array().empty());
  EXPECT_TRUE(found.at("providers").get_object().empty());
  f.catalog.keep([](const std::string&) { return false; });
  EXPECT_EQ(f.catalog.size(), 0U);
}

// As a node that ends while its peers are being asked: what waits is dropped with the context, in any order.
class SilentChannel final : public PeerChannel {
 public:
  async::Task<Result<http::ClientResponse>> send(PeerRequest request) override {
    ++asked;
    co_await async::sleep_for(std::chrono::hours(1));
    co_return fail(Code::Connection, request.dns);
  }
  std::atomic<int> asked = 0;
};

TEST(CatalogCrawler, MayBeDroppedWhileItAsks) {
  Fixture f;
  SilentChannel silent;
  for (int n = 0; n < 20; ++n) {
    auto pool = std::make_unique<async::WorkerPool>(1);
    CrawlOptions options;
    options.self = "trade.eu.example";
    CatalogCrawler crawler(pool->executor(0), silent, f.trust, f.catalog, f.clock, options);
    const int before = silent.asked;
    crawler.start();
    while (silent.asked == before) std::this_thread::yield();
    crawler.stop();
    pool->stop();
    pool.reset();
  }
  EXPECT_GE(silent.asked.load(), 20);
}

TEST(CatalogCrawler, SearchGoesOnWhereItEnded) {
  Fixture f;
  f.crawl();
  FederatedQuestion question;
  question.limit = 60;
  std::vector<std::string> ids;
  for (int pages = 0; pages < 10; ++pages) {
    const JsonObject found = f.search(question);
    for (const Json& entry : found.at("entries").get_array()) ids.emplace_back(entry.at("dataset").get_string());
    if (!found.contains("after")) break;
    question.after = as_text(from_base64url(std::string_view(found.at("after").get_string())).value());
  }
  EXPECT_EQ(ids.size(), 250U);
  EXPECT_TRUE(std::ranges::is_sorted(ids));
  question = {};
  question.zone = "eu";
  EXPECT_TRUE(f.search(question).at("entries").get_array().empty());
  question.zone = "jp";
  question.provider = "farm.jp.example";
  EXPECT_EQ(f.search(question).at("entries").get_array().size(), 50U);
}

TEST(CatalogCrawler, AHostilePeerHarmsNobodyButItself) {
  struct Case {
    const char* name;
    std::function<void(http::ClientResponse&)> alter;
    Code code;
  };
  const auto body = [](std::string text) {
    return [text](http::ClientResponse& r) {
      r.body = text;
      r.headers.clear();
    };
  };
  const std::string head =
      R"({"@context":["https://w3id.org/dspace/2025/1/context.jsonld"],"@id":"x","@type":"Catalog","participantId":"p","dataset":)";
  const Case cases[] = {
      {"HTML", body("<html>"), Code::PeerRefused},
      {"another document", body(R"({"@context":["https://w3id.org/dspace/2025/1/context.jsonld"],"@type":"Dataset"})"),
       Code::PeerRefused},
      {"an error", [](http::ClientResponse& r) { r.status = 500; }, Code::PeerRefused},
      {"304 for what was not asked so", [](http::ClientResponse& r) { r.status = 304; }, Code::PeerRefused},
      {"a link to another host",
       [](http::ClientResponse& r) {
         r.headers.set("Link", "<https://b.example/dsp/2025-1/catalog/request?x>; rel=\"next\"");
       },
       Code::PeerRefused},
      {"a link to itself",
       [](http::ClientResponse& r) { r.headers.set("Link", "</dsp/2025-1/catalog/request>; rel=\"next\""); },
       Code::PeerRefused},
      {"a circle of two",
       [](http::ClientResponse& r) {
         const bool second = r.headers.get("Link").find("previous") != std::string_view::npos;
         r.headers.set("Link", second ? "</dsp/2025-1/catalog/request>; rel=\"next\""
                                      : "</dsp/2025-1/catalog/request?limit=9>; rel=\"next\"");
       },
       Code::PeerRefused},
  };
  for (const Case& c : cases) {
    Fixture f;
    f.channel.alter = c.alter;
    f.crawl();
    EXPECT_EQ(f.catalog.size(), 0U) << c.name;
    EXPECT_EQ(f.provider().at("failure").get_string(), code_info(c.code).name) << c.name;
  }
  // Datasets without shape are left out, the others stay.
  Fixture f;
  f.channel.alter =
      body(head + R"([7, {}, {"@id": "a b", "hasPolicy": []}, {"@id": "urn:ok", "hasPolicy": [{"any": 1}]}]})");
  f.crawl();
  ASSERT_EQ(f.catalog.size(), 1U);
  EXPECT_EQ(f.search("").at("entries").at(0).at("dataset").get_string(), "urn:ok");
}

}  // namespace
}  // namespace sekisho::node
