// Refusals that may be different in a moment. They are no outcome of an exchange: it may be asked for again under its
// id.
#pragma once

#include "base/core/error_codes.hpp"

namespace sekisho::node {

[[nodiscard]] inline bool passing(Code code) {
  switch (code) {
    case Code::Busy:
    case Code::Deadline:
    case Code::Cancelled:
    case Code::OpenExchanges:
    case Code::JournalStopped:
    case Code::JournalIndeterminate:
    case Code::DiskFull:
    case Code::Draining:
    case Code::SnapshotStale: return true;
    default: return false;
  }
}

}  // namespace sekisho::node
