#include "base/core/keep_tree.hpp"

#include <gtest/gtest.h>

namespace sekisho {
namespace {

TEST(FieldPath, ParsesAndWritesPointers) {
  EXPECT_TRUE(FieldPath::parse("").value().tokens().empty());
  EXPECT_EQ(FieldPath::parse("/a/*/b").value().tokens(), (std::vector<std::string>{"a", "*", "b"}));
  EXPECT_EQ(FieldPath::parse("/a~1b/~0~01").value().tokens(), (std::vector<std::string>{"a/b", "~~1"}));
  EXPECT_EQ(FieldPath::parse("/").value().tokens(), std::vector<std::string>{""});
  EXPECT_EQ(FieldPath::parse("//x/").value().tokens(), (std::vector<std::string>{"", "x", ""}));
  for (const char* text : {"", "/", "/a/*/b", "/a~1b/~0~01", "//x/"})
    EXPECT_EQ(FieldPath::parse(text).value().text(), text);
}

TEST(FieldPath, RefusesBadPointers) {
  for (const char* text : {"a", "a/b", "#/a", "/~", "/~2", "/a~/b", " /a"})
    EXPECT_FALSE(FieldPath::parse(text)) << text;
  std::string deep;
  for (int i = 0; i < 33; ++i) deep += "/a";
  EXPECT_FALSE(FieldPath::parse(deep));
  EXPECT_TRUE(FieldPath::parse(deep.substr(2)));
}

TEST(KeepTree, HoldsEntriesByName) {
  KeepTree tree;
  EXPECT_TRUE(tree.leaf());
  tree.keep(FieldPath::parse("/b").value());
  tree.drop(FieldPath::parse("/b/secret").value());
  tree.write(FieldPath::parse("/a/*/x").value(), 7);
  EXPECT_EQ(tree.member("b")->action(), KeepTree::Action::Keep);
  EXPECT_EQ(tree.member("b")->member("secret")->action(), KeepTree::Action::Drop);
  EXPECT_EQ(tree.member("a")->action(), KeepTree::Action::None);
  EXPECT_EQ(tree.member("a")->elements()->member("x")->tag(), 7U);
  EXPECT_EQ(tree.member("c"), nullptr);
  EXPECT_EQ(tree.member(""), nullptr);
  tree.drop(FieldPath::parse("/b").value());  // the last word counts
  EXPECT_EQ(tree.member("b")->action(), KeepTree::Action::Drop);
}

}  // namespace
}  // namespace sekisho
