#include "connectors/source_manifest.hpp"

#include <gtest/gtest.h>

#include "connectors/builtin.hpp"

namespace sekisho::connectors {
namespace {

TEST(SourceManifest, ReadsBothKinds) {
  const SourceManifest file = parse_source_manifest_text(R"({"kind":"file","path":"events/"})").value();
  EXPECT_EQ(std::get<FileSource>(file).path, "events/");
  const SourceManifest http = parse_source_manifest_text(R"({
    "kind": "http", "url": "https://data.example:8443/v1/events?lot=7", "method": "GET", "media": "application/x-ndjson",
    "headers": [{"name": "X-Api", "value": "2"}, {"name": "Authorization", "value": "Bearer ", "secret": "farm"},
                {"name": "X-Key", "secret": "key"}],
    "timeout_ms": 1500, "ca": "ca.pem"})").value();
  const HttpSource& source = std::get<HttpSource>(http);
  EXPECT_EQ(source.url, "https://data.example:8443/v1/events?lot=7");
  EXPECT_EQ(source.timeout, std::chrono::milliseconds(1500));
  ASSERT_EQ(source.headers.size(), 3U);
  EXPECT_EQ(source.headers[1].value, "Bearer ");
  EXPECT_EQ(source.headers[1].secret, "farm");
  EXPECT_EQ(source.headers[2].value, "");
}

struct BadCase {
  const char* name;
  const char* text;
  const char* pointer;
};

TEST(SourceManifest, ErrorsPointAtTheMember) {
  const BadCase cases[] = {
      {"array", "[]", ""},
      {"no kind", R"({"path":"x"})", "/kind"},
      {"unknown kind", R"({"kind":"ftp"})", "/kind"},
      {"kind of another type", R"({"kind":1})", "/kind"},
      {"file without path", R"({"kind":"file"})", "/path"},
      {"empty path", R"({"kind":"file","path":""})", "/path"},
      {"control character", R"({"kind":"file","path":"a\u0000b"})", "/path"},
      {"unknown member", R"({"kind":"file","path":"x","follow":true})", "/follow"},
      {"no url", R"({"kind":"http"})", "/url"},
      {"bad url", R"({"kind":"http","url":"data.example"})", "/url"},
      {"plain http", R"({"kind":"http","url":"http://data.example/"})", "/url"},
      {"user info", R"({"kind":"http","url":"https://u:p@data.example/"})", "/url"},
      {"method", R"({"kind":"http","url":"https://d.example/","method":"POST"})", "/method"},
      {"timeout text", R"({"kind":"http","url":"https://d.example/","timeout_ms":"5"})", "/timeout_ms"},
      {"timeout 0", R"({"kind":"http","url":"https://d.example/","timeout_ms":0})", "/timeout_ms"},
      {"timeout long", R"({"kind":"http","url":"https://d.example/","timeout_ms":30001})", "/timeout_ms"},
      {"headers object", R"({"kind":"http","url":"https://d.example/","headers":{}})", "/headers"},
      {"header text", R"({"kind":"http","url":"https://d.example/","headers":["x"]})", "/headers/0"},
      {"header without name", R"({"kind":"http","url":"https://d.example/","headers":[{"value":"x"}]})",
       "/headers/0/name"},
      {"header without value", R"({"kind":"http","url":"https://d.example/","headers":[{"name":"X"}]})",
       "/headers/0/value"},
      {"name with space", R"({"kind":"http","url":"https://d.example/","headers":[{"name":"X Y","value":"v"}]})",
       "/headers/0/name"},
      {"injected line", R"({"kind":"http","url":"https://d.example/","headers":[{"name":"X","value":"v\r\nY: z"}]})",
       "/headers/0/value"},
      {"framing field", R"({"kind":"http","url":"https://d.example/","headers":[{"name":"transfer-Encoding","value":"chunked"}]})",
       "/headers/0/name"},
      {"host field", R"({"kind":"http","url":"https://d.example/","headers":[{"name":"Host","value":"x"}]})",
       "/headers/0/name"},
      {"second header", R"({"kind":"http","url":"https://d.example/","headers":[{"name":"X","value":"v"},{"name":"Y","token":"t"}]})",
       "/headers/1/token"},
  };
  for (const BadCase& c : cases) {
    Result<SourceManifest> manifest = parse_source_manifest_text(c.text);
    ASSERT_FALSE(manifest) << c.name;
    EXPECT_EQ(manifest.error().code, Code::JsonShape) << c.name << ": " << manifest.error().chain();
    ASSERT_FALSE(manifest.error().help.empty()) << c.name;
    EXPECT_EQ(manifest.error().help[0].second, c.pointer) << c.name;
  }
  EXPECT_EQ(parse_source_manifest_text("{").error().code, Code::JsonSyntax);
}

TEST(SourceManifest, SeventeenHeadersAreTooMany) {
  std::string text = R"({"kind":"http","url":"https://d.example/","headers":[)";
  for (int i = 0; i < 17; ++i) text += std::string(i == 0 ? "" : ",") + R"({"name":"X","value":"v"})";
  EXPECT_FALSE(parse_source_manifest_text(text + "]}"));
}

TEST(Builtin, TableListsEveryKindOnce) {
  ASSERT_EQ(builtin_kinds().size(), std::variant_size_v<SourceManifest>);
  EXPECT_EQ(builtin_kinds()[0].kind, "file");
  EXPECT_EQ(builtin_kinds()[1].kind, "http");
  EXPECT_TRUE(builtin_kinds()[1].network);
}

TEST(Builtin, HostsOutsideTheEgressListAreForbidden) {
  HttpSource source;
  source.url = "https://data.example/x";
  Context context;
  EXPECT_EQ(make_connector(source, context).error().code, Code::Forbidden);
  for (const char* other : {"data.example:8443", "*.example:443", "data.example", "example:443", "DATA.example.evil:443"}) {
    context.egress = {other};
    EXPECT_EQ(make_connector(source, context).error().code, Code::Forbidden) << other;
  }
  context.egress = {"data.example:443"};
  EXPECT_EQ(make_connector(source, context).error().code, Code::SourceFailed);  // allowed, but no client was given
}

}  // namespace
}  // namespace sekisho::connectors
