#include "connectors/http/jobs.hpp"

#include "connectors/http/pages.hpp"
#include "connectors/http/refusal.hpp"
#include "connectors/http/repeats.hpp"

namespace sekisho::connectors {

namespace {

using Answer = http::ClientResponse;

constexpr std::size_t kMaxId = 128;

Error problem(const Caller& caller, const std::string& what) {
  return {Code::SourceFailed, "source " + caller.where() + " " + what};
}

// A short text member of a JSON answer; empty when it has none.
std::string text_in(const Answer& answer, std::string_view member) {
  const Result<Json> document = parse_json(answer.body, {.bytes = 64U << 10, .depth = 8, .values = 1000});
  if (!document || !document->is_object()) return {};
  const Result<std::string> text = get_string(document->get_object(), member);
  return text && text->size() <= kMaxId ? *text : std::string();
}

SourceCall call_to(const SourceCall& first, std::string target) {
  SourceCall call;
  call.target = std::move(target);
  call.stop = first.stop;
  call.fields = first.fields;
  std::erase_if(call.fields, [](const FieldPlan& field) {
    return http::same_name(field.name, "X-IsAsync") || http::same_name(field.name, "Prefer");
  });
  call.headers.add("Accept", std::string(first.headers.get("Accept")));
  return call;
}

Result<std::string> location_of(const Caller& caller, const SourceCall& first, const Answer& answer) {
  std::string_view link = answer.headers.get("Location");
  if (link.empty()) link = answer.headers.get("Content-Location");
  if (link.empty()) return fail(problem(caller, "gave a job without a location"));
  Result<std::string> target = target_of(std::string(link), caller.base(), first.target);
  if (!target) return fail(problem(caller, "gave a job at another host or at no URL"));
  return target;
}

async::Task<Result<Answer>> finish_at_location(std::shared_ptr<Caller> caller, StreamPlan stream, SourceCall first,
                                               Answer answer, async::Deadline deadline) {
  Result<std::string> target = location_of(*caller, first, answer);
  while (target) {
    const std::chrono::milliseconds wait = retry_after(answer.headers).value_or(stream.job.poll);
    Status waited = co_await caller->pause(wait, *first.stop, deadline);
    if (!waited) co_return fail(waited.error());
    SourceCall next = call_to(first, *target);
    Result<Answer> polled = co_await caller->call(std::move(next), deadline);
    if (!polled || (polled->status != 202 && polled->status != 303)) co_return polled;
    answer = std::move(*polled);
    if (answer.status == 202) continue;
    target = location_of(*caller, first, answer);
    if (!target) break;
    next = call_to(first, *target);
    Result<Answer> result = co_await caller->call(std::move(next), deadline);
    co_return result;
  }
  co_return fail(target.error());
}

async::Task<Result<Answer>> finish_at_hub(std::shared_ptr<Caller> caller, StreamPlan stream, SourceCall first,
                                          std::string id, async::Deadline deadline) {
  const std::string query = "?RequestId=" + http::percent_encode(id);
  for (;;) {
    SourceCall next = call_to(first, stream.job.path + "/GetStatus" + query);
    Result<Answer> polled = co_await caller->call(std::move(next), deadline);
    if (!polled) co_return polled;
    if (polled->status != 200) co_return fail(problem(*caller, refusal_of(*polled) + " about a job"));
    const std::string state = text_in(*polled, "Status");
    if (state == "End") break;
    if (state != "Request" && state != "Start") co_return fail(problem(*caller, "says that the job failed"));
    const std::chrono::milliseconds wait = retry_after(polled->headers).value_or(stream.job.poll);
    Status waited = co_await caller->pause(wait, *first.stop, deadline);
    if (!waited) co_return fail(waited.error());
  }
  SourceCall last = call_to(first, stream.job.path + "/GetResult" + query);
  Result<Answer> result = co_await caller->call(std::move(last), deadline);
  co_return result;
}

}  // namespace

async::Task<Result<Answer>> finish_job(std::shared_ptr<Caller> caller, StreamPlan stream, SourceCall call,
                                       Answer answer, async::Deadline deadline) {
  if (stream.job.kind == JobPlan::Kind::Location && answer.status == 202) {
    Result<Answer> result =
        co_await finish_at_location(std::move(caller), std::move(stream), std::move(call), std::move(answer), deadline);
    co_return result;
  }
  const bool hub = stream.job.kind == JobPlan::Kind::Hub && (answer.status == 200 || answer.status == 202);
  std::string id = hub ? text_in(answer, "RequestId") : std::string();
  if (id.empty()) co_return answer;
  Result<Answer> result =
      co_await finish_at_hub(std::move(caller), std::move(stream), std::move(call), std::move(id), deadline);
  co_return result;
}

}  // namespace sekisho::connectors
