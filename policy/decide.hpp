// May this request pass? Three-valued, default deny, pure: the same program and input give the same decision for ever.
//
// A permission grants when it covers the action and its condition is True; Unknown (a fact that is missing, or a time
// bound within the clock's uncertainty) never grants. A prohibition applies unless its condition is False. Both at once
// deny everything. Only the program of an agreement grants, and only to its assignee for its target.
//
// No side effect: the quota is a fact here (`used`), reserving it is the caller's next step and decides a race.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/core/bytes.hpp"
#include "base/core/clock.hpp"
#include "base/core/error.hpp"
#include "policy/program.hpp"

namespace sekisho::policy {

enum class Truth : std::uint8_t { False, Unknown, True };

// Texts are viewed and must live until the trace is rendered. Empty text, absent optional: not known.
struct DecisionInput {
  Action action = kServedAction;
  std::string_view target;            // dataset id
  std::string_view assignee;          // DID of the asking peer, as the connection proves it; also odrl:recipient
  std::string_view zone;              // of that peer
  std::string_view purpose;           // as declared for the transfer
  std::optional<std::uint64_t> used;  // earlier uses that count, reservations included; this use is not among them
  std::optional<Digest> view;         // of the plan that would shape the answer
  ClockReading clock;
};

struct Reservation {
  Digest counter{};         // the agreement's digest
  std::uint64_t limit = 0;  // uses allowed in all
};

struct RuleTrace {
  Truth result = Truth::False;
  bool matched = false;                     // covers the action
  std::uint16_t decisive = Program::kNone;  // node of the first atom that is not True
};

struct Decision {
  bool permit = false;
  Code code = Code::NoPermission;          // when denied
  std::uint16_t rule = Program::kNone;     // that grants; or the nearest to granting; or the prohibition that applies
  std::optional<Reservation> reservation;  // when permitted under a quota
  std::uint16_t rules = 0;
  std::array<RuleTrace, Program::kMaxRules> trace{};  // the first `rules` are filled
};

[[nodiscard]] Decision decide(const Program& program, const DecisionInput& input);

// The decision as an Error for the peer: code, one sentence, help ("purposes", "zones", "claims", "limit" …).
// Precondition: denied.
[[nodiscard]] Error denial(const Program& program, const Decision& decision);

// Canonical JSON (RFC 8785) of the facts, the outcome and the result of every rule; a replay gives the same text. No
// values but the identifiers of purpose and zone; times in microseconds (below 2^53: until the year 2255).
[[nodiscard]] std::string trace_text(const Program& program, const DecisionInput& input, const Decision& decision);

// SHA-256 of trace_text: the member `decision` of release, refusal and void statements.
[[nodiscard]] Digest decision_digest(const Program& program, const DecisionInput& input, const Decision& decision);

}  // namespace sekisho::policy
