#include "node/exchange/trace.hpp"

#include <set>

#include "base/async/completion.hpp"
#include "base/async/run_blocking.hpp"
#include "base/async/spawn.hpp"
#include "base/async/timer.hpp"
#include "base/core/encoding.hpp"
#include "base/core/log.hpp"
#include "node/dataspace/catalog_service.hpp"
#include "policy/decide.hpp"
#include "schemas/epcis/event_lines.hpp"
#include "schemas/epcis/trace_report.hpp"

namespace sekisho::node {
namespace {

using schemas::epcis::EventLines;
using schemas::epcis::TracePart;

constexpr int kMostRunning = 2;
constexpr std::size_t kMostPartners = 32;
constexpr std::size_t kMostEvents = 200'000;
constexpr std::chrono::seconds kMostTime{20};
constexpr std::chrono::milliseconds kToAnswer{1000};  // kept of the request's time for the walk and the answer
constexpr std::chrono::minutes kKnownFor{5};
constexpr std::size_t kBatchRecords = 4096;
constexpr std::size_t kBatchBytes = 1U << 20;

class Count {
 public:
  explicit Count(std::atomic<int>& count) : count_(count), mine_(++count) {}
  Count(const Count&) = delete;
  Count& operator=(const Count&) = delete;
  ~Count() { --count_; }
  [[nodiscard]] bool admitted() const { return mine_ <= kMostRunning; }

 private:
  std::atomic<int>& count_;
  const int mine_;
};

Error late() { return Error(Code::Deadline, "the time of the trace ran out"); }

}  // namespace

// What the collecting coroutines share. Each holds it; the tracing one closes it when it answers, and what comes later
// is dropped.
struct Tracer::Run {
  TraceRequest request;
  async::Deadline deadline;
  std::mutex mutex;
  bool closed = false;
  std::size_t open = 0;  // coroutines
  schemas::epcis::TraceEvents all;
  async::Completion<bool> done;

  std::uint32_t add_part(TracePart part) {
    const std::lock_guard lock(mutex);
    all.parts.push_back(std::move(part));
    return static_cast<std::uint32_t>(all.parts.size() - 1);
  }

  template <class Change>
  void change(std::uint32_t part, Change change) {
    const std::lock_guard lock(mutex);
    if (!closed) change(all.parts[part]);
  }

  // The events so far; an error ends the part.
  Status keep(std::uint32_t part, EventLines& lines, const Status& read) {
    const std::lock_guard lock(mutex);
    if (closed) return fail(late());
    all.add(part, lines.take());
    all.parts[part].unreadable = lines.unreadable();
    if (all.events.size() > kMostEvents) return fail(Code::LimitExceeded, "more events than a trace takes");
    if (!read) return read;
    if (deadline.expired()) return fail(late());
    return {};
  }

  void ended() {
    const std::lock_guard lock(mutex);
    if (--open == 0) done.set(true);
  }
};

namespace {

// Plain functions, so that no lambda lives in a coroutine's frame.
async::Task<Status> feed(async::BlockingPool& pool, std::shared_ptr<EventLines> lines, std::string text) {
  return async::run_blocking(pool, [lines, text = std::move(text)] { return lines->feed(text); });
}

// All records of a provider's answer; parsed aside, because much of it would hold up every other request of the worker.
template <class Run>
class EventSink final : public http::BodySink {
 public:
  EventSink(async::BlockingPool& pool, std::shared_ptr<Run> run, std::uint32_t part)
      : pool_(pool), run_(std::move(run)), part_(part) {}

  async::Task<Status> write(std::string chunk) override {
    const Status read = co_await feed(pool_, lines_, std::move(chunk));
    status_ = run_->keep(part_, *lines_, read);
    co_return status_;
  }

  Status finish() {
    const Status read = lines_->finish();
    return run_->keep(part_, *lines_, read);
  }

  // Why this side ended the stream, when it did.
  [[nodiscard]] const Status& status() const { return status_; }

