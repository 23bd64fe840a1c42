// Two sealed statements of one issuer that cannot both be honest convict it by themselves (formats.md 2, Misconduct).
//
// Different ids, but equal (origin, index), or (agreement, counter), or (recipient, exchange) with two outcomes of
// release, refusal, void. Callers have verified both seals. Pure, thread-safe.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "trust/evidence/statement.hpp"

namespace sekisho::trust {

enum class MisconductKind : std::uint8_t { SameIndex, SameCounter, TwoOutcomes };

struct Misconduct {
  MisconductKind kind = MisconductKind::SameIndex;
  std::string issuer;  // DID
  Digest first{};
  Digest second{};
};

[[nodiscard]] std::string_view misconduct_name(MisconductKind kind);

struct Sworn {
  const Statement* statement = nullptr;
  std::string recipient;  // DID; a release has it from its terms; empty where unknown, which accuses nobody
};

[[nodiscard]] std::vector<Misconduct> find_misconduct(std::span<const Sworn> statements);

}  // namespace sekisho::trust
