// Policy decisions and shaping. The last line is one JSON object of medians over single calls, the clock's own cost
// subtracted: policy_decision_p50_ns is a decision over 8 rules with 6 atoms each, with the trace of every rule.
// With arguments, the Google Benchmarks below run first (--benchmark_filter=. …).
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <vector>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "policy/agreement.hpp"
#include "policy/shaper.hpp"

namespace {

using namespace sekisho;
using namespace sekisho::policy;

constexpr int kRules = 8;

std::string atom(std::string_view left, std::string_view op, std::string_view right) {
  return fmt::format(R"({{"leftOperand":"{}","operator":"{}","rightOperand":{}}})", left, op, right);
}

// Eight permissions of six atoms; only the last in order grants, so that all are evaluated to their end.
std::shared_ptr<const Agreement> agreement() {
  std::string rules;
  for (int i = 0; i < kRules; ++i) {
    rules += fmt::format(
        R"({}{{"action":"odrl:read","constraint":[{},{},{},{},{},{}]}})", i == 0 ? "" : ",",
        atom("odrl:purpose", "isAnyOf",
             fmt::format(R"(["https://example.org/purpose/{}","https://example.org/purpose/{}"])", i, i + 1)),
        atom("https://w3id.org/sekisho/v1/recipientZone", "isAnyOf", R"(["eu","jp"])"),
        atom("odrl:dateTime", "lt", R"("2127-01-01T00:00:00Z")"),
        atom("odrl:dateTime", "gteq", R"("2020-01-01T00:00:00Z")"),
        atom("odrl:count", "lteq", fmt::format(R"("{}")", 1000 + i)),
        atom("odrl:recipient", "eq", R"("did:web:trade.eu.example")"));
  }
  const Result<Json> document = parse_json(fmt::format(
      R"({{"@id":"urn:a","@type":"Agreement","profile":"https://w3id.org/sekisho/v1/","target":"urn:d","assigner":"did:web:farm.jp.example",)"
      R"("assignee":"did:web:trade.eu.example","timestamp":"2026-11-24T00:00:00Z","permission":[{}]}})",
      rules));
  return Agreement::parse(document.value()).value();
}

DecisionInput request(const Agreement& agreement) {
  DecisionInput input;
  input.target = agreement.target;
  input.assignee = agreement.assignee;
  input.zone = "eu";
  input.purpose = "https://example.org/purpose/8";
  input.used = 7;
  input.clock = {from_rfc3339("2026-11-24T12:00:00Z").value(), std::chrono::milliseconds(100)};
  return input;
}

// One record of about 1 KiB, of which a part is kept, one member masked and one name dropped.
std::string record() {
  std::string events;
  for (int i = 0; i < 7; ++i) {
    events += fmt::format(R"({}{{"time":"2026-11-24T0{}:00:00Z","sensor":"s-{}","celsius":{}.5,"by":"grower name"}})",
                          i == 0 ? "" : ",", i, i, i);
  }
  return fmt::format(
      R"({{"lot":"L-2026-11","phone":"+81-90-1234-5678","grower":{{"name":"{}","region":"Tochigi"}},"events":[{}],"note":"{}"}})",
      std::string(40, 'g'), events, std::string(280, 'n'));
}

std::shared_ptr<const Shaper> shaper(bool names) {
  const Result<Json> document = parse_json(fmt::format(
      R"({{"rows":[{{"pointer":"/lot","op":"eq","value":"L-2026-11"}}],"fields":{{"/lot":"keep","/phone":{{"mask":4}},"/grower/region":"keep",)"
      R"("/events":"keep","/events/*/by":"drop"{}}}}})",
      names ? R"(,"/**/name":"drop")" : ""));
  const Result<View> view = View::parse(document.value());
  return make_shaper(&view.value()).value();
}

void BM_Decide(benchmark::State& state) {
  const auto under = agreement();
  const DecisionInput input = request(*under);
  for (auto _ : state) benchmark::DoNotOptimize(decide(under->program, input));
}
BENCHMARK(BM_Decide);

void BM_DecisionDigest(benchmark::State& state) {
  const auto under = agreement();
  const DecisionInput input = request(*under);
  const Decision decision = decide(under->program, input);
  for (auto _ : state) benchmark::DoNotOptimize(decision_digest(under->program, input, decision));
}
BENCHMARK(BM_DecisionDigest);

void BM_Shape(benchmark::State& state) {
  const auto one = shaper(state.range(0) != 0);
  const std::string text = record();
  for (auto _ : state) benchmark::DoNotOptimize(one->shape(text));
  state.SetBytesProcessed(static_cast<std::int64_t>(text.size()) * state.iterations());
}
BENCHMARK(BM_Shape)->Arg(0)->Arg(1);

using Clock = std::chrono::steady_clock;

template <class Work>
double median_ns(Work work) {
  constexpr std::size_t kRuns = 50'000;
  std::vector<double> times(kRuns);
  for (double& time : times) {
    const auto start = Clock::now();
    work();
    time = std::chrono::duration<double, std::nano>(Clock::now() - start).count();
  }
  std::ranges::nth_element(times, times.begin() + kRuns / 2);
  return times[kRuns / 2];
}

}  // namespace

int main(int argc, char** argv) {
  const auto under = agreement();
  const DecisionInput input = request(*under);
  if (!decide(under->program, input).permit) return 1;
  const auto one = shaper(false);
  const std::string text = record();
  if (!one->shape(text)) return 1;
  if (argc > 1) {
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
  }
  const double empty = median_ns([] {});
  const double decision_ns = median_ns([&] { benchmark::DoNotOptimize(decide(under->program, input)); }) - empty;
  const double digest_ns = median_ns([&] {
                             const Decision decision = decide(under->program, input);
                             benchmark::DoNotOptimize(decision_digest(under->program, input, decision));
                           }) -
                           empty;
  const double shape_ns = median_ns([&] { benchmark::DoNotOptimize(one->shape(text)); }) - empty;
  std::printf(
      "{\"policy_decision_p50_ns\":%.0f,\"policy_decision_digest_p50_ns\":%.0f,\"policy_shape_1kib_p50_ns\":%.0f}\n",
      decision_ns, digest_ns, shape_ns);
  return 0;
}
