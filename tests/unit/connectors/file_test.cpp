#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <sys/stat.h>

#include <fstream>

#include "base/async/sync_wait.hpp"
#include "connectors/builtin.hpp"
#include "connectors/file/file_connector.hpp"
#include "tests/support/temp_folder.hpp"

namespace sekisho::connectors {
namespace {

using testing_support::TempFolder;

class FileSourceTest : public ::testing::Test {
 protected:
  FileSourceTest() { context_.base = folder_.path(); }

  void write(const std::string& name, const std::string& content) {
    std::ofstream(folder_.file(name), std::ios::binary) << content;
  }
  Result<std::unique_ptr<Reader>> open(const std::string& path) {
    connector_ = make_connector(FileSource{path}, context_).value();
    return async::sync_wait(connector_->open(async::Deadline::never()));
  }
  static Result<Batch> read(Reader& reader, std::size_t records = 1000, std::size_t bytes = 1U << 20) {
    return async::sync_wait(reader.read({records, bytes, async::Deadline::never()}));
  }
  // All content in batches of these credits; the error's code as text where there is one.
  std::string all(const std::string& path, std::size_t records = 1000, std::size_t bytes = 1U << 20) {
    Result<std::unique_ptr<Reader>> reader = open(path);
    if (!reader) return std::string(reader.error().name());
    std::string out;
    for (;;) {
      Result<Batch> batch = read(**reader, records, bytes);
      if (!batch) return std::string(batch.error().name());
      EXPECT_LE(batch->records, records);
      EXPECT_LE(batch->content.size(), bytes);
      EXPECT_EQ(static_cast<std::size_t>(std::ranges::count(batch->content, '\n')), batch->records);
      out += batch->content;
      if (batch->end) return out;
      EXPECT_GT(batch->records, 0U);
    }
  }

