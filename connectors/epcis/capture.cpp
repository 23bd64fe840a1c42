#include "connectors/epcis/capture.hpp"

#include <algorithm>

#include "base/core/limits.hpp"
#include "schemas/epcis/document.hpp"

namespace sekisho::connectors {
namespace {

using std::chrono::milliseconds;
namespace epcis = schemas::epcis;

constexpr JsonLimits kDocument{4 * limits::kMiB, limits::kJsonDepth, 400'000};
constexpr JsonLimits kJob{64 * limits::kKiB, 16, 1000};
constexpr std::size_t kPathBytes = 2048;

struct Job {
  bool running = true;
  bool success = false;
};

Error answered(const Caller& caller, std::string_view what) {
  return {Code::SourceFailed, "repository " + caller.where() + " " + std::string(what)};
}

Result<std::size_t> count_events(std::string_view document) {
  Result<Json> json = parse_json(document, kDocument);
  if (!json) return fail(json.error());
  const Result<epcis::Document> read = epcis::read_document(std::move(*json));
  if (!read) return fail(read.error());
  if (read->kind != epcis::DocumentKind::Document)
    return fail(Code::JsonShape, "only an EPCISDocument can be captured");
  return read->events.size();
}

// The job's path, of this repository and no other.
Result<std::string> job_path(const Caller& caller, const http::ClientResponse& answer) {
  const std::string location(answer.headers.get("Location"));
  const bool plain = !location.empty() && location.size() <= kPathBytes && std::ranges::all_of(location, [](char c) {
    return static_cast<unsigned char>(c) > 0x20 && c != 0x7f && c != '#';
  });
  if (!plain || location.starts_with("//")) return fail(answered(caller, "names no job"));
  if (location.starts_with('/')) return location;
  const Result<http::Url> url = http::parse_url(location);
  const http::Url& base = caller.base();
  if (!url || url->host != base.host || url->port != base.port || url->scheme != base.scheme)
    return fail(answered(caller, "names a job at another host"));
  return url->target();
}

Result<Job> read_job(const Caller& caller, const http::ClientResponse& answer) {
  if (answer.status != 200) return fail(answered(caller, "answers for the job " + std::to_string(answer.status)));
  const Result<Json> document = parse_json(answer.body, kJob);
  if (!document || !document->is_object()) return fail(answered(caller, "describes the job in no JSON object"));
  const Json* running = document->get_object().if_contains("running");
  const Json* success = document->get_object().if_contains("success");
  const bool whole = running != nullptr && running->is_bool() && success != nullptr && success->is_bool();
  if (!whole) return fail(answered(caller, "does not say whether the job runs and whether it succeeds"));
  return Job{running->get_bool(), success->get_bool()};
}

milliseconds pause_before(int round) { return milliseconds(std::min(100 << std::min(round, 5), 2000)); }

SourceCall capture_call(std::string document, const CaptureOptions& options) {
  SourceCall call;
  call.method = "POST";
  call.target = options.path;
  call.body = std::move(document);
  call.repeat = false;
  call.headers.add("Content-Type", "application/json");
  call.headers.add("Accept", "application/json");
  call.headers.add("GS1-EPCIS-Version", "2.0.0");
  call.headers.add("GS1-Capture-Error-Behaviour", options.proceed ? "proceed" : "rollback");
  return call;
}

SourceCall job_call(const std::string& job) {
  SourceCall call;
  call.target = job;
  call.headers.add("Accept", "application/json");
  return call;
}

}  // namespace

async::Task<Result<Capture>> capture_document(Caller& caller, std::string document, CaptureOptions options,
                                              async::Deadline deadline) {
  const Result<std::size_t> events = count_events(document);
  if (!events) co_return fail(events.error());
  SourceCall call = capture_call(std::move(document), options);
  const Result<http::ClientResponse> taken = co_await caller.call(std::move(call), deadline);
  if (!taken) co_return fail(taken.error());
  if (taken->status != 202) co_return fail(answered(caller, "answers the capture " + std::to_string(taken->status)));
  const Result<std::string> job = job_path(caller, *taken);
  if (!job) co_return fail(job.error());
  for (int round = 0;; ++round) {
    SourceCall asked = job_call(*job);
    const Result<http::ClientResponse> answer = co_await caller.call(std::move(asked), deadline);
    if (!answer) co_return fail(answer.error());
    const Result<Job> state = read_job(caller, *answer);
    if (!state) co_return fail(state.error());
    if (!state->running && !state->success && !options.proceed)
      co_return fail(answered(caller, "took nothing of the document: the job failed"));
    if (!state->running) co_return Capture{*job, *events, state->success};
    const milliseconds wait = pause_before(round);
    const Status waited = co_await caller.pause(wait, kNeverStopped, deadline);
    if (!waited) co_return fail(waited.error());
  }
}

}  // namespace sekisho::connectors
