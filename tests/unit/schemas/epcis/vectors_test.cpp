// The GS1 examples and the event hash vectors decide.
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "base/core/json.hpp"
#include "schemas/epcis/digital_link.hpp"
#include "schemas/epcis/document.hpp"
#include "schemas/epcis/event_hash.hpp"
#include "tests/support/test_data.hpp"

namespace sekisho::schemas::epcis {
namespace {

std::vector<std::filesystem::path> files(const std::filesystem::path& folder, std::string_view extension) {
  std::vector<std::filesystem::path> out;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().extension() == extension) out.push_back(entry.path());
  }
  std::sort(out.begin(), out.end());
  return out;
}

TEST(EpcisDocument, GS1ExamplesReadAndWriteEqual) {
  SEKISHO_DATA_OR_SKIP(folder, "epcis/gs1/JSON");
  std::size_t cases = 0;
  std::size_t events = 0;
  for (const auto& file : files(folder, ".jsonld")) {
    auto json = parse_json(test::read_text(file));
    if (!json && file.filename() == "AssociationEvent-h.jsonld") {
      // GS1's own file names a member twice; strict JSON refuses it, and the last of the two stands for the model's
      // test.
      EXPECT_EQ(json.error().code, Code::JsonSyntax);
      json = boost::json::parse(test::read_text(file));
    }
    ASSERT_TRUE(json) << file << json.error().chain();
    const auto document = read_document(*json);
    ASSERT_TRUE(document) << file << document.error().chain();
    EXPECT_EQ(write_document(*document), *json) << file;
    events += document->events.size();
    ++cases;
  }
  test::print_cases("GS1 EPCIS examples", cases);
  EXPECT_EQ(cases, 47U);
  EXPECT_GE(events, cases);
}

TEST(EpcisHash, AllVectorsOfJson) {
  SEKISHO_DATA_OR_SKIP(folder, "epcis/event-hash/tests/examples");
  std::size_t documents = 0;
  std::size_t hashes = 0;
  for (const auto& file : files(folder, ".jsonld")) {
    auto expected_file = file;
    if (!std::filesystem::exists(expected_file.replace_extension(".hashes"))) continue;
    const auto json = parse_json(test::read_text(file));
    ASSERT_TRUE(json) << file << json.error().chain();
    const auto context = hash_context(json->get_object());
    const auto document = read_document(*json);
    ASSERT_TRUE(document) << file << document.error().chain();
    std::istringstream expected(test::read_text(expected_file));
    std::string line;
    std::size_t at = 0;
    while (std::getline(expected, line)) {
      while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
      if (line.empty()) continue;
      ASSERT_LT(at, document->events.size()) << file;
      const auto hash = event_hash(document->events[at].source, context);
      ASSERT_TRUE(hash) << file << hash.error().chain();
      EXPECT_EQ(*hash, line) << file << '\n' << pre_hash(document->events[at].source, context).value();
      ++at;
      ++hashes;
    }
    EXPECT_EQ(at, document->events.size()) << file;
    ++documents;
  }
  std::cout << "vectors: " << documents << " documents, " << hashes << " event hashes\n";
  EXPECT_EQ(documents, 22U);
}

TEST(EpcisHash, SpellingsOfOneEventAreOne) {
  constexpr const char* kOne =
      R"({"type":"ObjectEvent","eventTime":"2020-03-04T11:00:30.000+01:00","eventTimeZoneOffset":"+01:00",
    "epcList":["urn:epc:id:sgtin:4012345.011111.1","urn:epc:id:sgtin:4012345.011111.2"],"action":"OBSERVE","bizStep":"departing",
    "quantityList":[{"epcClass":"urn:epc:class:lgtin:4012345.012345.L","quantity":10,"uom":"KGM"}]})";
  const auto hash = [](const char* text) {
    const auto event = parse_json(text).value().get_object();
    return event_hash(event, hash_context(event)).value();
  };
  const std::pair<const char*, const char*> same[] = {
      {"order, offset, links and words",
       R"({"bizStep":"https://ref.gs1.org/cbv/BizStep-departing","action":"OBSERVE","type":"ObjectEvent",
        "quantityList":[{"uom":"KGM","quantity":10.0,"epcClass":"https://example.com/01/04012345123456/10/L"}],
        "epcList":["https://id.gs1.org/01/04012345011119/21/2","https://id.gs1.org/01/04012345111118/21/2"],
        "eventTimeZoneOffset":"+01:00","eventTime":"2020-03-04T10:00:30Z"})"},
      {"what does not take part",
       R"({"type":"ObjectEvent","eventTime":"2020-03-04T10:00:30.0004Z","eventTimeZoneOffset":"+01:00",
        "epcList":["urn:epc:id:sgtin:4012345.011111.2","urn:epc:id:sgtin:4012345.011111.1"],"action":"OBSERVE",
        "bizStep":"urn:epcglobal:cbv:bizstep:departing","quantityList":[{"epcClass":"urn:epc:class:lgtin:4012345.012345.L","quantity":1e1,"uom":"KGM"}],
        "childEPCs":[],"eventID":"urn:uuid:1","recordTime":"2021-01-01T00:00:00Z","errorDeclaration":{"declarationTime":"2021-01-01T00:00:00Z"}})"}};
  EXPECT_NE(hash(same[0].second), hash(kOne)) << "another GTIN is another event";
  EXPECT_EQ(hash(same[1].second), hash(kOne)) << same[1].first;
  std::string links = same[0].second;
  links.replace(links.find("04012345011119/21/2"), 19, "04012345111118/21/1");
  EXPECT_EQ(hash(links.c_str()), hash(kOne)) << same[0].first;
}

