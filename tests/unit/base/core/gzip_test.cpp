#include "base/core/gzip.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "base/core/limits.hpp"
#include "base/core/random.hpp"

namespace sekisho {
namespace {

TEST(Gzip, RoundTrips) {
  ASSERT_TRUE(rc::check("all octets", [](const Bytes& content) {
    const auto back = gunzip(gzip(content), content.size());
    RC_ASSERT(back);
    RC_ASSERT(*back == content);
  }));
}

TEST(Gzip, IsTheSameEachTime) {
  const Bytes first = gzip(as_bytes("content"));
  EXPECT_EQ(first, gzip(as_bytes("content")));
  EXPECT_EQ(read_be64(first) & 0xffffffff, 0U);  // no time
  EXPECT_EQ(first[9], 255);                      // no operating system
}

TEST(Gzip, StopsABombAtTheLimit) {
  const Bytes bomb = gzip(Bytes(64 * limits::kMiB, 0));
  const auto small = gunzip(bomb, 1000);
  ASSERT_FALSE(small);
  EXPECT_EQ(small.error().code, Code::LimitExceeded);
  // Also one that the caller's limit would admit: no honest content has that ratio.
  const auto ratio = gunzip(bomb, 128 * limits::kMiB);
  ASSERT_FALSE(ratio);
  EXPECT_EQ(ratio.error().code, Code::LimitExceeded);
  // Small content of a great ratio is harmless.
  EXPECT_TRUE(gunzip(gzip(Bytes(limits::kGzipRatioFloor, 0)), limits::kMiB));
}

TEST(Gzip, TheLimitIsExact) {
  const Bytes packed = gzip(Bytes(20000, 'x'));
  EXPECT_TRUE(gunzip(packed, 20000));
  EXPECT_FALSE(gunzip(packed, 19999));
}

TEST(Gzip, RefusesWhatIsNotOneWholeMember) {
  const Bytes good = gzip(ManualRandom().bytes(5000));
  ASSERT_TRUE(gunzip(good, 5000));
  for (std::size_t n = 0; n < good.size(); n += n < 20 ? 1 : 97) {
    EXPECT_FALSE(gunzip(BytesView(good).first(n), 5000)) << "cut after " << n;
  }
  Bytes more = good;
  more.push_back(0);
  EXPECT_FALSE(gunzip(more, 5000));
  Bytes twice = good;
  append(twice, good);
  EXPECT_FALSE(gunzip(twice, 20000));
  for (const std::size_t from_end : {1U, 4U, 5U, 8U}) {  // length, checksum
    Bytes altered = good;
    altered[altered.size() - from_end] ^= 1;
    EXPECT_FALSE(gunzip(altered, 5000)) << from_end;
  }
  const Bytes zlib{0x78, 0x9c, 0x03, 0x00, 0x00, 0x00, 0x00, 0x01};
  EXPECT_FALSE(gunzip(zlib, 10));
  EXPECT_FALSE(gunzip(as_bytes("plain text"), 10));
}

}  // namespace
}  // namespace sekisho
