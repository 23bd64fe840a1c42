#include "node/catalog/catalog_index.hpp"

#include <gtest/gtest.h>

#include <fmt/format.h>

#include "node/catalog/catalog.hpp"

namespace sekisho::node {
namespace {

constexpr Instant kThen{std::chrono::sys_days{std::chrono::year{2026} / 11 / 24}};
const policy::Audience kEu{"did:web:trade.eu.example", "eu", kThen};
const policy::Audience kUs{"did:web:trade.us.example", "us", kThen};

Json json(std::string_view text) { return parse_json(text, {8U << 20, 32, 1'000'000}).value(); }

Json policy_for(std::string_view zone, std::string_view purpose) {
  return json(
      fmt::format(R"({{"profile": ["https://w3id.org/sekisho/v1/"], "permission": [{{"action": "use", "constraint": [
    {{"leftOperand": "https://w3id.org/sekisho/v1/recipientZone", "operator": "eq", "rightOperand": "{}"}},
    {{"leftOperand": "odrl:purpose", "operator": "eq", "rightOperand": "{}"}}]}}],
    "prohibition": [{{"action": "odrl:distribute"}}]}})",
                  zone, purpose));
}

// "urn:000" …; every third is for us, the others for eu; every tenth is about barley.
std::shared_ptr<const CatalogState> state_of(std::size_t datasets) {
  CatalogObjects all;
  all.sources.push_back({"s", json(R"({"kind": "file"})")});
  for (std::size_t i = 0; i < datasets; ++i) {
    DatasetObject dataset;
    dataset.id = fmt::format("urn:{:03}", i);
    dataset.title = i % 10 == 0 ? "Barley" : "Strawberry";
    dataset.source = "s";
    all.datasets.push_back(dataset);
    all.offers.push_back(
        {dataset.id + "#o", dataset.id, policy_for(i % 3 == 0 ? "us" : "eu", "https://w3id.org/dpv#FoodSafety")});
  }
  return build_catalog(std::move(all)).value();
}

CatalogIndex index_of(std::size_t datasets) {
  return {state_of(datasets), "did:web:farm.jp.example", "farm.jp.example"};
}

std::vector<std::string> ids_of(const CatalogPage& page) {
  std::vector<std::string> ids;
  const Json document = json(page.text);
  if (const Json* all = document.get_object().if_contains("dataset")) {
    for (const Json& one : all->get_array()) ids.emplace_back(one.at("@id").get_string());
  }
  EXPECT_EQ(ids.size(), page.datasets);
  return ids;
}

CatalogFilter filter(std::string_view text) { return CatalogFilter::parse(json(text).get_array()).value(); }

TEST(CatalogIndex, PagesGoForwardAndBackWithoutLossOrDouble) {
  const CatalogIndex index = index_of(100);
  for (const std::size_t limit : {1UZ, 7UZ, 66UZ, 67UZ, 1000UZ}) {
    std::vector<std::string> forward;
    std::vector<CatalogPage> pages;
    CatalogAsk ask;
    ask.limit = limit;
    do {
      pages.push_back(index.page(ask, kEu));
      for (std::string& id : ids_of(pages.back())) forward.push_back(std::move(id));
      ask.after = pages.back().next_after;
    } while (!ask.after.empty());
    EXPECT_EQ(forward.size(), 66U) << limit;
    EXPECT_TRUE(std::ranges::is_sorted(forward));
    EXPECT_TRUE(pages.front().previous_before.empty());
    for (std::size_t i = pages.size(); i-- > 1;) {
      CatalogAsk back;
      back.limit = limit;
      back.before = pages[i].previous_before;
      const CatalogPage before = index.page(back, kEu);
      EXPECT_EQ(before.text, pages[i - 1].text) << limit << " " << i;
      EXPECT_EQ(before.previous_before, pages[i - 1].previous_before);
    }
  }
}

TEST(CatalogIndex, OffersAreSeenOnlyByThoseWhoCouldObtainThem) {
  const CatalogIndex index = index_of(9);
  EXPECT_EQ(ids_of(index.page({}, kUs)), (std::vector<std::string>{"urn:000", "urn:003", "urn:006"}));
  EXPECT_EQ(index.dataset("urn:000", kEu).error().code, Code::DatasetUnknown);
  EXPECT_EQ(index.dataset("urn:none", kEu).error().code, Code::DatasetUnknown);
  const Json dataset = json(index.dataset("urn:001", kEu).value());
  EXPECT_EQ(dataset.at("@context").at(0).get_string(), "https://w3id.org/dspace/2025/1/context.jsonld");
  EXPECT_EQ(dataset.at("distribution").at(0).at("accessService").at("@type").get_string(), "DataService");
}

TEST(CatalogIndex, AnEmptyCatalogueHasNoDatasetMember) {
  const CatalogPage page = index_of(0).page({}, kEu);
  EXPECT_EQ(page.text.find("dataset\""), std::string::npos);
  EXPECT_EQ(json(page.text).at("@type").get_string(), "Catalog");
}

