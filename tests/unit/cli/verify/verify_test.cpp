#include "cli/commands/verify.hpp"

#include <gtest/gtest.h>

#include <sstream>

#include "base/core/file.hpp"
#include "tests/support/test_data.hpp"
#include "tests/unit/trust/evidence/crossing.hpp"

namespace sekisho::cli {
namespace {

struct Outcome {
  int code = 0;
  std::string out, err;
};

Outcome run(const VerifyArguments& arguments) {
  std::ostringstream out, err;
  Outcome result;
  result.code = run_verify(arguments, out, err);
  result.out = out.str();
  result.err = err.str();
  return result;
}

class Verify : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { crossing_ = std::make_unique<trust::testing::Crossing>(); }
  static void TearDownTestSuite() { crossing_.reset(); }

  std::string file(const Bytes& content) {
    const auto path = folder_.path() / ("bundle" + std::to_string(files_++));
    EXPECT_TRUE(write_file_atomic(path, content));
    return path.string();
  }
  static std::vector<std::string> roots() {
    std::vector<std::string> out;
    for (const auto& [zone, digest] : crossing_->roots()) out.push_back(zone + "=" + to_hex(digest));
    return out;
  }

  static std::unique_ptr<trust::testing::Crossing> crossing_;
  test::TemporaryFolder folder_;
  int files_ = 0;
};

std::unique_ptr<trust::testing::Crossing> Verify::crossing_;

TEST_F(Verify, PrintsVerdictAndFacts) {
  const Outcome result = run({roots(), {file(crossing_->bundle())}});
  EXPECT_EQ(result.code, 0) << result.out;
  EXPECT_NE(result.out.find("verdict: VALID_UNCONFIRMED"), std::string::npos) << result.out;
  EXPECT_NE(result.out.find("not yet binding: no cosigned checkpoint"), std::string::npos);
  EXPECT_NE(result.out.find("did:web:farm.jp.example (zone jp)"), std::string::npos);
  EXPECT_NE(result.out.find("did:web:trade.eu.example (zone eu)"), std::string::npos);
  EXPECT_NE(result.out.find("farm.jp.example/sekisho/2026h2#4"), std::string::npos);
  EXPECT_EQ(result.out.find("failed"), std::string::npos) << result.out;
}

// U+009B begins a control sequence that conceals or recolours what follows; a party chooses these texts.
TEST_F(Verify, TextsOfPartiesDoNotReachTheTerminalAsTheyAre) {
  const trust::testing::Crossing hostile({{trust::StatementKind::Terms, [](trust::Draft& d) {
                                             d.members["purpose"] = "research\u009b8m";
                                             d.members["dataset"] = "harvest\u202e";
                                           }}});
  const Outcome result = run({roots(), {file(hostile.bundle())}});
  EXPECT_EQ(result.code, 0) << result.out;
  EXPECT_NE(result.out.find("research??8m\n"), std::string::npos) << result.out;
  EXPECT_NE(result.out.find("harvest???\n"), std::string::npos) << result.out;
}

TEST_F(Verify, JsonSaysTheSame) {
  const Outcome result = run({roots(), {file(crossing_->bundle())}, true});
  const Json json = parse_json(result.out).value();
  EXPECT_EQ(json.at("verdict").as_string(), "VALID_UNCONFIRMED");
  EXPECT_EQ(json.at("exitCode").as_int64(), result.code);
  EXPECT_EQ(json.at("facts").as_array().size(), 1U);
  EXPECT_EQ(json.at("facts").at(0).at("outcome").as_string(), "released, verified");
}

TEST_F(Verify, SeveralContributionsAreMerged) {
  const std::string path = file(crossing_->bundle());
  EXPECT_EQ(run({roots(), {path, path}}).code, 0);
}

TEST_F(Verify, AlteredBundlesHaveTheirExitCode) {
  Bytes altered = crossing_->bundle();
  altered[altered.size() / 2] ^= 1;
  const Outcome result = run({roots(), {file(altered)}});
  EXPECT_EQ(result.code, 7) << result.out;
  EXPECT_NE(result.out.find("verdict: MALFORMED"), std::string::npos);
  EXPECT_EQ(run({roots(), {file(altered), file(crossing_->bundle())}}).code, 7);
}

TEST_F(Verify, RefusesWithoutRoots) {
  const std::string path = file(crossing_->bundle());
  const std::string hex(64, '0');
  const std::vector<std::vector<std::string>> bad = {
      {}, {"jp"}, {"=" + hex}, {"jp=" + hex.substr(1)}, {"jp=" + std::string(64, 'A')}, {"jp=" + hex, "jp=" + hex}};
  for (const auto& given : bad) {
    const Outcome result = run({given, {path}});
    EXPECT_EQ(result.code, 2);
    EXPECT_TRUE(result.out.empty());
    EXPECT_NE(result.err.find("--root"), std::string::npos) << result.err;
  }
  EXPECT_EQ(run({roots(), {}}).code, 2);
  EXPECT_EQ(run({roots(), {"/nonexistent/bundle"}}).code, 2);
}

}  // namespace
}  // namespace sekisho::cli
