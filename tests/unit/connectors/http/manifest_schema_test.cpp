// The published schema and the parser say the same of every manifest, where a schema can.
#include "tests/support/manifest_schema.hpp"

#include <filesystem>
#include <fstream>

#include "connectors/source_manifest.hpp"

namespace sekisho::connectors {
namespace {

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

const std::filesystem::path kRoot = SEKISHO_SOURCE_DIR;

TEST(ManifestSchema, IsThePublishedFile) {
  EXPECT_EQ(manifest_schema(), text_of(kRoot / "docs/source-manifest.schema.json"));
}

TEST(ManifestSchema, EveryExampleIsOne) {
  std::vector<std::string> manifests;
  for (const auto& entry : std::filesystem::directory_iterator(kRoot / "docs/examples/manifests")) {
    if (entry.path().extension() == ".json") manifests.push_back(text_of(entry.path()));
  }
  EXPECT_GE(manifests.size(), 5U);
  const std::string guide = text_of(kRoot / "docs/writing-a-manifest.md");
  constexpr std::string_view kFence = "```json\n";
  for (std::size_t at = guide.find(kFence); at != std::string::npos; at = guide.find(kFence, at + 1)) {
    const std::size_t from = at + kFence.size();
    manifests.push_back(guide.substr(from, guide.find("```", from) - from));
  }
  for (const std::string& text : manifests) {
    const auto parsed = parse_source_manifest_text(text);
    EXPECT_TRUE(parsed) << text << (parsed ? "" : parsed.error().chain());
    test::expect_schema_verdict(text, true);
  }
}

struct Bad {
  const char* pointer;
  std::string manifest;
  bool expressible = true;  // by a schema
};

std::string with_stream(const std::string& members, const std::string& more = "") {
  return R"({"kind":"http","base":"https://farm.example",)" + more + R"("streams":[{"name":"s","path":"/x")" + members +
         "}]}";
}
std::string with_auth(const std::string& auth) { return with_stream("", R"("auth":)" + auth + ","); }

TEST(ManifestSchema, WhatIsRefusedIsRefusedByBoth) {
  const Bad cases[] = {
      {"/streams/0/nonsense", with_stream(R"(,"nonsense":1)")},
      {"/streams/0/format", with_stream(R"(,"format":"xml")")},
      {"/streams/0/paginator/kind", with_stream(R"(,"paginator":{"kind":"magic"})")},
      {"/streams/0/paginator/kind", with_stream(R"(,"paginator":{})")},
      {"/streams/0/paginator/parameter", with_stream(R"(,"paginator":{"kind":"page"})")},
      {"/streams/0/paginator/size", with_stream(R"(,"paginator":{"kind":"offset","parameter":"o"})")},
      {"/streams/0/paginator/pointer", with_stream(R"(,"paginator":{"kind":"page","parameter":"p","pointer":"/x"})")},
      {"/streams/0/paginator/response_header", with_stream(R"(,"paginator":{"kind":"header"})")},
      {"/streams/0/paginator/response_header",
       with_stream(R"(,"paginator":{"kind":"header","response_header":"a b"})")},
      {"/streams/0/paginator/request_header",
       with_stream(R"(,"paginator":{"kind":"continuation","response_header":"A","first":""})")},
      {"/streams/0/paginator/parameter", with_stream(R"(,"paginator":{"kind":"page","parameter":"a&b"})")},
      {"/streams/0/paginator", with_stream(R"(,"format":"opaque","paginator":{"kind":"next_link"})")},
      {"/streams/0/endless", with_stream(R"(,"endless":true)")},
      {"/streams/0/media", with_stream(R"(,"media":"image/png")")},
      {"/streams/0/path", with_stream(R"(,"odata":{"top":1})", "").replace(with_stream("").find("/x"), 2, "x")},
      {"/streams/0/odata/filter/0", with_stream(R"(,"odata":{"filter":[["a","like","b"]]})")},
      {"/streams/0/odata/filter/0", with_stream(R"(,"odata":{"filter":[["a b","eq","b"]]})")},
      {"/streams/0/odata/orderby", with_stream(R"(,"odata":{"orderby":"a; b"})")},
      {"/streams/0/bbox/east", with_stream(R"(,"bbox":{"south":1,"west":1,"north":2})")},
      {"/streams/0/bbox/south", with_stream(R"(,"bbox":{"south":139,"west":35,"north":140,"east":36})")},
      {"/streams/0/bbox/north", with_stream(R"(,"bbox":{"south":2,"west":1,"north":1,"east":2})"), false},
      {"/streams/0/job/kind", with_stream(R"(,"job":{"kind":"soon"})")},
      {"/streams/0/job/poll_ms", with_stream(R"(,"job":{"kind":"hub","poll_ms":1})")},
      {"/streams/0/headers/0/name", with_stream(R"(,"headers":[{"name":"a b","value":"c"}])")},
      {"/streams/0/headers/0/name", with_stream(R"(,"headers":[{"name":"Host","value":"c"}])"), false},
      {"/streams/0/headers/0/value", with_stream(R"(,"headers":[{"name":"A"}])")},
      {"/streams/0/key/0", with_stream(R"(,"key":["id"])")},
      {"/streams/0/empty_status/0", with_stream(R"(,"empty_status":[500])")},
      {"/streams/0/error/pointer", with_stream(R"(,"error":{})")},
      {"/streams/0/map/a/$form", with_stream(R"(,"map":{"a":{"$form":"/x"}})"), false},
      {"/auth/client_secret",
       with_auth(
           R"({"kind":"oauth2_client_credentials","token_url":"https://t/","client_id":"c","client_secret":"open"})")},
      {"/auth/client_auth",
       with_auth(
           R"({"kind":"oauth2_client_credentials","token_url":"https://t/","client_id":"c","client_secret":{"secret":"s"},"client_auth":"x"})")},
      {"/auth/kind", with_auth(R"({"kind":"magic"})")},
      {"/auth/token_url",
       with_auth(R"({"kind":"private_key_jwt","token_url":"http://t.example/","client_id":"c","key":{"secret":"s"}})")},
      {"/auth/send/format",
       with_auth(
           R"({"kind":"private_key_jwt","token_url":"https://t/","client_id":"c","key":{"secret":"s"},"send":{"header":"A","format":"x"}})")},
      {"/auth/password", with_auth(R"({"kind":"basic","user":"u","password":"open"})")},
      {"/base", R"({"kind":"http","base":"http://farm.example","streams":[{"name":"s","path":"/"}]})"},
      {"/streams", R"({"kind":"http","base":"https://farm.example","streams":[]})"},
      {"/streams/1/name",
       R"({"kind":"http","base":"https://a.example","streams":[{"name":"s","path":"/"},{"name":"s","path":"/"}]})",
       false},
      {"/dialect", with_stream("", R"("dialect":"soap@1",)")},
      {"/rate", with_stream("", R"("rate":{},)")},
      {"/page_mib", with_stream("", R"("page_mib":64,)")},
      {"/timeout_ms", with_stream("", R"("timeout_ms":0,)")},
      {"/endless", R"({"kind":"http","url":"https://farm.example/x","endless":1})"},
      {"/url", R"({"kind":"http","url":"http://farm.example/x"})"},
      {"/kind", R"({"kind":"ftp"})"},
      {"/path", R"({"kind":"file"})"},
      {"/host", R"({"kind":"mqtt","topics":["a"],"client_id":"c"})"},
      {"/user", R"({"kind":"mqtt","host":"127.0.0.1","topics":["a"],"client_id":"c","user":"u"})"},
  };
  for (const Bad& c : cases) {
    const auto parsed = parse_source_manifest_text(c.manifest);
    ASSERT_FALSE(parsed) << c.pointer << c.manifest;
    ASSERT_FALSE(parsed.error().help.empty()) << c.pointer << parsed.error().chain();
    EXPECT_EQ(parsed.error().help[0].second, c.pointer) << c.manifest;
    if (c.expressible) test::expect_schema_verdict(c.manifest, false);
  }
}

}  // namespace
}  // namespace sekisho::connectors
