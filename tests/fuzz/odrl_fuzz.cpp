// Policy reader and admission: what is admitted means the same after it was written out and read again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "policy/admission.hpp"
#include "policy/reader.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sekisho;
  using namespace sekisho::policy;
  if (size == 0) return 0;
  const auto kind = static_cast<PolicyKind>(data[0] % 3);
  const Result<PolicyDocument> document = read_policy_text(as_text({data + 1, size - 1}), kind);
  if (!document) return 0;
  const Admission admission = admit(*document);
  if (report_text(admission).empty() || !canonical_json(report(admission))) std::abort();
  if (!admission.ir) return 0;
  JsonObject written = wire_rules(*admission.ir);
  written["@id"] = "urn:o";
  written["@type"] = "Offer";
  const Result<PolicyIr> again = admit_policy(written, PolicyKind::CatalogueOffer);
  if (!again || again->digest != admission.ir->digest) std::abort();
  return 0;
}
