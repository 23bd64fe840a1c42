#include "node/exchange/stream/window.hpp"

#include <gtest/gtest.h>

#include "node/exchange/stream/book.hpp"

namespace sekisho::node {
namespace {

using std::chrono::milliseconds;

StreamLimits small() {
  StreamLimits limits;
  limits.window_bytes = 4;
  limits.ahead_bytes = 12;
  return limits;
}

TEST(ReleaseWindow, CutsByOctetsThenTimeThenEnd) {
  const SteadyPoint start{};
  ReleaseWindow window(small());
  EXPECT_FALSE(window.ready(start));
  window.add("abcdefg", start);
  ASSERT_TRUE(window.ready(start));
  EXPECT_EQ(window.take(start), "abcd");
  EXPECT_FALSE(window.ready(start + milliseconds(999)));
  EXPECT_TRUE(window.wants_more());
  ASSERT_TRUE(window.ready(start + milliseconds(1000)));
  EXPECT_EQ(window.take(start + milliseconds(1000)), "efg");
  EXPECT_FALSE(window.over());
  window.add("h", start);
  window.end();
  ASSERT_TRUE(window.ready(start));
  EXPECT_EQ(window.take(start), "h");
  EXPECT_TRUE(window.over());
  EXPECT_FALSE(window.wants_more());
}

TEST(ReleaseWindow, EndsBehindALineWhereItIsCutBySize) {
  const SteadyPoint start{};
  StreamLimits limits = small();
  limits.whole_lines = true;
  ReleaseWindow window(limits);
  window.add("a\nb\nc\nlongline\nd", start);
  std::vector<std::string> windows;
  while (window.ready(start)) windows.push_back(window.take(start));
  EXPECT_EQ(windows, (std::vector<std::string>{"a\nb\n", "c\n", "long", "line"}));
  window.end();
  EXPECT_EQ(window.take(start), "\nd");
  EXPECT_TRUE(window.over());
}

TEST(ReleaseWindow, LosesNothingWhateverTheBatches) {
  const SteadyPoint start{};
  for (std::size_t batch = 1; batch < 12; ++batch) {
    ReleaseWindow window(small());
    std::string in, out;
    for (int n = 0; n < 10; ++n) {
      const std::string part(batch, static_cast<char>('a' + n));
      in += part;
      window.add(part, start);
      while (window.ready(start)) {
        const std::string chunk = window.take(start);
        EXPECT_EQ(chunk.size(), 4U);
        out += chunk;
      }
    }
    window.end();
    while (!window.over()) out += window.take(start);
    EXPECT_EQ(out, in) << batch;
  }
}

TEST(ReceiptCredit, StopsAheadOfTheLastReceiptInOctetsAndInTime) {
  const SteadyPoint start{};
  ReceiptCredit credit(small());
  std::uint64_t total = 0;
  while (credit.may_send()) credit.sent(total += 4, start);
  EXPECT_EQ(total, 12U);
  EXPECT_FALSE(credit.overdue(start + milliseconds(59'999)));
  EXPECT_TRUE(credit.overdue(start + milliseconds(60'000)));
  credit.receipted(100, start);  // of what never left: ignored
  EXPECT_FALSE(credit.may_send());
  credit.receipted(4, start + milliseconds(50'000));
  EXPECT_TRUE(credit.may_send());
  EXPECT_FALSE(credit.overdue(start + milliseconds(60'000)));
  credit.receipted(12, start);
  EXPECT_FALSE(credit.overdue(start + milliseconds(1'000'000)));  // nothing is owed
}

TEST(StreamBook, TheFirstCauseStandsAndReceiptsOnlyRise) {
  StreamBook book;
  Uuid id;
  id.octets[0] = 1;
  const auto stream = book.open("did:web:a", id);
  book.receipted("did:web:a", id, 10);
  book.receipted("did:web:a", id, 5);
  EXPECT_EQ(stream->receipted(), 10U);
  EXPECT_FALSE(stream->cause());
  book.cancel_all("OFFER_UNKNOWN");
  stream->cancel("CRASH");
  EXPECT_EQ(stream->cause(), "OFFER_UNKNOWN");
  book.close("did:web:a", id);
  EXPECT_EQ(book.running(), 0U);
  book.receipted("did:web:a", id, 20);
  EXPECT_EQ(stream->receipted(), 10U);
}

}  // namespace
}  // namespace sekisho::node