TEST(EpcisDocument, CaptureReadsBack) {
  const auto event = read_document(parse_json(R"({"type":"TransformationEvent","eventTime":"2020-01-01T00:00:00Z",
    "eventTimeZoneOffset":"+01:00","inputEPCList":["urn:x:1"],"outputQuantityList":[{"epcClass":"urn:x:2","quantity":2.5}],"ex:field":{"a":[1]}})")
                                       .value());
  ASSERT_TRUE(event) << event.error().chain();
  const auto again = read_document(capture_document(event->events, Instant{}));
  ASSERT_TRUE(again) << again.error().chain();
  EXPECT_EQ(again->events.at(0).source, event->events.at(0).source);
  EXPECT_EQ(again->events.at(0).outputs, (std::vector<std::string>{"urn:x:2"}));
}

struct Spelling {
  const char* name;
  const char* given;
  const char* canonical;
};

TEST(EpcisDigitalLink, Spellings) {
  const Spelling cases[] = {
      {"sgtin", "urn:epc:id:sgtin:4012345.011111.9876", "https://id.gs1.org/01/04012345111118/21/9876"},
      {"gln with extension", "urn:epc:id:sgln:0012345.11111.400", "https://id.gs1.org/414/0012345111112/254/400"},
      {"lot", "urn:epc:class:lgtin:4012345.012345.Lot987", "https://id.gs1.org/01/04012345123456/10/Lot987"},
      {"other host, short name, query", "https://example.com/gtin/09780345418913/21/765tz?abc=1",
       "https://id.gs1.org/01/09780345418913/21/765tz"},
      {"serial is finer than lot", "https://id.gs1.org/01/04012345111118/10/L1/21/S1",
       "https://id.gs1.org/01/04012345111118/21/S1"},
      {"variant removed", "https://id.gs1.org/01/04012345111118/22/2A", "https://id.gs1.org/01/04012345111118"},
      {"class pattern", "urn:epc:idpat:sgtin:4012345.066666.*", "https://id.gs1.org/01/04012345666663"},
      {"no key", "https://example.com/a/b", "https://example.com/a/b"},
      {"wrong length", "urn:epc:id:sgtin:4012345.01111.9876", "urn:epc:id:sgtin:4012345.01111.9876"},
      {"text", "(414)4023333000000", "(414)4023333000000"},
  };
  for (const auto& one : cases) EXPECT_EQ(canonical_id(one.given), one.canonical) << one.name;
}

TEST(EpcisDigitalLink, AUrnWithAnUnescapedSignIsNoLink) {
  EXPECT_TRUE(canonical_digital_link("urn:epc:id:upui:06627675159.03.30l"));
  for (const char sign : {'"', '#', '&', '/', '<', '>', '?'}) {
    const std::string urn = std::string("urn:epc:id:upui:06627675159.03.30l") + sign + "-DDD";
    EXPECT_FALSE(canonical_digital_link(urn)) << urn;
    EXPECT_EQ(canonical_id(urn), urn);
  }
}

TEST(EpcisDocument, RefusesWithPointer) {
  const std::pair<const char*, const char*> cases[] = {
      {R"({"type":"ObjectEvent","eventTime":"2020-01-01T00:00:00Z","eventTimeZoneOffset":"+01:00"})", "/action"},
      {R"({"type":"ObjectEvent","action":"ADD","eventTime":"2020-01-01","eventTimeZoneOffset":"+01:00"})",
       "/eventTime"},
      {R"({"type":"ObjectEvent","action":"ADD","eventTime":"2020-01-01T00:00:00Z","eventTimeZoneOffset":"+15:00"})",
       "/eventTimeZoneOffset"},
      {R"({"type":"TransformationEvent","action":"ADD","eventTime":"2020-01-01T00:00:00Z","eventTimeZoneOffset":"+01:00"})",
       "/action"},
      {R"({"type":"Elsewhere","action":"ADD","eventTime":"2020-01-01T00:00:00Z","eventTimeZoneOffset":"+01:00"})",
       "/type"},
      {R"({"type":"ObjectEvent","action":"ADD","eventTime":"2020-01-01T00:00:00Z","eventTimeZoneOffset":"+01:00","epcList":["x"]})",
       "/epcList"},
      {R"({"type":"EPCISDocument","epcisBody":{}})", "/epcisBody/eventList"},
  };
  for (const auto& [text, pointer] : cases) {
    const auto read = read_document(parse_json(text).value());
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().help.at(0).second, pointer) << text;
  }
}

}  // namespace
}  // namespace sekisho::schemas::epcis