TEST(CatalogIndex, FiltersByWordsAndFields) {
  const CatalogIndex index = index_of(30);
  struct Case {
    const char* name;
    const char* filter;
    std::size_t found;  // for eu: 20 datasets, of which 010 and 020 are barley
  };
  const Case cases[] = {
      {"words", R"([{"text": "barley"}])", 2},
      {"words twice", R"([{"text": "barley"}, {"text": "010"}])", 1},
      {"a purpose's word", R"([{"text": "foodsafety"}])", 20},
      {"an id", R"([{"operandLeft": "@id", "operator": "=", "operandRight": "urn:011"}])", 1},
      {"EDC's id",
       R"([{"operandLeft": "https://w3id.org/edc/v0.0.1/ns/id", "operator": "=", "operandRight": "urn:011"}])", 1},
      {"an id for another zone", R"([{"operandLeft": "id", "operator": "=", "operandRight": "urn:012"}])", 0},
      {"like at the end", R"([{"operandLeft": "id", "operator": "like", "operandRight": "urn:01%"}])", 7},
      {"like on both sides", R"([{"operandLeft": "title", "operator": "like", "operandRight": "%arle%"}])", 2},
      {"a purpose",
       R"([{"operandLeft": "purpose", "operator": "=", "operandRight": "https://w3id.org/dpv#FoodSafety"}])", 20},
      {"EDC's query",
       R"([{"@type": "QuerySpec", "filterExpression": [{"operandLeft": "title", "operator": "=", "operandRight": "Barley"}]}])",
       2},
      {"all must hold", R"([{"text": "barley"}, {"operandLeft": "id", "operator": "=", "operandRight": "urn:011"}])",
       0},
  };
  for (const Case& c : cases) {
    CatalogAsk ask;
    ask.filter = filter(c.filter);
    EXPECT_EQ(index.page(ask, kEu).datasets, c.found) << c.name;
  }
}

TEST(CatalogFilter, WhatItDoesNotUnderstandIsRefusedByPlace) {
  const char* cases[] = {
      R"(["x"])",
      R"([{}])",
      R"([{"text": 1}])",
      R"([{"text": "a", "more": 1}])",
      R"([{"operandLeft": "colour", "operator": "=", "operandRight": "red"}])",
      R"([{"operandLeft": "id", "operator": "<", "operandRight": "red"}])",
      R"([{"operandLeft": "id", "operator": "=", "operandRight": ""}])",
      R"([{"operandLeft": "id", "operator": "=", "operandRight": 7}])",
      R"([{"operandLeft": "id", "operator": "like", "operandRight": "a%b"}])",
      R"([{"operandLeft": "id", "operator": "=", "operandRight": "a", "else": 1}])",
      R"([{"filterExpression": [{"filterExpression": []}]}])",
      R"([{"filterExpression": [{"limit": 7}]}])",
      R"([{"filterExpression": {}}])",
      R"([{"limit": 0}])",
      R"([{"limit": "7"}])",
      R"([{"limit": 7.5}])",
      R"([{"offset": -1}])",
      R"([{"limit": 7, "sortOrder": "DESC"}])",
      R"([{"limit": 7, "sortField": "id"}])",
      R"([{"limit": 7}, {"offset": 7}])",
  };
  for (const char* text : cases) {
    const auto parsed = CatalogFilter::parse(json(text).get_array());
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().code, Code::InvalidArgument) << text;
    EXPECT_TRUE(std::ranges::any_of(parsed.error().help, [](const auto& help) { return help.first == "pointer"; }))
        << text;
  }
  JsonArray many;
  for (int i = 0; i < 17; ++i) many.push_back(json(R"({"operandLeft": "id", "operator": "=", "operandRight": "a"})"));
  EXPECT_FALSE(CatalogFilter::parse(many));
  EXPECT_FALSE(CatalogFilter::parse(JsonArray{JsonObject{{"text", std::string(513, 'a')}}}));
}

// EDC sends a query with every request, and its crawler pages by offset.
TEST(CatalogIndex, PagesByEdcsQuery) {
  const CatalogFilter whole = filter(R"([{"@type": "QuerySpec", "limit": 50, "offset": 0, "sortOrder": "ASC", "filterExpression": []}])");
  EXPECT_EQ(whole.limit(), 50U);
  EXPECT_EQ(whole.offset(), 0U);
  const CatalogIndex index = index_of(30);
  std::vector<std::string> seen;
  for (std::size_t offset = 0; offset <= 20; offset += 7) {
    const CatalogFilter page = filter(R"([{"limit": 7, "offset": )" + std::to_string(offset) + "}]");
    CatalogAsk ask;
    ask.limit = page.limit();
    ask.offset = page.offset();
    ask.filter = page;
    const CatalogPage got = index.page(ask, kEu);
    EXPECT_EQ(got.previous_before.empty(), offset == 0);
    for (std::string& id : ids_of(got)) seen.push_back(std::move(id));
  }
  EXPECT_EQ(seen.size(), 20U);
  EXPECT_TRUE(std::ranges::is_sorted(seen));
  EXPECT_EQ(std::ranges::adjacent_find(seen), seen.end());
  CatalogAsk beyond;
  beyond.offset = 20;
  EXPECT_EQ(index.page(beyond, kEu).datasets, 0U);
}

TEST(CatalogIndex, APageEndsBeforeItGrowsOverItsSize) {
  CatalogObjects all;
  all.sources.push_back({"s", json(R"({"kind": "file"})")});
  for (int i = 0; i < 1000; ++i) {
    DatasetObject dataset;
    dataset.id = fmt::format("urn:{:04}", i);
    dataset.title = std::string(500, 't');
    dataset.source = "s";
    all.datasets.push_back(dataset);
    all.offers.push_back({fmt::format("o{}", i), fmt::format("urn:{:04}", i), policy_for("eu", "p")});
  }
  const CatalogIndex index(build_catalog(std::move(all)).value(), "did:web:a.example", "a.example");
  CatalogAsk ask;
  ask.limit = 1000;
  const CatalogPage page = index.page(ask, kEu);
  EXPECT_LT(page.text.size(), CatalogIndex::kPageOctets + 4096);
  EXPECT_LT(page.datasets, 1000U);
  EXPECT_FALSE(page.next_after.empty());
}

}  // namespace
}  // namespace sekisho::node