 private:
  async::BlockingPool& pool_;
  std::shared_ptr<Run> run_;
  std::uint32_t part_;
  std::shared_ptr<EventLines> lines_ = std::make_shared<EventLines>();
  Status status_;
};

}  // namespace

async::Task<Status> Tracer::read_own(std::shared_ptr<Run> run, std::uint32_t part) {
  std::string dataset;
  run->change(part, [&dataset](const TracePart& p) { dataset = p.dataset; });
  const auto found = parts_.catalog.state()->dataset(dataset);
  if (!found) co_return fail(Code::DatasetUnknown, "the dataset is gone");
  auto connector = parts_.sources.find(found->object.source);
  if (!connector) co_return fail(connector.error());
  auto reader = co_await (*connector)->open(run->deadline);
  if (!reader) co_return fail(reader.error());
  EventSink<Run> sink(blocking_, run, part);
  const connectors::Credits credits{kBatchRecords, kBatchBytes, run->deadline};
  for (;;) {
    auto batch = co_await (*reader)->read(credits);
    if (!batch) co_return fail(batch.error());
    const bool end = batch->end;
    const bool idle = batch->idle;
    if (!batch->content.empty()) {
      auto kept = co_await sink.write(std::move(batch->content));
      if (!kept) co_return kept;
    }
    if (idle) co_return fail(late());
    if (end) co_return sink.finish();
  }
}

async::Task<Status> Tracer::pull(std::shared_ptr<Run> run, std::uint32_t part) {
  ConsumerRequest question;
  question.client = run->request.client;
  question.purpose = run->request.purpose;
  question.correlation_id = run->request.correlation_id;
  question.deadline = run->deadline;
  run->change(part, [&question](const TracePart& p) {
    question.provider_dns = p.from;
    question.dataset = p.dataset;
  });
  auto delivery = co_await consumer_.get(std::move(question));
  if (!delivery) co_return fail(delivery.error());
  run->change(part, [&delivery](TracePart& p) {
    p.exchange = to_text(delivery->exchange);
    p.agreement = to_hex(delivery->agreement);
    p.log = delivery->origin + "#" + std::to_string(delivery->index);
  });
  EventSink<Run> sink(blocking_, run, part);
  if (!delivery->stream) {
    auto kept = co_await sink.write(std::move(delivery->body));
    if (!kept) co_return kept;
    co_return sink.finish();
  }
  auto streamed = co_await delivery->stream(sink);
  if (!sink.status()) co_return sink.status();
  if (!streamed) co_return streamed;
  co_return sink.finish();
}

async::Task<Result<bool>> Tracer::carries_events(std::string dns, std::string dataset, async::Deadline deadline) {
  const std::string key = dns + '\0' + dataset;
  std::optional<Known> before;
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = known_.find(key); found != known_.end()) before = found->second;
  }
  if (before && before->until > std::chrono::steady_clock::now()) co_return before->events;
  auto document = co_await fetch_dataset(parts_.peers, std::move(dns), std::move(dataset), deadline);
  if (!document && before) co_return before->events;
  if (!document) co_return fail(document.error());
  const auto standard = get_string(document->get_object(), "conformsTo");
  const Known now{standard && standard->starts_with(kEpcisStandard), std::chrono::steady_clock::now() + kKnownFor};
  const std::lock_guard lock(mutex_);
  known_[key] = now;
  co_return now.events;
}

async::Task<void> Tracer::collect(Tracer& tracer, std::shared_ptr<Run> run, std::uint32_t part) {
  bool own = false;
  run->change(part, [&own](const TracePart& p) { own = p.own; });
  Status read;
  if (own) {
    read = co_await tracer.read_own(run, part);
  } else {
    read = co_await tracer.pull(run, part);
  }
  if (!read) {
    log_info("trace.break", {{"correlationId", run->request.correlation_id}, {"why", read.error().chain()}});
    run->change(part, [&read](TracePart& p) {
      p.code = read.error().name();
      p.why = code_info(read.error().code).title;
    });
  }
  run->ended();
}

