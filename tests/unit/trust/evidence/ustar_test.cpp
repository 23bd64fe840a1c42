#include "trust/evidence/ustar.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "trust/evidence/bundle.hpp"

namespace sekisho::trust {
namespace {

Bytes archive() {
  return write_ustar({{"a/one", to_bytes("1")}, {"a/two", Bytes(512, 'x')}, {"b", {}}, {"c.json", Bytes(700, 'y')}})
      .value();
}

TEST(Ustar, RoundTrip) {
  const Bytes bytes = archive();
  const ArchiveView read = read_ustar(bytes, {}).value();
  ASSERT_EQ(read.size(), 4U);
  EXPECT_EQ(as_text(read.at("a/one")), "1");
  EXPECT_EQ(read.at("a/two").size(), 512U);
  EXPECT_TRUE(read.at("b").empty());
  EXPECT_TRUE(read_ustar(write_ustar({}).value(), {})->empty());
}

// Headers have one spelling, so a change of any octet outside the contents is refused.
TEST(Ustar, AnyAlteredHeaderOrPaddingRefuses) {
  const Bytes bytes = archive();
  const ArchiveView good = read_ustar(bytes, {}).value();
  const bool ok = rc::check([&] {
    Bytes altered = bytes;
    const auto at = *rc::gen::inRange<std::size_t>(0, bytes.size());
    altered[at] ^= static_cast<std::uint8_t>(*rc::gen::inRange(1, 256));
    for (const auto& [name, content] : good) {
      const auto begin = static_cast<std::size_t>(content.data() - bytes.data());
      if (at >= begin && at < begin + content.size()) return;  // the manifest's matter
    }
    RC_ASSERT(!read_ustar(altered, {}));
  });
  ASSERT_TRUE(ok);
}

// Members in the order given, which write_ustar would not do.
Bytes joined(const std::vector<std::pair<std::string, Bytes>>& members) {
  Bytes out;
  for (const auto& [name, content] : members) {
    const Bytes one = write_ustar({{name, content}}).value();
    append(out, BytesView(one).first(one.size() - 1024));
  }
  out.resize(out.size() + 1024);
  return out;
}

TEST(Ustar, OrderDuplicatesAndTails) {
  EXPECT_TRUE(read_ustar(joined({{"a", {}}, {"b", {}}}), {}));
  EXPECT_FALSE(read_ustar(joined({{"b", {}}, {"a", {}}}), {})) << "re-ordered";
  EXPECT_FALSE(read_ustar(joined({{"a", {}}, {"a", {}}}), {})) << "twice";
  const Bytes good = archive();
  EXPECT_FALSE(read_ustar(BytesView(good).first(good.size() - 512), {})) << "one zero block";
  EXPECT_FALSE(read_ustar(BytesView(good).first(good.size() - 1024), {})) << "no zero block";
  EXPECT_FALSE(read_ustar(BytesView(good).first(100), {})) << "part of a block";
  EXPECT_FALSE(read_ustar(BytesView(good).first(1024 + 512), {})) << "ends inside a member";
  Bytes tail = good;
  tail.resize(tail.size() + 512);
  EXPECT_FALSE(read_ustar(tail, {})) << "a third zero block";
  tail.back() = 1;
  EXPECT_FALSE(read_ustar(tail, {})) << "trailing garbage";
  EXPECT_FALSE(read_ustar({}, {}));
}

TEST(Ustar, NamesArePlain) {
  for (const char* bad :
       {"", "/a", "a/", "a//b", "../a", "a/../b", "./a", "a/./b", ".hidden", "a b", "a\\b", "a\nb", "\xc3\xa9"}) {
    EXPECT_FALSE(valid_member_name(bad)) << bad;
    EXPECT_FALSE(write_ustar({{bad, {}}})) << bad;
  }
  EXPECT_TRUE(valid_member_name(std::string(99, 'a')));
  EXPECT_FALSE(valid_member_name(std::string(100, 'a')));
  EXPECT_TRUE(valid_member_name(log_folder("farm.jp.example/sekisho/2026h2") + "proofs/18446744073709551615"));
}

TEST(Ustar, Limits) {
  const Bytes bytes = archive();
  EXPECT_FALSE(read_ustar(bytes, {.members = 3}));
  EXPECT_TRUE(read_ustar(bytes, {.members = 4}));
  EXPECT_FALSE(read_ustar(bytes, {.members = 4, .bytes = bytes.size() - 1}));
}

TEST(Bundle, ManifestMustFitExactly) {
  BundleWriter writer;
  ASSERT_TRUE(writer.add("statements/x", to_bytes("one")));
  ASSERT_TRUE(writer.add("statements/x", to_bytes("one")));
  EXPECT_FALSE(writer.add("statements/x", to_bytes("two")));
  EXPECT_FALSE(writer.add("manifest.json", to_bytes("{}")));
  EXPECT_FALSE(writer.add("../x", {}));
  const Bytes good = writer.finish().value();
  const ArchiveView members = read_ustar(good, {}).value();
  EXPECT_EQ(read_bundle(good)->size(), 1U);

  ArchiveMembers altered;
  for (const auto& [name, content] : members) altered[name] = to_bytes(content);
  altered["statements/x"] = to_bytes("two");
  EXPECT_FALSE(read_bundle(write_ustar(altered).value())) << "altered";
  altered["statements/x"] = to_bytes("one");
  altered["statements/y"] = {};
  EXPECT_FALSE(read_bundle(write_ustar(altered).value())) << "added";
  altered.erase("statements/x");
  altered.erase("statements/y");
  EXPECT_FALSE(read_bundle(write_ustar(altered).value())) << "left out";
  altered.erase("manifest.json");
  altered["statements/x"] = to_bytes("one");
  EXPECT_FALSE(read_bundle(write_ustar(altered).value())) << "no manifest";
}

TEST(Bundle, ChainsAndDisclosures) {
  const std::vector<Bytes> chain = {to_bytes("leaf"), to_bytes("issuing")};
  EXPECT_EQ(decode_chain(encode_chain(chain)).value(), chain);
  EXPECT_FALSE(decode_chain({}));
  EXPECT_FALSE(decode_chain(Bytes{0, 0, 0}));
  EXPECT_FALSE(decode_chain(Bytes{0, 0, 0, 0}));
  EXPECT_FALSE(decode_chain(Bytes{0, 0, 0, 2, 1}));
  EXPECT_FALSE(decode_chain(Bytes{0xff, 0xff, 0xff, 0xff, 1}));
  EXPECT_FALSE(decode_chain(encode_chain(std::vector<Bytes>(9, Bytes{1}))));

  const Disclosure d{Digest{1}, Digest{2}, to_bytes("data")};
  const Disclosure read = parse_disclosure(format_disclosure(d)).value();
  EXPECT_EQ(read.salt, d.salt);
  EXPECT_EQ(read.data, d.data);
  EXPECT_FALSE(parse_disclosure(format_disclosure({Digest{1}, Digest{2}, std::nullopt}))->data);
  EXPECT_FALSE(parse_disclosure("{}"));
  EXPECT_FALSE(parse_disclosure(R"({"statement":"00","salt":"00"})"));
}

}  // namespace
}  // namespace sekisho::trust