  TempFolder folder_;
  Context context_;
  std::unique_ptr<Connector> connector_;
};

TEST_F(FileSourceTest, LinesAreRecords) {
  struct Case {
    const char* name;
    std::string content;
    std::string expected;
  };
  const Case cases[] = {
      {"plain", "{\"a\":1}\n{\"a\":2}\n", "{\"a\":1}\n{\"a\":2}\n"},
      {"no newline at the end", "{\"a\":1}\n{\"a\":2}", "{\"a\":1}\n{\"a\":2}\n"},
      {"empty lines", "\n{\"a\":1}\n\r\n\n{\"a\":2}\n", "{\"a\":1}\n{\"a\":2}\n"},
      {"empty file", "", ""},
      {"only newlines", "\n\n\n", ""},
      {"utf-8", "{\"a\":\"苺\"}\n", "{\"a\":\"苺\"}\n"},
      {"latin-1", "{\"a\":\"\xe9\"}\n", "SOURCE_FAILED"},
      {"surrogate", "{\"a\":\"\xed\xa0\x80\"}\n", "SOURCE_FAILED"},
  };
  for (const Case& c : cases) {
    write("f.ndjson", c.content);
    EXPECT_EQ(all("f.ndjson"), c.expected) << c.name;
    EXPECT_EQ(all("f.ndjson", 1), c.expected) << c.name;
  }
}

TEST_F(FileSourceTest, DirectoryIsReadInTheOrderOfItsNames) {
  write("b.ndjson", "2\n");
  write("a.ndjson", "1");
  write("c.txt", "not this\n");
  write("c.ndjson", "3\n4\n");
  EXPECT_EQ(all("."), "1\n2\n3\n4\n");
  EXPECT_EQ(all(".", 1), "1\n2\n3\n4\n");
}

TEST_F(FileSourceTest, CreditsOfOctetsBoundABatch) {
  write("f.ndjson", "aaaa\nbbbb\ncccc\n");
  EXPECT_EQ(all("f.ndjson", 100, 5), "aaaa\nbbbb\ncccc\n");
  EXPECT_EQ(all("f.ndjson", 100, 9), "aaaa\nbbbb\ncccc\n");
  EXPECT_EQ(all("f.ndjson", 100, 4), "ANSWER_TOO_LARGE");
}

TEST_F(FileSourceTest, EndlessLineIsRefusedWithinTheCredit) {
  write("f.ndjson", std::string(3U << 20, 'x'));
  EXPECT_EQ(all("f.ndjson", 100, 1U << 20), "ANSWER_TOO_LARGE");
}

TEST_F(FileSourceTest, FileThatChangesWhileItIsReadFails) {
  for (const bool grows : {true, false}) {
    std::string content;
    for (int i = 0; i < 30'000; ++i) content += "{\"n\":" + std::to_string(i) + "}\n";
    write("f.ndjson", content);
    auto reader = open("f.ndjson").value();
    ASSERT_TRUE(read(*reader, 1));
    if (grows) {
      std::ofstream(folder_.file("f.ndjson"), std::ios::app) << "{\"n\":\"late\"}\n";
    } else {
      std::filesystem::resize_file(folder_.file("f.ndjson"), 100'000);
    }
    Result<Batch> batch = read(*reader);
    while (batch && !batch->end) batch = read(*reader);
    ASSERT_FALSE(batch);
    EXPECT_EQ(batch.error().code, Code::SourceFailed);
    EXPECT_NE(batch.error().message.find("f.ndjson"), std::string::npos);
  }
}

TEST_F(FileSourceTest, WhatIsNoRegularFileIsRefused) {
  EXPECT_EQ(all("absent.ndjson"), "SOURCE_FAILED");
  ASSERT_EQ(::mkfifo(folder_.file("pipe").c_str(), 0600), 0);
  EXPECT_EQ(all("pipe"), "SOURCE_FAILED");
  EXPECT_EQ(all("/dev/zero"), "SOURCE_FAILED");
}

TEST_F(FileSourceTest, CancelledAndLateReadersStop) {
  write("f.ndjson", "1\n2\n");
  auto reader = open("f.ndjson").value();
  reader->cancel();
  EXPECT_EQ(read(*reader).error().code, Code::Cancelled);
  auto late = open("f.ndjson").value();
  const async::Deadline past(async::SteadyTime::min());
  EXPECT_EQ(async::sync_wait(late->read({1, 100, past})).error().code, Code::SourceTimeout);
}

TEST_F(FileSourceTest, BlockingPoolGivesTheSameAnswer) {
  std::string content;
  for (int i = 0; i < 20'000; ++i) content += "{\"n\":" + std::to_string(i) + "}\n";
  write("f.ndjson", content);
  ASSERT_GT(content.size(), kInlineBytes);
  const std::string inline_answer = all("f.ndjson", 777, 100'000);
  context_.blocking = std::make_shared<async::BlockingPool>(1, 16);
  EXPECT_EQ(all("f.ndjson", 777, 100'000), inline_answer);
  EXPECT_EQ(inline_answer, content);
}

TEST_F(FileSourceTest, CheckNamesWhatIsWrong) {
  write("f.ndjson", "1\n");
  connector_ = make_connector(FileSource{"f.ndjson"}, context_).value();
  EXPECT_TRUE(async::sync_wait(connector_->check(async::Deadline::never())));
  connector_ = make_connector(FileSource{"gone"}, context_).value();
  Status checked = async::sync_wait(connector_->check(async::Deadline::never()));
  ASSERT_FALSE(checked);
  EXPECT_NE(checked.error().message.find("gone"), std::string::npos);
}

// Whatever the credits, the pieces joined are the file.
TEST_F(FileSourceTest, CreditsNeverChangeTheContent) {
  ASSERT_TRUE(rc::check([this](const std::vector<std::string>& lines, std::uint8_t records, std::uint16_t bytes) {
    std::string content;
    std::string expected;
    std::size_t longest = 1;
    for (const std::string& raw : lines) {
      std::string line;
      for (const char c : raw) {
        if (c > ' ' && c < 0x7f) line += c;
      }
      content += line + "\n";
      if (!line.empty()) expected += line + "\n";
      longest = std::max(longest, line.size() + 1);
    }
    write("p.ndjson", content);
    RC_ASSERT(all("p.ndjson", records + 1U, longest + bytes) == expected);
  }));
}

}  // namespace
}  // namespace sekisho::connectors
