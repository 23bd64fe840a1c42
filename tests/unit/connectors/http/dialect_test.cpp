// The dialects: DynamicApi hubs, FHIR, EPCIS; jobs, boxes, OData, GeoJSON, mappings.
#include "tests/unit/connectors/http/plan_kit.hpp"

namespace sekisho::connectors {
namespace {

using kit::answer;
using kit::Got;
using kit::ok;
using kit::plan;
using kit::run;

std::string of_dialect(const std::string& dialect, const std::string& stream) {
  return R"({"kind":"http","base":"http://127.0.0.1:@P","dialect":")" + dialect +
         R"(","streams":[{"name":"s","path":"/x")" + stream + "}]}";
}

TEST(Dialect, ODataAndBoxesAreSpelledForTheSource) {
  struct Case {
    const char* name;
    std::string stream;
    const char* target;
  };
  const Case cases[] = {
      {"filter", R"("odata":{"filter":[["Crop","eq","O'Neill"],["年","ge",2021],["Kg","lt",1.5],["Open","eq",true]]})",
       "/x?q=1&$filter=Crop%20eq%20%27O%27%27Neill%27%20and%20%E5%B9%B4%20ge%202021%20and%20Kg%20lt%201.5%20and%20Open"
       "%20eq%20true"},
      {"options", R"("odata":{"select":["a","b/c"],"orderby":"a desc","top":50})",
       "/x?q=1&$select=a%2Cb%2Fc&$orderby=a%20desc&$top=50"},
      {"the longitude first", R"("bbox":{"south":35,"west":139.5,"north":36,"east":140})",
       "/x?q=1&bbox=139.5,35,140,36"},
      {"the latitude first", R"("bbox":{"south":35,"west":139.5,"north":36,"east":140,"order":"latitude_first"})",
       "/x?q=1&bbox=35,139.5,36,140"},
  };
  for (const Case& c : cases) {
    const Got got = run(plan(R"("select":"/*",)" + c.stream), {ok("[]")});
    ASSERT_EQ(got.asked.size(), 1U) << c.name << got.message;
    EXPECT_EQ(got.asked[0].target(), c.target) << c.name;
  }
  const Got hub = run(of_dialect("dynamic-api@1", R"(,"bbox":{"south":35,"west":139.5,"north":36,"east":140})"),
                      {answer("404 None", "", "")});
  EXPECT_EQ(hub.asked.at(0).target(), "/x?bbox=35,139.5,36,140") << "a hub wants the latitude first";
}

TEST(Dialect, APageOfASizeMustSayWhetherAnotherFollows) {
  const std::string manifest = of_dialect("dynamic-api@1", R"(,"odata":{"top":1})");
  EXPECT_EQ(run(manifest, {ok(R"([{"a":1}])")}).content, "SOURCE_FAILED") << "a part is not called whole";
  EXPECT_EQ(run(manifest, {ok(R"([{"a":1}])", "X-ResponseContinuation: \r\n")}).content, "{\"a\":1}\n");
  EXPECT_EQ(run(of_dialect("dynamic-api@1", ""), {ok(R"([{"a":1}])")}).content, "{\"a\":1}\n") << "no pages asked for";
}

TEST(Dialect, HubErrorsAreNamed) {
  const auto message = [](const std::string& code) {
    return run(of_dialect("dynamic-api@1", ""), {answer("400 Bad", "Content-Type: application/problem+json\r\n",
                                                        R"({"title":"secret words","error_code":")" + code + "\"}")})
        .message;
  };
  EXPECT_NE(message("E10426").find("answered 400 (E10426: the hub cannot read the filter)"), std::string::npos)
      << message("E10426");
  EXPECT_NE(message("E99999").find("answered 400 (E99999)"), std::string::npos);
  EXPECT_EQ(message("E 1 <secret>").find("secret"), std::string::npos);
}

TEST(Dialect, HubJobIsPolledToItsResult) {
  const std::string manifest = of_dialect("dynamic-api@1", R"(,"job":{"kind":"hub","poll_ms":10})");
  const auto state = [](const std::string& s) { return ok(R"({"RequestId":"r 1","Status":")" + s + "\"}"); };
  const std::string accepted = answer("202 Accepted", "Content-Type: application/json\r\n", R"({"RequestId":"r 1"})");
  const Got got = run(manifest, {accepted, state("Request"), state("Start"), state("End"), ok(R"([{"a":1}])")});
  EXPECT_EQ(got.content, "{\"a\":1}\n") << got.message;
  ASSERT_EQ(got.asked.size(), 5U);
  EXPECT_EQ(got.asked[0].field("X-IsAsync"), "true");
  EXPECT_EQ(got.asked[1].target(), "/API/AsyncApi/GetStatus?RequestId=r%201");
  EXPECT_EQ(got.asked[1].field("X-IsAsync"), "");
  EXPECT_EQ(got.asked[4].target(), "/API/AsyncApi/GetResult?RequestId=r%201");
  EXPECT_EQ(run(manifest, {accepted, state("Error")}).content, "SOURCE_FAILED");
  EXPECT_EQ(run(manifest, {accepted, answer("404 None", "", "")}).content, "SOURCE_FAILED");
  EXPECT_EQ(run(manifest, {ok(R"([{"a":1}])")}).content, "{\"a\":1}\n") << "an answer at once";
  const Got late = kit::play(manifest, [&](const test::Asked& a) { return a.number == 0 ? accepted : state("Start"); },
                             {.time = std::chrono::milliseconds(100)});
  EXPECT_EQ(late.content, "SOURCE_TIMEOUT") << late.message;
}

TEST(Dialect, JobAtALocationIsPolledToItsResult) {
  const std::string manifest = plan(R"("select":"/*","job":{"kind":"location","poll_ms":10})");
  const auto accepted = [](const std::string& where) { return answer("202 Accepted", where, ""); };
  const Got got = run(manifest, {accepted("Content-Location: http://127.0.0.1:@P/job/1\r\nRetry-After: 0\r\n"),
                                 accepted(""), answer("303 Other", "Location: /result/1\r\n", ""), ok(R"([{"a":1}])")});
  EXPECT_EQ(got.content, "{\"a\":1}\n") << got.message;
  ASSERT_EQ(got.asked.size(), 4U);
  EXPECT_EQ(got.asked[0].field("Prefer"), "respond-async");
  EXPECT_EQ(got.asked[2].target(), "/job/1");
  EXPECT_EQ(got.asked[3].target(), "/result/1");
  EXPECT_EQ(run(manifest, {accepted("Location: /job/1\r\n"), ok(R"([{"a":2}])")}).content, "{\"a\":2}\n");
  EXPECT_EQ(run(manifest, {accepted("Location: http://127.0.0.2/job\r\n")}).content, "SOURCE_FAILED");
  EXPECT_EQ(run(manifest, {accepted("")}).content, "SOURCE_FAILED") << "no location";
  EXPECT_EQ(run(plan(R"("select":"/*")"), {accepted("Location: /job/1\r\n")}).content, "SOURCE_FAILED")
      << "no job declared";
}

TEST(Dialect, FeaturesBecomeRecords) {
  const std::string feature =
      R"({"type":"Feature","id":"F7","geometry":{"type":"Point","coordinates":[139.00,35.50]},"properties":{"年":2021}})";
  const std::string collection = R"({"type":"FeatureCollection","features":[)" + feature + "]}";
  const Got got = run(plan(R"("format":"geojson","key":["/id"])"),
                      {answer("200 OK", "Content-Type: application/geo+json\r\n", collection)});
  EXPECT_EQ(got.content, feature + "\n") << got.message;
  EXPECT_EQ(got.asked[0].field("Accept"), "application/geo+json");
  const Got hub = run(of_dialect("dynamic-api@1", R"(,"format":"geojson")"),
                      {answer("200 OK", "Content-Type: application/geo+json\r\n", collection)});
  EXPECT_EQ(hub.content, feature + "\n") << hub.message;
  EXPECT_EQ(hub.asked[0].field("X-IsGeoJson"), "true");
}

TEST(Dialect, OutcomesOfASearchAreNoRecords) {
  const std::string bundle =
      R"({"resourceType":"Bundle","type":"searchset","entry":[)"
      R"({"resource":{"resourceType":"Patient","id":"1","managingOrganization":{"reference":"Organization/1"}}},)"
      R"({"search":{"mode":"outcome"},"resource":{"resourceType":"OperationOutcome","issue":[{"severity":"warning","code":"not-supported"}]}},)"
      R"({"search":{"mode":"include"},"resource":{"resourceType":"Organization","id":"1","x":{"reference":"http://127.0.0.1:@P/fhir/Y/2"}}}]})";
  const Got got = run(of_dialect("fhir@1", ""), {answer("200 OK", "Content-Type: application/fhir+json\r\n", bundle)});
  EXPECT_TRUE(got.content.starts_with("{\"resourceType\":\"Patient\"")) << got.content << got.message;
  EXPECT_EQ(std::ranges::count(got.content, '\n'), 2);
  EXPECT_EQ(got.content.find("OperationOutcome"), std::string::npos);
  EXPECT_EQ(run(of_dialect("fhir@1", ""), {ok(R"({"resourceType":"Bundle","type":"searchset","total":0})")}).content,
            "");
  const Got refused =
      run(of_dialect("fhir@1", ""),
          {answer("404 None", "",
                  R"({"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"not-found"}]})")});
  EXPECT_NE(refused.message.find("answered 404 (not-found)"), std::string::npos) << refused.message;
  const std::string foreign = ok(
      R"({"resourceType":"Bundle","entry":[{"resource":{"resourceType":"A","b":[{"reference":"https://other.example/A/1"}]}}]})");
  EXPECT_EQ(run(of_dialect("fhir@1", ""), {foreign}).content, "SOURCE_FAILED");
  EXPECT_NE(run(of_dialect("fhir@1", R"(,"foreign_references":true)"), {foreign}).content, "SOURCE_FAILED");
}

TEST(Dialect, EpcisQueriesGiveTheirEventsPageByPage) {
  const auto page = [](const std::string& events, const std::string& headers) {
    return ok(
        R"({"@context":["x"],"type":"EPCISQueryDocument","epcisBody":{"queryResults":{"resultsBody":{"eventList":[)" +
            events + "]}}}}",
        headers);
  };
  const Got got =
      run(of_dialect("epcis@1", ""),
          {page(R"({"type":"ObjectEvent","eventID":"ni:1"})", "Link: </x?nextPageToken=t>; rel=\"next\"\r\n"),
           page(R"({"type":"ObjectEvent","eventID":"ni:2"})", "")});
  EXPECT_EQ(got.content,
            "{\"type\":\"ObjectEvent\",\"eventID\":\"ni:1\"}\n{\"type\":\"ObjectEvent\",\"eventID\":\"ni:2\"}\n")
      << got.message;
  EXPECT_EQ(got.asked[1].target(), "/x?nextPageToken=t");
  EXPECT_EQ(got.asked[0].field("GS1-EPCIS-Version"), "2.0.0");
}

TEST(Dialect, FieldsOfTheManifestAreSent) {
  const Got got = run(plan(R"("select":"/*","headers":[{"name":"X-Vendor","value":"v"}])",
                           R"("headers":[{"name":"X-Second","value":"key ","secret":"farm"}],)"),
                      {ok("[]")});
  ASSERT_EQ(got.asked.size(), 1U) << got.message;
  EXPECT_EQ(got.asked[0].field("X-Vendor"), "v");
  EXPECT_EQ(got.asked[0].field("X-Second"), "key CANARY");
}

TEST(Dialect, MappedRecordsAreWhatTheTemplateSays) {
  const std::string map = R"("map":{"id":{"$uri":"urn:x:{/id}"},"n":{"$from":"/n"}})";
  EXPECT_EQ(run(plan(R"("select":"/*",)" + map), {ok(R"([{"id":"a b","n":7,"o":0}])")}).content,
            "{\"id\":\"urn:x:a%20b\",\"n\":7}\n");
  EXPECT_EQ(run(plan(R"("format":"ndjson",)" + map),
                {answer("200 OK", "Content-Type: application/x-ndjson\r\n", "{\"id\":\"a\",\"n\":7}\n")})
                .content,
            "{\"id\":\"urn:x:a\",\"n\":7}\n");
}

}  // namespace
}  // namespace sekisho::connectors
