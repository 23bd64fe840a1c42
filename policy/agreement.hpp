// An agreement: the document both parties hold, its digest, and the program that decides under it. Immutable; shared as
// shared_ptr<const Agreement>.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/core/bytes.hpp"
#include "base/core/clock.hpp"
#include "base/core/json.hpp"
#include "policy/admission.hpp"
#include "policy/decide.hpp"
#include "policy/ir.hpp"
#include "policy/program.hpp"

namespace sekisho::policy {

struct Agreement {
  std::string id;
  std::string assigner, assignee;  // DIDs of provider and consumer
  std::string target;              // dataset
  Instant timestamp;
  Digest digest{};  // SHA-256 of the document's canonical JSON
  PolicyIr ir;
  Program program;                    // decide(agreement.program, input)
  std::optional<Digest> view;         // that its permissions name
  std::vector<std::string> purposes;  // that its permissions accept; empty when purpose is not restricted

  // document: the object with "@type": "Agreement". Expired agreements are read too (they deny).
  // Errors: those of admit_policy.
  [[nodiscard]] static Result<std::shared_ptr<const Agreement>> parse(const Json& document);
};

}  // namespace sekisho::policy
