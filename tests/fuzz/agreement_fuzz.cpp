// Agreements: digest, program, decision and trace of whatever a peer may send as one.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/core/json.hpp"
#include "policy/agreement.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sekisho;
  using namespace sekisho::policy;
  const Result<Json> document = parse_json(as_text({data, size}));
  if (!document) return 0;
  const auto agreement = Agreement::parse(*document);
  if (!agreement) return 0;
  DecisionInput input;
  input.target = (*agreement)->target;
  input.assignee = (*agreement)->assignee;
  input.zone = "eu";
  input.purpose =
      (*agreement)->purposes.empty() ? std::string_view("p") : std::string_view((*agreement)->purposes.front());
  input.used = 0;
  input.view = (*agreement)->view;
  input.clock = {Instant(std::chrono::seconds(1795521600)), std::chrono::milliseconds(100)};  // 2026-11-24
  const Decision decision = decide((*agreement)->program, input);
  if (!decision.permit && denial((*agreement)->program, decision).message.empty()) std::abort();
  if (!parse_json(trace_text((*agreement)->program, input, decision))) std::abort();
  input.assignee = "did:web:other.example";
  if (input.assignee != (*agreement)->assignee && decide((*agreement)->program, input).permit) std::abort();
  return 0;
}
