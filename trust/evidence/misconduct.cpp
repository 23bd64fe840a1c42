#include "trust/evidence/misconduct.hpp"

#include <map>
#include <tuple>

#include "base/core/encoding.hpp"

namespace sekisho::trust {
namespace {

bool is_outcome(StatementKind kind) {
  return kind == StatementKind::Release || kind == StatementKind::StreamOpen || kind == StatementKind::Refusal || kind == StatementKind::Void;
}

// Keys under which an honest issuer makes one statement at most.
struct Claims {
  std::map<std::tuple<MisconductKind, std::string, std::string, std::string>, const Statement*> first;
  std::vector<Misconduct> found;

  void claim(MisconductKind kind, const Statement& s, std::string a, std::string b) {
    const auto [it, fresh] = first.try_emplace({kind, s.issuer.did, std::move(a), std::move(b)}, &s);
    if (!fresh && it->second->id != s.id) found.push_back({kind, s.issuer.did, it->second->id, s.id});
  }
};

}  // namespace

std::string_view misconduct_name(MisconductKind kind) {
  switch (kind) {
    case MisconductKind::SameIndex: return "two statements at one log index";
    case MisconductKind::SameCounter: return "two statements with one counter of an agreement";
    case MisconductKind::TwoOutcomes: return "two outcomes of one exchange";
  }
  return "";
}

std::vector<Misconduct> find_misconduct(std::span<const Sworn> statements) {
  Claims claims;
  for (const Sworn& sworn : statements) {
    const Statement& s = *sworn.statement;
    claims.claim(MisconductKind::SameIndex, s, s.origin, std::to_string(s.index));
    if (s.agreement && s.counter) {
      claims.claim(MisconductKind::SameCounter, s, to_hex(*s.agreement), std::to_string(*s.counter));
    }
    const auto exchange = s.exchange();
    if (is_outcome(s.kind) && exchange && !sworn.recipient.empty()) {
      claims.claim(MisconductKind::TwoOutcomes, s, sworn.recipient, to_text(*exchange));
    }
  }
  return std::move(claims.found);
}

}  // namespace sekisho::trust
