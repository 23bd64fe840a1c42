#include "node/dataspace/catalog_service.hpp"

#include <gtest/gtest.h>

#include <fmt/format.h>

#include "base/core/gzip.hpp"
#include "base/http/url.hpp"
#include "node/dataspace/messages.hpp"

namespace sekisho::node {
namespace {

constexpr Instant kThen{std::chrono::sys_days{std::chrono::year{2026} / 11 / 24}};

Json json(std::string_view text) { return parse_json(text).value(); }

const Catalog& catalog() {
  static const auto made = [] {
    CatalogObjects all;
    all.sources.push_back({"s", json(R"({"kind": "file"})")});
    for (int i = 0; i < 25; ++i) {
      DatasetObject dataset;
      dataset.id = fmt::format("urn:{:02}", i);
      dataset.title = i == 7 ? "いちご 出荷" : "Events";
      dataset.source = "s";
      all.datasets.push_back(dataset);
      all.offers.push_back(
          {dataset.id + "#o", dataset.id,
           json(R"({"permission": [{"action": "use"}], "prohibition": [{"action": "odrl:distribute"}]})")});
    }
    auto catalog = std::make_unique<Catalog>("did:web:farm.jp.example", "farm.jp.example");
    catalog->replace(build_catalog(std::move(all)).value());
    return catalog;
  }();
  return *made;
}

trust::PeerIdentity peer() {
  trust::PeerIdentity out;
  out.did = "did:web:trade.eu.example";
  out.zone = "eu";
  return out;
}

http::Response ask(std::string method, std::string query, std::string body, http::Headers headers = {}) {
  http::Request request;
  request.method = std::move(method);
  request.query = std::move(query);
  request.body = std::move(body);
  request.headers = std::move(headers);
  return on_catalog_request(catalog(), peer(), request, kThen);
}

std::string link(const http::Response& response, std::string_view relation) {
  for (const http::Header& field : response.headers) {
    if (field.name != "Link" || !field.value.ends_with(fmt::format("rel=\"{}\"", relation))) continue;
    const auto open = field.value.find('?'), close = field.value.find('>');
    return field.value.substr(open + 1, close - open - 1);
  }
  return {};
}

TEST(CatalogService, LinksLeadThroughAllPagesAndBack) {
  std::string query = "limit=10";
  std::size_t datasets = 0, pages = 0;
  std::string last;
  while (!query.empty()) {
    // A link may be followed with either method.
    const http::Response page = pages % 2 == 0 ? ask("POST", query, catalog_request_text()) : ask("GET", query, "");
    ASSERT_EQ(page.status, 200) << page.body;
    datasets += json(page.body).at("dataset").get_array().size();
    EXPECT_EQ(link(page, "prev"), link(page, "previous"));
    EXPECT_EQ(link(page, "previous").empty(), pages == 0);
    last = link(page, "previous");
    query = link(page, "next");
    ++pages;
  }
  EXPECT_EQ(datasets, 25U);
  EXPECT_EQ(pages, 3U);
  const http::Response before = ask("GET", last, "");
  EXPECT_EQ(json(before.body).at("dataset").at(0).at("@id").get_string(), "urn:10");
}

TEST(CatalogService, ALinkCarriesTheFilter) {
  const std::string body = catalog_request_text(JsonArray{JsonObject{{"text", "events"}}});
  const http::Response first = ask("POST", "limit=20", body);
  EXPECT_EQ(json(first.body).at("dataset").get_array().size(), 20U);
  const http::Response second = ask("GET", link(first, "next"), "");
  EXPECT_EQ(json(second.body).at("dataset").get_array().size(), 4U);  // all but the one that is not of events
  const http::Response one = ask("POST", "", catalog_request_text(JsonArray{JsonObject{{"text", "出荷"}}}));
  EXPECT_EQ(json(one.body).at("dataset").get_array().size(), 1U);
  EXPECT_EQ(link(one, "next"), "");
}

TEST(CatalogService, WhatIsKnownIsNotSentAgain) {
  const http::Response first = ask("POST", "", catalog_request_text());
  const std::string etag(first.headers.get("ETag"));
  ASSERT_FALSE(etag.empty());
  const http::Response again = ask("POST", "", catalog_request_text(), {{"If-None-Match", etag}});
  EXPECT_EQ(again.status, 304);
  EXPECT_TRUE(again.body.empty());
  EXPECT_EQ(ask("POST", "limit=3", catalog_request_text(), {{"If-None-Match", etag}}).status, 200);
}

TEST(CatalogService, PacksForThoseWhoTakeIt) {
  struct Case {
    const char* accepted;
    bool packed;
  };
  const std::string plain = ask("POST", "", catalog_request_text()).body;
  for (const Case c : {Case{"gzip", true},
                       {"br, gzip", true},
                       {"gzip;q=0.5", true},
                       {"gzip;q=0", false},
                       {"identity", false},
                       {"", false}}) {
    const http::Response response = ask("POST", "", catalog_request_text(), {{"Accept-Encoding", c.accepted}});
    EXPECT_EQ(response.headers.get("Content-Encoding") == "gzip", c.packed) << c.accepted;
    EXPECT_EQ(response.headers.get("Vary"), "Accept-Encoding");
    if (!c.packed) continue;
    EXPECT_LT(response.body.size(), plain.size() / 2);
    EXPECT_EQ(as_text(gunzip(as_bytes(response.body), 1U << 20).value()), plain);
  }
}

TEST(CatalogService, RefusesWhatItCannotReadAsACatalogError) {
  struct Case {
    const char* name;
    std::string method, query, body;
  };
  const Case cases[] = {
      {"a limit of none", "POST", "limit=0", catalog_request_text()},
      {"a limit too high", "POST", "limit=1001", catalog_request_text()},
      {"no number", "POST", "limit=x", catalog_request_text()},
      {"a broken token", "POST", "continuationToken=%3f", catalog_request_text()},
      {"a token of another kind", "POST", "continuationToken=Y2Fi", catalog_request_text()},
      {"a filter that is no list", "GET", "filter=7", ""},
      {"an unknown filter", "POST", "", catalog_request_text(JsonArray{JsonObject{{"colour", "red"}}})},
      {"another message", "POST", "",
       R"({"@context": ["https://w3id.org/dspace/2025/1/context.jsonld"], "@type": "X"})"},
      {"no JSON", "POST", "", "{"},
  };
  for (const Case& c : cases) {
    const http::Response response = ask(c.method, c.query, c.body);
    EXPECT_EQ(response.status, 400) << c.name;
    EXPECT_EQ(json(response.body).at("@type").get_string(), "CatalogError") << c.name;
  }
}

TEST(CatalogService, FollowsLinksOfThePeersOwnCatalogueOnly) {
  struct Case {
    const char* name;
    const char* field;
    const char* target;  // null: refused
  };
  const Case cases[] = {
      {"no link", "", ""},
      {"absolute", R"(<https://a.example/dsp/2025-1/catalog/request?continuationToken=x>; rel="next")",
       "/dsp/2025-1/catalog/request?continuationToken=x"},
      {"a port", R"(<https://a.example:8443/dsp/2025-1/catalog/request?t=x>; rel="next")",
       "/dsp/2025-1/catalog/request?t=x"},
      {"a path", R"(</dsp/2025-1/catalog/request?t=x>; rel="next")", "/dsp/2025-1/catalog/request?t=x"},
      {"two in a field",
       R"(</dsp/2025-1/catalog/request?t=p>; rel="prev", </dsp/2025-1/catalog/request?t=n>; rel="next")",
       "/dsp/2025-1/catalog/request?t=n"},
      {"only back", R"(</dsp/2025-1/catalog/request?t=p>; rel="prev")", ""},
      {"another host", R"(<https://b.example/dsp/2025-1/catalog/request?t=x>; rel="next")", nullptr},
      {"user info", R"(<https://a.example@b.example/dsp/2025-1/catalog/request>; rel="next")", nullptr},
      {"no TLS", R"(<http://a.example/dsp/2025-1/catalog/request?t=x>; rel="next")", nullptr},
      {"another path", R"(</dsp/2025-1/negotiations/request?t=x>; rel="next")", nullptr},
      {"a path that climbs", R"(</dsp/2025-1/catalog/request/../../x>; rel="next")", nullptr},
      {"a metadata address", R"(<http://169.254.169.254/latest>; rel="next")", nullptr},
      {"protocol-relative", R"(<//b.example/dsp/2025-1/catalog/request>; rel="next")", nullptr},
  };
  for (const Case& c : cases) {
    const Result<std::string> target = next_target({{"Link", c.field}}, "a.example");
    ASSERT_EQ(target.has_value(), c.target != nullptr) << c.name;
    if (target) {
      EXPECT_EQ(*target, c.target) << c.name;
    } else {
      EXPECT_EQ(target.error().code, Code::PeerRefused) << c.name;
    }
  }
}

}  // namespace
}  // namespace sekisho::node
