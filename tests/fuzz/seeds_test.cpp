// Every fuzz target as a test case of an ordinary build: its seeds, every prefix of each, and a fixed walk of mutations.
// The result of a target is always 0; what is tested is that none crashes, hangs or trips a sanitizer.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#define SEKISHO_FUZZ_CASE(name) extern "C" int sekisho_fuzz_##name(const std::uint8_t* data, std::size_t size);
#include "fuzz_cases.inc"
#undef SEKISHO_FUZZ_CASE

namespace {

using Target = int (*)(const std::uint8_t*, std::size_t);
using Input = std::vector<std::uint8_t>;

constexpr std::size_t kPrefixes = 256;     // prefixes tried of each seed
constexpr std::size_t kMutations = 64;     // mutations of each seed
constexpr std::size_t kSeedLimit = 65536;  // larger seeds are cut

struct Case {
  const char* name;
  Target target;
};

const Case kCases[] = {
#define SEKISHO_FUZZ_CASE(name) {#name, sekisho_fuzz_##name},
#include "fuzz_cases.inc"
#undef SEKISHO_FUZZ_CASE
};

std::vector<Input> seeds_of(const std::string& name) {
  std::vector<Input> seeds{{}, {0}, {'{', '}'}, {'S', 'K', 'S', 'H'}, Input(1024, 0xff)};
  const auto folder = std::filesystem::path(SEKISHO_SOURCE_DIR) / "tests" / "fuzz" / "seeds" / name;
  if (std::filesystem::is_directory(folder)) {
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      std::ifstream file(entry.path(), std::ios::binary);
      Input seed{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
      seed.resize(std::min(seed.size(), kSeedLimit));
      seeds.push_back(std::move(seed));
    }
  }
  return seeds;
}

Input mutate(Input input, std::minstd_rand& random) {
  const std::size_t edits = 1 + random() % 4;
  for (std::size_t i = 0; i < edits; ++i) {
    const std::size_t at = input.empty() ? 0 : random() % input.size();
    const auto octet = static_cast<std::uint8_t>(random() & 0xffU);
    switch (random() % 3) {
      case 0:
        input.insert(input.begin() + static_cast<std::ptrdiff_t>(at), octet);
        break;
      case 1:
        if (!input.empty()) input.erase(input.begin() + static_cast<std::ptrdiff_t>(at));
        break;
      default:
        if (!input.empty()) input[at] = octet;
    }
  }
  return input;
}

class FuzzSeeds : public testing::TestWithParam<Case> {};

TEST_P(FuzzSeeds, NeitherCrashesNorReturnsNonZero) {
  const auto [name, target] = GetParam();
  std::minstd_rand random(20251);  // fixed: the same walk on every machine
  std::size_t runs = 0;
  const auto run = [&](const Input& input) {
    ++runs;
    return target(input.data(), input.size());
  };
  for (const Input& seed : seeds_of(name)) {
    ASSERT_EQ(run(seed), 0);
    const std::size_t step = std::max<std::size_t>(1, seed.size() / kPrefixes);
    for (std::size_t cut = 0; cut < seed.size(); cut += step) {
      ASSERT_EQ(run(Input(seed.begin(), seed.begin() + static_cast<std::ptrdiff_t>(cut))), 0);
    }
    for (std::size_t i = 0; i < kMutations; ++i) ASSERT_EQ(run(mutate(seed, random)), 0);
  }
  RecordProperty("runs", static_cast<int>(runs));
}

INSTANTIATE_TEST_SUITE_P(Targets, FuzzSeeds, testing::ValuesIn(kCases),
                         [](const auto& target) { return std::string(target.param.name); });

}  // namespace
