#include "base/core/uuid.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "base/core/encoding.hpp"
#include "base/core/random.hpp"

namespace sekisho {
namespace {

// RFC 9562 appendix A.6.
TEST(Uuid, WritesTheVectorOfTheStandard) {
  const Instant at{std::chrono::milliseconds(0x017F22E279B0)};
  const Bytes random = from_hex("0cc318c4dc0c0c07398f").value();
  const Uuid id = make_uuid_v7(at, random);
  EXPECT_EQ(to_text(id), "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
  EXPECT_EQ(version(id), 7);
  EXPECT_EQ(uuid_v7_time(id), at);
}

TEST(Uuid, SortsByTime) {
  ManualRandom random;
  const Uuid early = make_uuid_v7(Instant(std::chrono::milliseconds(1000)), random.bytes(10));
  const Uuid late = make_uuid_v7(Instant(std::chrono::milliseconds(1001)), random.bytes(10));
  EXPECT_LT(early, late);
  EXPECT_LT(to_text(early), to_text(late));
}

TEST(Uuid, TextRoundTrips) {
  ASSERT_TRUE(rc::check("all octets", [] {
    Uuid id;
    for (auto& octet : id.octets) octet = *rc::gen::arbitrary<std::uint8_t>();
    RC_ASSERT(uuid_from_text(to_text(id)).value() == id);
  }));
  const Uuid four = make_uuid_v4(ManualRandom().bytes(16));
  EXPECT_EQ(version(four), 4);
  EXPECT_EQ(four.octets[8] & 0xc0, 0x80);
}

TEST(Uuid, HasOneSpelling) {
  const char* const refused[] = {
      "",
      "017f22e279b07cc398c4dc0c0c07398f",
      "017F22E2-79B0-7CC3-98C4-DC0C0C07398F",
      "{017f22e2-79b0-7cc3-98c4-dc0c0c07398f}",
      "urn:uuid:017f22e2-79b0-7cc3-98c4-dc0c0c07398f",
      "017f22e2-79b0-7cc3-98c4-dc0c0c07398",
      "017f22e2-79b0-7cc3-98c4-dc0c0c07398ff",
      "017f22e2-79b0-7cc3-98c4-dc0c0c07398g",
      "017f22e-279b0-7cc3-98c4-dc0c0c07398f",
      "017f22e2-79b0-7cc3-98c4_dc0c0c07398f",
      "-17f22e2-79b0-7cc3-98c4-dc0c0c07398f",
  };
  for (const char* text : refused) EXPECT_FALSE(uuid_from_text(text)) << text;
}

}  // namespace
}  // namespace sekisho
