// What one core shapes, in MB (10^6) of source a second; the last line is one JSON object.
//   shaper_six_fields_mb_s   readings of which six members leave and one as a pseudonym
//   shaper_pseudonym_ns      one pseudonym of a short text
//   fhir_deid_mb_s           the preset fhir-deidentify@1 over FHIR resources (argument: folder of Bundles; else 0)
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <fmt/format.h>

#include "base/core/json.hpp"
#include "policy/preset.hpp"
#include "policy/shaper.hpp"

namespace {

using namespace sekisho;
using namespace sekisho::policy;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kBytes = 16U << 20U;
constexpr int kRounds = 9;
const Bytes kRoot(32, 5);

std::string readings() {
  std::string out;
  for (int i = 0; out.size() < kBytes; ++i) {
    out += fmt::format(
        R"({{"id":"urn:reading:{0:08}","time":"2026-11-24T12:{1:02}:{2:02}Z","celsius":{3}.5,"humidity":{4},"lot":"L-2026-{5}","device":"logger-{6:06}","grower":{{"name":"Yamada Hanako","phone":"+81-90-1234-5678"}},"note":"checked by the night shift, nothing to report","battery":0.{1}}})"
        "\n",
        i, i / 60 % 60, i % 60, i % 9, 40 + i % 50, i % 7, i % 1000);
  }
  return out;
}

std::string resources(const std::filesystem::path& folder) {
  std::string out;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    if (file.path().extension() != ".json") continue;
    std::ifstream stream(file.path(), std::ios::binary);
    const Result<Json> bundle = parse_json(std::string(std::istreambuf_iterator<char>(stream), {}));
    if (!bundle) continue;
    for (const Json& entry : bundle->at("entry").get_array()) out += to_text(entry.at("resource")) + "\n";
  }
  return out;
}

std::shared_ptr<const Shaper> shaper(const Json& document) {
  const PseudonymDomain domain{kRoot, {}};
  const View view = View::parse(document).value();
  return make_shaper(&view, &domain).value();
}

// The best round: what the machine does beside it only slows a round down.
double mb_s(const Shaper& one, const std::string& text) {
  double best = 0;
  for (int round = 0; round < kRounds && !text.empty(); ++round) {
    const auto start = Clock::now();
    const Result<Shaped> shaped = one.shape(text);
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    if (!shaped) std::fprintf(stderr, "%s\n", shaped.error().chain().c_str());
    if (!shaped) return 0;
    best = std::max(best, static_cast<double>(text.size()) / 1e6 / seconds);
  }
  return best;
}

double pseudonym_ns() {
  constexpr int kTokens = 200'000;
  const Pseudonyms pseudonyms({kRoot, {}}, "device", 0);
  std::string out;
  double best = 1e9;
  for (int round = 0; round < kRounds; ++round) {
    const auto start = Clock::now();
    for (int i = 0; i < kTokens; ++i) {
      out.clear();
      pseudonyms.append_token(out, "logger-000123");
    }
    best = std::min(best, std::chrono::duration<double, std::nano>(Clock::now() - start).count() / kTokens);
  }
  return best;
}

}  // namespace

int main(int argc, char** argv) {
  const auto six = shaper(
      parse_json(
          R"({"fields":{"/id":"keep","/time":"keep","/celsius":"keep","/humidity":"keep","/lot":"keep","/device":{"pseudonym":"device"}}})")
          .value());
  const auto fhir = shaper(JsonObject{{"preset", kFhirDeidentify1}});
  const double readings_mb_s = mb_s(*six, readings());
  const double fhir_mb_s = argc > 1 ? mb_s(*fhir, resources(argv[1])) : 0;
  std::printf("{\"shaper_six_fields_mb_s\":%.1f,\"shaper_pseudonym_ns\":%.0f,\"fhir_deid_mb_s\":%.1f}\n", readings_mb_s,
              pseudonym_ns(), fhir_mb_s);
  return 0;
}
