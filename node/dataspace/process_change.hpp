// One step of a process, to be written as one unit of work. Internal to this room.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "node/journal/journal.hpp"

namespace sekisho::node {

// A message that a change makes due. The body is written when the entries of the unit are sealed.
struct Outgoing {
  using Body = std::function<std::string(const std::vector<CommittedEntry>&)>;
  std::string kind;
  std::string target;
  Body body;
  unsigned attempts = 0;  // bound, instead of the outbox's
};

// A body that does not depend on what the writer seals.
[[nodiscard]] inline Outgoing::Body fixed(std::string body) {
  return [body = std::move(body)](const std::vector<CommittedEntry>&) { return body; };
}

template <class Process>
struct Change {
  Process next;
  std::vector<EntryDraft> entries;
  std::vector<Mutation> mutations;
  std::optional<Outgoing> message;
  // Completes the process by what the writer assigned (statement ids).
  std::function<void(const std::vector<CommittedEntry>&, Process&)> sealed;
};

}  // namespace sekisho::node
