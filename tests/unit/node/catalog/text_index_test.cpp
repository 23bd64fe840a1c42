#include "node/catalog/text_index.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>

namespace sekisho::node {
namespace {

using Found = std::vector<std::uint32_t>;

struct Case {
  const char* name;
  const char* question;
  Found found;
};

TEST(TextIndex, FindsByTheBeginningsOfAllWords) {
  const std::vector<std::string> texts{"urn:uuid:lot-7 Strawberry temperatures", "Strawberry harvests 2026",
                                       "いちごの出荷データ", "Café au lait", "市"};
  const TextIndex index(texts);
  const Case cases[] = {
      {"nothing asked", "", {0, 1, 2, 3, 4}},
      {"signs alone", " -/: ", {0, 1, 2, 3, 4}},
      {"one word", "strawberry", {0, 1}},
      {"any case", "STRAWBERRY", {0, 1}},
      {"a beginning", "straw", {0, 1}},
      {"not an end", "berry", {}},
      {"two words", "straw temp", {0}},
      {"order does not matter", "temp straw", {0}},
      {"numbers", "2026", {1}},
      {"parts of an IRI", "lot 7", {0}},
      {"a word that nobody has", "straw barley", {}},
      {"kana without spaces", "出荷", {2}},
      {"longer than a pair", "いちご", {2}},
      {"pairs must all be there", "いちい", {}},
      {"one character", "荷", {2}},
      {"the last character", "タ", {2}},
      {"a text of one character", "市", {4}},
      {"half of an accented word", "caf", {3}},
  };
  for (const Case& c : cases) EXPECT_EQ(index.find(c.question), c.found) << c.name;
}

TEST(TextIndex, EmptyAndBrokenTextsAreNoTrouble) {
  EXPECT_TRUE(TextIndex().find("x").empty());
  const std::vector<std::string> texts{"", std::string("\xff\xfe\x80 a\xc3", 6), std::string(300, 'w')};
  const TextIndex index(texts);
  EXPECT_EQ(index.find("a"), Found{1});
  EXPECT_EQ(index.find(std::string(300, 'w')), Found{2});
}

TEST(TextIndex, AgreesWithASearchThroughAllWords) {
  ASSERT_TRUE(rc::check([](const std::vector<std::string>& texts, std::string question) {
    // Of ASCII alone, whose words are the same on both sides.
    std::ranges::transform(question, question.begin(), [](char c) { return static_cast<char>(c & 0x7f); });
    const TextIndex index(texts);
    const std::vector<std::string> asked = index_words(question);
    Found expected;
    for (std::uint32_t i = 0; i < texts.size(); ++i) {
      const std::vector<std::string> words = index_words(texts[i]);
      const bool all = std::ranges::all_of(asked, [&](const std::string& begin) {
        return std::ranges::any_of(words, [&](const std::string& word) { return word.starts_with(begin); });
      });
      if (all) expected.push_back(i);
    }
    RC_ASSERT(index.find(question) == expected);
  }));
}

}  // namespace
}  // namespace sekisho::node
