// Sources that answer later: the call gives a job, its state is asked for until the result is there.
//
// location: 202 with Location or Content-Location, asked again (202: not yet, 303: Location has it) as Retry-After
// says. hub: {"RequestId"}, then GetStatus?RequestId= (Request, Start, End, Error) and GetResult (DynamicApi,
// X-IsAsync).
#pragma once

#include "connectors/http/caller.hpp"

namespace sekisho::connectors {

// The result in the place of the first answer; that itself when it is no job. SourceTimeout when the job outlasts the
// deadline, SourceFailed when it fails or points to another host.
[[nodiscard]] async::Task<Result<http::ClientResponse>> finish_job(std::shared_ptr<Caller> caller, StreamPlan stream,
                                                                   SourceCall call, http::ClientResponse answer,
                                                                   async::Deadline deadline);

}  // namespace sekisho::connectors
