#include "node/exchange/stream/frame.hpp"

#include <gtest/gtest.h>

#include "trust/evidence/commitment.hpp"

namespace sekisho::node {
namespace {

std::string length(std::uint32_t n) {
  return {static_cast<char>(n >> 24), static_cast<char>(n >> 16), static_cast<char>(n >> 8), static_cast<char>(n)};
}

const Bytes kHead = to_bytes("head");

TEST(StreamFrame, ReadsWhatWasWrittenHoweverItArrives) {
  const std::string wire =
      encode_frame("first", kHead) + encode_frame(std::string(1000, 'x'), kHead) + encode_frame("", to_bytes("end"));
  for (std::size_t step = 1; step <= wire.size(); ++step) {
    FrameReader reader;
    std::vector<StreamFrame> frames;
    for (std::size_t at = 0; at < wire.size(); at += step) {
      ASSERT_TRUE(reader.feed(std::string_view(wire).substr(at, step)));
      for (auto next = reader.next(); next && *next; next = reader.next()) frames.push_back(std::move(**next));
    }
    ASSERT_EQ(frames.size(), 3U) << step;
    EXPECT_EQ(frames[0].chunk, "first");
    EXPECT_EQ(frames[1].chunk.size(), 1000U);
    EXPECT_EQ(frames[2].envelope, to_bytes("end"));
    EXPECT_TRUE(reader.ended());
  }
}

TEST(StreamFrame, RefusesImpossibleLengthsAtOnce) {
  struct Case {
    const char* name;
    std::string wire;
  };
  const Case cases[] = {{"chunk over 1 MiB", length((1U << 20) + 1)},
                        {"largest length", length(0xffffffff)},
                        {"no statement", length(1) + "x" + length(0)},
                        {"statement over its limit", length(1) + "x" + length(kMostFrameEnvelope + 1)},
                        {"octets behind the end", encode_frame("", kHead) + "x"}};
  for (const Case& c : cases) {
    FrameReader reader;
    ASSERT_TRUE(reader.feed(c.wire)) << c.name;
    const auto next = reader.next();
    ASSERT_FALSE(next) << c.name;
    EXPECT_EQ(next.error().code, Code::Framing) << c.name;
  }
}

TEST(StreamFrame, TakesTheLargestChunk) {
  FrameReader reader;
  ASSERT_TRUE(reader.feed(encode_frame(std::string(trust::kChunkBytes, 'x'), kHead)));
  const auto next = reader.next();
  ASSERT_TRUE(next && *next);
  EXPECT_EQ((*next)->chunk.size(), trust::kChunkBytes);
}

}  // namespace
}  // namespace sekisho::node