async::Task<void> Tracer::ask(Tracer& tracer, std::shared_ptr<Run> run, std::string dns, std::string dataset) {
  const auto events = co_await tracer.carries_events(dns, dataset, run->deadline);
  if (events && !*events) {
    run->ended();
    co_return;
  }
  TracePart part;
  part.from = dns;
  part.dataset = dataset;
  if (!events) {
    part.code = events.error().name();
    part.why = code_info(events.error().code).title;
  }
  const std::uint32_t number = run->add_part(std::move(part));
  if (!events) {
    run->ended();
    co_return;
  }
  co_await collect(tracer, std::move(run), number);
}

namespace {

// An agreement whose time is over holds nobody to anything: its partner is not asked, and not missed.
bool ended(const ExchangeParts& parts, const AgreementRecord& record, const std::string& purpose) {
  policy::DecisionInput facts;
  facts.target = record.dataset;
  facts.assignee = parts.self.did;
  facts.zone = parts.self.zone;
  facts.purpose = purpose;
  facts.used = 0;
  facts.view = record.agreement->view;
  facts.clock = parts.clock.read();
  const auto decision = policy::decide(record.agreement->program, facts);
  return !decision.permit && policy::denial(record.agreement->program, decision).code == Code::Expired;
}

Result<JsonObject> walk(const schemas::epcis::TraceEvents& all, const std::string& lot) {
  return schemas::epcis::trace_report(all, lot);
}

async::Task<Result<JsonObject>> walk_aside(async::BlockingPool& pool,
                                           std::shared_ptr<const schemas::epcis::TraceEvents> all, std::string lot) {
  return async::run_blocking(pool, [all, lot = std::move(lot)] { return walk(*all, lot); });
}

}  // namespace

async::Task<Result<JsonObject>> Tracer::trace(TraceRequest request) {
  const Count count(running_);
  if (!count.admitted()) co_return fail(Error(Code::Busy, "two traces run already").with("retry_after_s", "2"));
  auto run = std::make_shared<Run>();
  run->deadline = request.deadline.at_most(kMostTime);
  if (!request.deadline.is_never())
    run->deadline = run->deadline.earlier(async::Deadline(request.deadline.at() - kToAnswer));
  run->request = std::move(request);

  // A source that several datasets offer is read once.
  std::set<std::string> sources;
  std::vector<std::uint32_t> own;
  const auto state = parts_.catalog.state();
  for (const auto& [id, dataset] : state->datasets) {
    if (!dataset->object.conforms_to.starts_with(kEpcisStandard) || !sources.insert(dataset->object.source).second)
      continue;
    TracePart part;
    part.from = parts_.self.dns;
    part.dataset = id;
    part.own = true;
    own.push_back(run->add_part(std::move(part)));
  }
  std::set<std::pair<std::string, std::string>> partners;
  for (const auto& agreement : parts_.agreements.all()) {
    if (agreement->role != Role::Consumer || ended(parts_, *agreement, run->request.purpose)) continue;
    partners.emplace(agreement->peer_dns, agreement->dataset);
  }
  while (partners.size() > kMostPartners) {
    const auto last = std::prev(partners.end());
    TracePart part;
    part.from = last->first;
    part.dataset = last->second;
    part.code = code_info(Code::LimitExceeded).name;
    part.why = "a trace asks 32 datasets of partners";
    run->add_part(std::move(part));
    partners.erase(last);
  }
  run->open = own.size() + partners.size() + 1;
  const auto executor = co_await async::current_executor();
  for (const std::uint32_t part : own) async::spawn(executor, collect(*this, run, part), "trace");
  for (const auto& [dns, dataset] : partners) async::spawn(executor, ask(*this, run, dns, dataset), "trace");
  run->ended();
  const auto finished = co_await run->done.wait_until(run->deadline);

  auto all = std::make_shared<schemas::epcis::TraceEvents>();
  {
    const std::lock_guard lock(run->mutex);
    run->closed = true;
    *all = std::move(run->all);
    if (!finished && run->open != 0) {
      TracePart part;
      part.from = parts_.self.dns;
      part.code = code_info(Code::Deadline).name;
      part.why = std::to_string(run->open) + " datasets had not answered in time";
      all->parts.push_back(std::move(part));
    }
  }
  const std::string lot = run->request.lot;
  auto answer = co_await walk_aside(blocking_, std::move(all), lot);
  co_return answer;
}

}  // namespace sekisho::node
