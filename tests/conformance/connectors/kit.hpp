// The conformance kit for connectors: one set of checks for every source of data, ours or foreign.
//
// Who wrote a connector writes one Subject, which knows how to put a source with N records (or with a fault, or behind
// a secret) before it; docs/connector-conformance.md shows how, example.hpp is a whole one. run() tries all checks
// and answers what each said. A check that says nothing about a connector is "not applicable", with the reason.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/connector.hpp"

namespace sekisho::conformance {

// The secret of every source: the value of the secret named kSecretName. It must reach the source and nothing else.
inline constexpr std::string_view kCanary = "canary-5b1d77";
inline constexpr std::string_view kSecretName = "source";

enum class Fault : std::uint8_t {
  None,
  Absent,           // nothing listens, the file is not there
  Reset,            // the connection is reset in the midst of an answer
  Garbage,          // octets that are no answer; for a file, that are no text
  Delay,            // no answer within the deadline
  TooManyRequests,  // 429 with Retry-After: 1
  Burst503,         // 503
  Truncated,        // a record is cut off; the lengths around it agree
  WrongLength,      // fewer octets than the answer says
};

// What a source shall have. `fault` strikes once the records before `fault_after` went out (rounded down to where the
// source can), `fault_times` times.
struct Wish {
  static constexpr int kAlways = 1'000'000;
  std::size_t records = 100;
  std::size_t record_bytes = 64;  // record_line(n, record_bytes)
  Fault fault = Fault::None;
  std::size_t fault_after = 0;
  int fault_times = kAlways;
  std::chrono::seconds clock_ahead{0};  // the source's clock against ours
  std::size_t calls_per_token = 0;      // 0: tokens do not end
  bool secret_missing = false;          // the host knows no secret of that name
};

// A running source with a connector on it.
class Source {
 public:
  virtual ~Source() = default;
  [[nodiscard]] virtual connectors::Connector& connector() = 0;
  virtual void mend() {}  // the fault is over, for a source that cannot count how often it struck
  [[nodiscard]] virtual bool saw_canary() const { return false; }       // the source got the secret
  [[nodiscard]] virtual std::size_t tokens() const { return 0; }        // that it issued
  [[nodiscard]] virtual std::size_t too_early() const { return 0; }     // calls before a Retry-After was over
  [[nodiscard]] virtual std::uint64_t handed_out() const { return 0; }  // octets; 0 where it cannot tell
};

// The columns of the table. kChecks (checks.hpp) names them.
enum class Check : std::uint8_t {
  Settings,
  CheckCall,
  Schema,
  Order,
  Resume,
  Acknowledge,
  Budget,
  SlowSink,
  Reset,
  Garbage,
  Delay,
  TooManyRequests,
  Burst503,
  Truncated,
  WrongLength,
  TokenExpiry,
  ClockSkew,
  Cancel,
  Canary,
};

class Subject {
 public:
  virtual ~Subject() = default;
  [[nodiscard]] virtual std::string name() const = 0;
  // Why nothing can be run here (a program is absent); empty: it can.
  [[nodiscard]] virtual std::string unavailable() const { return {}; }
  // Why this check says nothing about this connector; empty: it is run.
  [[nodiscard]] virtual std::string not_applicable(Check) const { return {}; }

  // Settings as the connector takes them, and some that it must refuse.
  [[nodiscard]] virtual std::string good_settings() const = 0;
  [[nodiscard]] virtual std::vector<std::string> bad_settings() const = 0;
  [[nodiscard]] virtual Result<std::unique_ptr<connectors::Connector>> make(const std::string& settings,
                                                                            const connectors::Context& context) = 0;

  // Records are record_line(0, …), record_line(1, …) …; a connector that writes them anew tells number_of().
  [[nodiscard]] virtual Result<std::unique_ptr<Source>> start(const Wish& wish) = 0;
  [[nodiscard]] virtual std::optional<std::uint64_t> number_of(std::string_view line) const;
};

// {"n":7,"pad":"xxx…"} and a newline, `bytes` octets in all (32 at least).
[[nodiscard]] std::string record_line(std::uint64_t number, std::size_t bytes);

// What the kit gives to a source: a client, threads, the canary under kSecretName. `missing`: no secret at all.
[[nodiscard]] connectors::Context host(std::vector<std::string> egress, std::filesystem::path base = {},
                                       bool missing = false);

enum class Verdict : std::uint8_t { Passed, Failed, NotApplicable };

struct Outcome {
  Verdict verdict = Verdict::Passed;
  std::string detail;  // measured numbers, what failed, or why it is not applicable
  double seconds = 0;
};

// How much the checks ask for.
struct Sizes {
  std::size_t records = 10'000;              // of the stream that is resumed at every cursor
  std::uint64_t stream_bytes = 1ULL << 30U;  // read within the budget
  std::uint64_t budget_bytes = 64ULL << 20U;
  std::size_t turns = 60;  // of a sink that sleeps, one for a second of its minute
  [[nodiscard]] static Sizes full() { return {}; }
  [[nodiscard]] static Sizes quick();  // for every test run; small under a sanitizer
};

struct Row {
  std::string subject;
  std::vector<Outcome> outcomes;  // one for each check, in their order
};

// All checks on all subjects, several at a time but for those that measure memory.
[[nodiscard]] std::vector<Row> run(const std::vector<Subject*>& subjects, const Sizes& sizes);
[[nodiscard]] Outcome run_one(Subject& subject, Check check, const Sizes& sizes);

}  // namespace sekisho::conformance
