#include "base/core/file.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "tests/support/test_data.hpp"

namespace sekisho {
namespace {

namespace fs = std::filesystem;

class FileTest : public testing::Test {
 protected:
  fs::path write(const std::string& name, const std::string& text, mode_t mode) {
    const fs::path path = folder_.path() / name;
    std::ofstream(path) << text;
    EXPECT_EQ(::chmod(path.c_str(), mode), 0);
    return path;
  }
  static mode_t mode_of(const fs::path& path) {
    struct stat state{};
    EXPECT_EQ(::stat(path.c_str(), &state), 0);
    return state.st_mode & 07777U;
  }
  std::size_t entries() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder_.path()), fs::directory_iterator()));
  }
  test::TemporaryFolder folder_;
};

TEST_F(FileTest, ReadsUpToTheLimit) {
  const fs::path path = write("a", "12345", 0644);
  EXPECT_EQ(read_file(path, 5).value(), to_bytes("12345"));
  const auto over = read_file(path, 4);
  ASSERT_FALSE(over);
  EXPECT_EQ(over.error().code, Code::LimitExceeded);
  EXPECT_TRUE(read_file(write("empty", "", 0644), 0).value().empty());
}

TEST_F(FileTest, ReadsRegularFilesOnly) {
  EXPECT_EQ(read_file(folder_.path() / "missing", 10).error().code, Code::NotFound);
  EXPECT_EQ(read_file(folder_.path(), 10).error().code, Code::Io);
  EXPECT_EQ(read_file("/dev/zero", 10).error().code, Code::Io);
  const fs::path fifo = folder_.path() / "fifo";
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  EXPECT_EQ(read_file(fifo, 10).error().code, Code::Io);
}

TEST_F(FileTest, KeepsTheLimitOfAFileWithoutASize) {
  EXPECT_GT(read_file("/proc/self/status", 1 << 20).value().size(), 10U);
  EXPECT_EQ(read_file("/proc/self/status", 10).error().code, Code::LimitExceeded);
}

TEST_F(FileTest, RefusesPrivateFilesThatOthersCanOpen) {
  for (const mode_t mode : {0600U, 0400U})
    EXPECT_TRUE(read_private_file(write("key", "k", mode), 10)) << std::oct << mode;
  for (const mode_t mode : {0604U, 0640U, 0620U, 0602U, 0644U, 0700U, 0601U, 0666U, 0777U, 04600U}) {
    const auto key = read_private_file(write("key", "k", mode), 10);
    ASSERT_FALSE(key) << std::oct << mode;
    EXPECT_EQ(key.error().code, Code::KeyFileMode);
    EXPECT_NE(key.error().message.find("key"), std::string::npos);
  }
}

TEST_F(FileTest, ReplacesWholeFiles) {
  const fs::path path = folder_.path() / "out";
  ASSERT_TRUE(write_file_atomic(path, as_bytes("one")));
  EXPECT_EQ(mode_of(path), 0644U);
  ASSERT_TRUE(write_file_atomic(path, as_bytes("two, longer"), 0600));
  EXPECT_EQ(mode_of(path), 0600U);
  EXPECT_EQ(read_private_file(path, 100).value(), to_bytes("two, longer"));
  ASSERT_TRUE(write_file_atomic(path, {}, 0640));
  EXPECT_TRUE(read_file(path, 100).value().empty());
  EXPECT_EQ(entries(), 1U);  // no temporary file is left
}

TEST_F(FileTest, GivesTheExactModeWhateverTheUmask) {
  const mode_t before = ::umask(0077);
  const Status written = write_file_atomic(folder_.path() / "out", as_bytes("x"), 0664);
  ::umask(before);
  ASSERT_TRUE(written);
  EXPECT_EQ(mode_of(folder_.path() / "out"), 0664U);
}

TEST_F(FileTest, AFailedWriteLeavesTheOldAndNothingElse) {
  const fs::path folder = folder_.path() / "sub";
  fs::create_directory(folder);
  const Status written = write_file_atomic(folder, as_bytes("x"));  // a folder cannot be replaced by a file
  ASSERT_FALSE(written);
  EXPECT_TRUE(fs::is_directory(folder));
  EXPECT_EQ(entries(), 1U);
  EXPECT_EQ(write_file_atomic(folder_.path() / "missing" / "x", as_bytes("x")).error().code, Code::NotFound);
}

TEST_F(FileTest, ReplacesALinkAndNotItsTarget) {
  const fs::path target = write("target", "old", 0644);
  fs::create_symlink(target, folder_.path() / "link");
  ASSERT_TRUE(write_file_atomic(folder_.path() / "link", as_bytes("new")));
  EXPECT_EQ(read_file(target, 10).value(), to_bytes("old"));
  EXPECT_FALSE(fs::is_symlink(folder_.path() / "link"));
}

}  // namespace
}  // namespace sekisho
