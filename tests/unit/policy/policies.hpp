// Policies for the tests of this folder.
#pragma once

#include <string>
#include <string_view>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/core/json.hpp"
#include "policy/agreement.hpp"

namespace sekisho::policy::test {

inline constexpr std::string_view kZone = "https://w3id.org/sekisho/v1/recipientZone";
inline constexpr std::string_view kViewOperand = "https://w3id.org/sekisho/v1/view";

inline Json json(std::string_view text) {
  Result<Json> value = parse_json(text);
  if (!value) throw std::runtime_error("bad JSON in a test: " + value.error().chain());
  return std::move(*value);
}

inline std::string atom(std::string_view left, std::string_view op, std::string_view right) {
  return fmt::format(R"({{"leftOperand":"{}","operator":"{}","rightOperand":{}}})", left, op, right);
}

// rules: members like "permission": […]
inline std::string offer_text(std::string_view rules) {
  return fmt::format(R"({{"@id":"urn:offer:1","@type":"Offer","profile":"https://w3id.org/sekisho/v1/",{}}})", rules);
}

inline std::string agreement_text(std::string_view rules) {
  return fmt::format(
      R"({{"@id":"urn:agreement:1","@type":"Agreement","profile":"https://w3id.org/sekisho/v1/","target":"urn:dataset:1",)"
      R"("assigner":"did:web:farm.jp.example","assignee":"did:web:trade.eu.example","timestamp":"2026-11-24T00:00:00Z",{}}})",
      rules);
}

inline std::string permission(std::string_view action, std::string_view constraints) {
  return fmt::format(R"({{"action":"{}"{}}})", action,
                     constraints.empty() ? "" : fmt::format(R"(,"constraint":[{}])", constraints));
}

inline std::shared_ptr<const Agreement> agreement(std::string_view rules) {
  Result<std::shared_ptr<const Agreement>> parsed = Agreement::parse(json(agreement_text(rules)));
  if (!parsed) throw std::runtime_error("a test's agreement is refused: " + parsed.error().chain());
  return *parsed;
}

}  // namespace sekisho::policy::test
