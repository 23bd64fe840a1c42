// The checks, one function each, and what they share: reading, the order of records, what was said meanwhile.
#pragma once

#include <functional>
#include <mutex>
#include <span>

#include "tests/conformance/connectors/kit.hpp"

namespace sekisho::conformance {

// All that a connector said while it was checked: log lines, errors, cursors, health. Thread-safe.
class Notebook {
 public:
  void note(std::string_view text);
  // The first line with the canary in it, plain, in base64 or percent-encoded; empty: none.
  [[nodiscard]] std::string leak() const;

 private:
  mutable std::mutex mutex_;
  std::string leak_;
};

struct Bench {
  Subject& subject;
  const Sizes& sizes;
  Notebook& notebook;
};

// Takes content as it comes and checks that records come in order, none twice, none left out.
class Order {
 public:
  explicit Order(const Subject& subject, std::uint64_t next = 0) : subject_(&subject), next_(next) {}
  // `repeat`: the batch may begin again anywhere from this number on.
  void add(std::string_view content, std::optional<std::uint64_t> repeat = std::nullopt);
  [[nodiscard]] const std::string& problem() const { return problem_; }
  [[nodiscard]] std::uint64_t next() const { return next_; }

 private:
  const Subject* subject_;
  std::uint64_t next_;
  std::string rest_;  // of an opaque stream: the begin of a record
  std::string problem_;
};

struct Ask {
  std::string cursor;
  std::size_t records = 4096;  // a batch
  std::size_t bytes = 1U << 20;
  std::uint64_t want = UINT64_MAX;  // records; where a source without an end is left
  std::chrono::milliseconds time{20'000};
  bool keep = true;         // content and cursors; false: their order is checked only
  bool acknowledge = true;  // after each batch
  std::uint64_t again = 0;  // records that a source without cursors may repeat; 0: the last batch
};

struct Reading {
  std::string content;
  std::vector<std::string> cursors;  // after each batch
  std::vector<std::size_t> ends;     // of each batch in the content
  std::uint64_t records = 0;
  std::string cursor;  // the last
  std::string disorder;
  bool ended = false;
  bool idle = false;
  std::optional<Error> error;
};

using BatchSeen = std::function<void(const connectors::Batch&)>;

[[nodiscard]] async::Task<Reading> read_stream(const Bench* bench, connectors::Connector* connector, Ask ask,
                                               Order* order, BatchSeen seen = nullptr);
[[nodiscard]] async::Task<Result<connectors::StreamInfo>> first_stream(const Bench* bench,
                                                                       connectors::Connector* connector);

[[nodiscard]] Outcome passed(std::string detail = {});
[[nodiscard]] Outcome failed(std::string detail);
[[nodiscard]] Outcome not_applicable(std::string reason);

struct CheckInfo {
  Check check;
  const char* name;
  const char* title;
  async::Task<Outcome> (*run)(const Bench*);
  bool alone = false;  // it measures the whole process
  Fault fault = Fault::None;
};
[[nodiscard]] std::span<const CheckInfo> checks();

[[nodiscard]] async::Task<Outcome> check_settings(const Bench* bench);
[[nodiscard]] async::Task<Outcome> check_check(const Bench* bench);
[[nodiscard]] async::Task<Outcome> check_schema(const Bench* bench);
[[nodiscard]] async::Task<Outcome> check_order(const Bench* bench);
[[nodiscard]] async::Task<Outcome> check_resume(const Bench* bench);
[[nodiscard]] async::Task<Outcome> check_acknowledge(const Bench* bench);
[[nodiscard]] async::Task<Outcome> check_budget(const Bench* bench);
[[nodiscard]] async::Task<Outcome> check_slow_sink(const Bench* bench);
[[nodiscard]] async::Task<Outcome> check_token(const Bench* bench);
[[nodiscard]] async::Task<Outcome> check_skew(const Bench* bench);
[[nodiscard]] async::Task<Outcome> check_cancel(const Bench* bench);
[[nodiscard]] async::Task<Outcome> check_canary(const Bench* bench);
// One fault: struck for good it is an error, never an end; struck for a while, nothing is lost and nothing twice.
[[nodiscard]] async::Task<Outcome> check_fault(const Bench* bench, Fault fault);

}  // namespace sekisho::conformance
