#include "node/admin/pseudonym_key.hpp"

#include <gtest/gtest.h>

#include "node/admin/declared.hpp"

namespace sekisho::node {
namespace {

std::shared_ptr<const CatalogState> offering(const std::string& field) {
  const std::string text = R"({"sources": [{"name": "s", "manifest": {"kind": "file", "path": "x"}}],
    "datasets": [{"id": "plain", "title": "t", "source": "s", "media": "application/x-ndjson"},
                 {"id": "lots", "title": "t", "source": "s", "media": "application/x-ndjson",
                  "view": {"media": "application/x-ndjson", "fields": {"/lot": )" + field + "}}}]}";
  return build_catalog(to_objects(*read_declared(parse_json(text).value().get_object())).value()).value();
}

TEST(PseudonymKey, IsNeededByWhatWritesPseudonymsAlone) {
  struct Row {
    const char* name;
    const char* field;
    bool key;
    bool good;
  };
  const Row rows[] = {{"pseudonyms, no key", R"({"pseudonym": "lot"})", false, false},
                      {"pseudonyms and a key", R"({"pseudonym": "lot"})", true, true},
                      {"none, no key", R"("keep")", false, true}};
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    const Status checked = check_pseudonym_key(*offering(row.field), row.key);
    ASSERT_EQ(checked.has_value(), row.good);
    if (checked) continue;
    EXPECT_EQ(checked.error().code, Code::KeyFile);
    ASSERT_EQ(checked.error().help.size(), 1U);
    EXPECT_EQ(checked.error().help[0].second, "lots");
  }
}

}  // namespace
}  // namespace sekisho::node
