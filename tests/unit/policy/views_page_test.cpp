// Runs the examples of docs/views.md: blocks "json view", perhaps "json with" (a second view), "json in", "json out".
#include <gtest/gtest.h>

#include "policy/shaper.hpp"
#include "tests/support/test_data.hpp"
#include "tests/unit/policy/policies.hpp"

namespace sekisho::policy {
namespace {

std::string without_tokens(std::string text) {
  for (std::size_t at = 0; at + kTokenLength <= text.size(); ++at) {
    const bool begins = at > 0 && (text[at - 1] == '"' || text[at - 1] == '/');
    if (begins && is_token(std::string_view(text).substr(at, kTokenLength))) text.replace(at, kTokenLength, "<token>");
  }
  return text;
}

struct Block {
  std::string kind, text;
};

std::vector<Block> blocks_of(std::string_view page) {
  constexpr std::string_view kFence = "```";
  std::vector<Block> out;
  bool inside = false;
  while (!page.empty()) {
    const std::size_t end = page.find('\n');
    const std::string_view line = page.substr(0, end);
    page.remove_prefix(end == std::string_view::npos ? page.size() : end + 1);
    if (line.starts_with(kFence)) {
      inside = !inside;
      if (inside) out.push_back({std::string(line.substr(kFence.size())), ""});
    } else if (inside) {
      out.back().text += std::string(line) + "\n";
    }
  }
  return out;
}

TEST(ViewsPage, ItsExamplesAreTrue) {
  const std::filesystem::path page = std::filesystem::path(SEKISHO_SOURCE_DIR) / "docs" / "views.md";
  const Bytes root(32, 0);
  const PseudonymDomain domain{root, {}};
  std::optional<View> view;
  std::string in;
  std::size_t ran = 0;
  for (const Block& block : blocks_of(sekisho::test::read_text(page))) {
    SCOPED_TRACE(block.text);
    if (block.kind == "json view" || block.kind == "json with") {
      Result<View> parsed = View::parse(test::json(block.text));
      ASSERT_TRUE(parsed) << parsed.error().chain();
      view = block.kind == "json with" ? join(view.value(), *parsed).value() : *parsed;
    } else if (block.kind == "json in") {
      in = block.text;
    } else {
      ASSERT_EQ(block.kind, "json out");
      const View& used = view.value();
      const Result<Shaped> shaped = make_shaper(&used, &domain).value()->shape(in);
      ASSERT_TRUE(shaped) << shaped.error().chain();
      EXPECT_EQ(without_tokens(shaped->body), block.text);
      ++ran;
    }
  }
  EXPECT_EQ(ran, 9U);
  sekisho::test::print_cases("examples of docs/views.md", ran);
}

}  // namespace
}  // namespace sekisho::policy
