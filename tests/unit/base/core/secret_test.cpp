#include "base/core/secret.hpp"

#include <gtest/gtest.h>

#include <type_traits>

namespace sekisho {
namespace {

static_assert(!std::is_copy_constructible_v<Secret> && !std::is_copy_assignable_v<Secret>);

template <class T>
concept Printable = requires(std::ostream& out, const T& value) { out << value; };
static_assert(!Printable<Secret> && !std::is_convertible_v<Secret, std::string>);

TEST(Secret, TakesAndWipesItsSource) {
  std::string text = "a passphrase that is longer than the small buffer of a string";
  const Secret secret = Secret::take(std::move(text));
  EXPECT_EQ(as_text(secret.view()), "a passphrase that is longer than the small buffer of a string");
  EXPECT_TRUE(text.empty());  // NOLINT(bugprone-use-after-move): that is the promise
  Bytes octets{1, 2, 3};
  EXPECT_EQ(Secret::take(std::move(octets)).size(), 3U);
  EXPECT_TRUE(octets.empty());  // NOLINT(bugprone-use-after-move)
}

TEST(Secret, MovesAndClones) {
  Secret a = Secret::copy_of(as_bytes("key"));
  const Secret twin = a.clone();
  Secret b = std::move(a);
  EXPECT_TRUE(a.empty());  // NOLINT(bugprone-use-after-move)
  EXPECT_EQ(as_text(b.view()), "key");
  EXPECT_EQ(as_text(twin.view()), "key");
  b = Secret(4);
  EXPECT_EQ(to_bytes(b.view()), Bytes(4, 0));
  EXPECT_TRUE(Secret().empty());
  EXPECT_TRUE(Secret(0).clone().empty());
}

TEST(Secret, Wipes) {
  Bytes octets{1, 2, 3};
  wipe(octets);
  EXPECT_EQ(octets, Bytes(3, 0));
  std::string text = "abc";
  wipe(text);
  EXPECT_EQ(text, std::string(3, '\0'));
}

TEST(Secret, ComparesByContent) {
  EXPECT_TRUE(equal_in_constant_time(as_bytes("abc"), as_bytes("abc")));
  EXPECT_FALSE(equal_in_constant_time(as_bytes("abc"), as_bytes("abd")));
  EXPECT_FALSE(equal_in_constant_time(as_bytes("abc"), as_bytes("ab")));
  EXPECT_TRUE(equal_in_constant_time({}, {}));
}

}  // namespace
}  // namespace sekisho
