#include <gtest/gtest.h>

#include <fstream>

#include "base/async/sync_wait.hpp"
#include "connectors/file/file_connector.hpp"
#include "tests/support/temp_folder.hpp"

namespace sekisho::connectors {
namespace {

class FileCursorTest : public ::testing::Test {
 protected:
  FileCursorTest() { context_.base = folder_.path(); }

  void write(const std::string& name, const std::string& content) {
    std::ofstream(folder_.file(name), std::ios::binary) << content;
  }

  // Every batch from a cursor to the end; an error's code as the last content.
  std::vector<Batch> all(const FileSource& source, const std::string& cursor, std::size_t records, std::size_t bytes) {
    std::vector<Batch> out;
    std::unique_ptr<Connector> connector = make_file_connector(source, context_);
    OpenRequest request;
    request.cursor = cursor;
    auto reader = async::sync_wait(connector->open(request, async::Deadline::never()));
    if (!reader) {
      out.emplace_back().content = reader.error().name();
      return out;
    }
    do {
      auto batch = async::sync_wait((*reader)->read({records, bytes, async::Deadline::never()}));
      if (!batch) {
        out.emplace_back().content = batch.error().name();
        return out;
      }
      out.push_back(std::move(*batch));
    } while (!out.back().end);
    return out;
  }

  static std::string joined(const std::vector<Batch>& batches, std::size_t from = 0) {
    std::string out;
    for (std::size_t i = from; i < batches.size(); ++i) out += batches[i].content;
    return out;
  }

  void every_cursor_resumes(const FileSource& source, std::size_t records, std::size_t bytes) {
    const std::vector<Batch> whole = all(source, "", records, bytes);
    ASSERT_GT(whole.size(), 10U);
    for (std::size_t i = 0; i < whole.size(); ++i) {
      ASSERT_EQ(joined(all(source, whole[i].cursor, records, bytes)), joined(whole, i + 1)) << whole[i].cursor;
    }
  }

  testing_support::TempFolder folder_;
  Context context_;
};

TEST_F(FileCursorTest, EveryCursorOfAFolderResumesWithoutLossOrRepetition) {
  int n = 0;
  for (const char* name : {"a.ndjson", "b.ndjson", "c.ndjson"}) {
    std::string content;
    for (int i = 0; i < 100; ++i) content += "{\"n\":" + std::to_string(n++) + "}\n" + (i % 7 == 0 ? "\n" : "");
    if (n == 200) content.pop_back();  // the last newline is missing
    write(name, content);
  }
  every_cursor_resumes({"."}, 7, 1000);
  every_cursor_resumes({"."}, 1, 1000);
}

TEST_F(FileCursorTest, EveryCursorOfAnOpaqueBodyResumesAtItsOctet) {
  std::string body;
  for (int i = 0; i < 50'000; ++i) body += static_cast<char>(i * 7919 >> 3);
  write("scan.bin", body);
  const FileSource source{"scan.bin", "application/octet-stream"};
  every_cursor_resumes(source, 1, 777);
  EXPECT_EQ(joined(all(source, "", 1, 777)), body);
  write("empty.bin", "");
  EXPECT_EQ(joined(all({"empty.bin", "application/octet-stream"}, "", 1, 777)), "");
}

TEST_F(FileCursorTest, ForeignCursorsAreRefused) {
  write("f.ndjson", "{\"n\":1}\n{\"n\":2}\n");
  const FileSource lines{"f.ndjson"};
  const FileSource opaque{"f.ndjson", "application/octet-stream"};
  const char* const for_lines[] = {"x",
                                   "[]",
                                   "{}",
                                   R"({"v":2,"file":"f.ndjson","offset":0,"record":0})",
                                   R"({"v":1,"file":"f.ndjson","offset":3,"record":0})",
                                   R"({"v":1,"file":"f.ndjson","offset":99,"record":0})",
                                   R"({"v":1,"file":"../f.ndjson","offset":0,"record":0})",
                                   R"({"v":1,"file":"f.ndjson","offset":-1,"record":0})",
                                   R"({"v":1,"offset":0})"};
  for (const char* cursor : for_lines) EXPECT_EQ(joined(all(lines, cursor, 9, 99)), "SOURCE_FAILED") << cursor;
  const char* const for_opaque[] = {"x", R"({"v":1,"offset":17})",
                                    R"({"v":1,"file":"f.ndjson","offset":0,"record":0})"};
  for (const char* cursor : for_opaque) EXPECT_EQ(joined(all(opaque, cursor, 9, 99)), "SOURCE_FAILED") << cursor;
}

}  // namespace
}  // namespace sekisho::connectors
