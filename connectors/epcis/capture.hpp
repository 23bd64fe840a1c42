// The capture client of EPCIS 2.0 (section 12.6): POST /capture gives a job, whose outcome is asked for until it has
// one.
//
// The document must be an EPCISDocument that schemas/epcis reads; it is sent as it came. A capture is sent once:
// whether a broken line came before or after the repository took the document is for the operator to look up. Errors:
// JsonShape or JsonSyntax for another document, SourceFailed for an answer or job that is not as the standard says, a
// job that failed included, SourceTimeout when the deadline comes before the outcome.
#pragma once

#include <cstdint>
#include <string>

#include "base/async/deadline.hpp"
#include "base/async/task.hpp"
#include "connectors/http/caller.hpp"

namespace sekisho::connectors {

struct CaptureOptions {
  std::string path = "/capture";
  bool proceed = false;  // keep what fits of a document that does not fit as a whole (GS1-Capture-Error-Behaviour)
};

struct Capture {
  std::string job;         // path of the job at the repository
  std::size_t events = 0;  // in the document
  bool success = false;    // false only with `proceed`: the repository left some out
};

[[nodiscard]] async::Task<Result<Capture>> capture_document(Caller& caller, std::string document,
                                                            CaptureOptions options, async::Deadline deadline);

}  // namespace sekisho::connectors
