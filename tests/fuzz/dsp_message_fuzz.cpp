// Messages of the Dataspace Protocol: what was read is written, and read again to the same text.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "node/dataspace/inquiry.hpp"
#include "node/dataspace/messages.hpp"
#include "node/dataspace/process.hpp"

using namespace sekisho::node;

namespace {

template <class Message>
void round_trip(std::string_view body, sekisho::Result<Message> (*parse)(std::string_view)) {
  const auto message = parse(body);
  if (!message) return;
  const std::string once = to_body(*message);
  const auto again = parse(once);
  if (!again || to_body(*again) != once) std::abort();
}

// A peer's word about a process: an end has a reason, and what is no word about this process ends nothing.
template <class Process>
void judged(std::string_view body) {
  Process process;
  process.pid = "urn:own";
  process.peer_pid = "urn:peer";
  for (const int status : {200, 404}) {
    sekisho::http::ClientResponse answer;
    answer.status = status;
    answer.body = body;
    const OutboxFinding finding = judge_answer(process, answer);
    if (finding.verdict == Verdict::Ended && !finding.error) std::abort();
    if (status == 200 && finding.verdict != Verdict::Unusable && body.find("urn:peer") == std::string_view::npos &&
        body.find('\\') == std::string_view::npos) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  round_trip(body, parse_contract_request);
  round_trip(body, parse_contract_agreement);
  round_trip(body, parse_verification);
  round_trip(body, parse_negotiation_event);
  round_trip(body, parse_transfer_request);
  round_trip(body, parse_transfer_start);
  round_trip(body, parse_transfer_completion);
  for (const auto parse : {parse_negotiation_termination, parse_transfer_suspension, parse_transfer_termination}) (void)parse(body);
  (void)parse_contract_offer(body);
  (void)parse_catalog_request(body);
  if (const auto error = parse_error(body)) (void)error_of(*error, "peer.example");
  judged<Negotiation>(body);
  judged<Transfer>(body);
  (void)callback_path(body, "peer.example");
  return 0;
}
