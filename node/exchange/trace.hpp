// A recall over borders: a client asks where a lot came from and went. The node reads its own EPCIS datasets, pulls
// those of every partner that it has an agreement with, each pull an exchange on record like any other, and joins the
// events.
//
// Which datasets: those whose "conformsTo" begins with kEpcisStandard, in the own catalogue and in the partners'.
// Bounded in partners, events, octets and time; what is missing is named with its code among "breaks", and the answer
// is then not "complete" (schemas/epcis/trace_report.hpp has its shape). Own events are read without a view: they stay
// at home, and of any event only what EPCIS defines is answered.
#pragma once

#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "base/async/blocking_pool.hpp"
#include "base/async/task.hpp"
#include "base/core/json.hpp"
#include "base/core/result.hpp"
#include "node/exchange/consumer.hpp"
#include "node/exchange/parts.hpp"

namespace sekisho::node {

inline constexpr std::string_view kEpcisStandard = "https://ref.gs1.org/standards/epcis/";

struct TraceRequest {
  std::string client;  // of the service listener's token
  std::string lot;     // EPC URN, GS1 Digital Link or shipment id
  std::string purpose;
  std::string correlation_id;
  async::Deadline deadline;
};

class Tracer {
 public:
  // consumer and blocking outlive the tracer.
  Tracer(ExchangeParts parts, Consumer& consumer, async::BlockingPool& blocking)
      : parts_(parts), consumer_(consumer), blocking_(blocking) {}

  // Busy while two others run. A refusal of a partner is no error of the trace.
  [[nodiscard]] async::Task<Result<JsonObject>> trace(TraceRequest request);

 private:
  struct Run;
  [[nodiscard]] static async::Task<void> collect(Tracer& tracer, std::shared_ptr<Run> run, std::uint32_t part);
  [[nodiscard]] static async::Task<void> ask(Tracer& tracer, std::shared_ptr<Run> run, std::string dns,
                                             std::string dataset);
  [[nodiscard]] async::Task<Status> read_own(std::shared_ptr<Run> run, std::uint32_t part);
  [[nodiscard]] async::Task<Status> pull(std::shared_ptr<Run> run, std::uint32_t part);
  [[nodiscard]] async::Task<Result<bool>> carries_events(std::string dns, std::string dataset,
                                                         async::Deadline deadline);

  struct Known {
    bool events = false;
    std::chrono::steady_clock::time_point until;
  };
  ExchangeParts parts_;
  Consumer& consumer_;
  async::BlockingPool& blocking_;
  std::atomic<int> running_{0};
  std::mutex mutex_;
  std::map<std::string, Known> known_;  // dns ‖ NUL ‖ dataset
};

}  // namespace sekisho::node
