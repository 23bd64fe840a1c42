// Documents and events as they come from foreign EPCIS servers: what is read is written equal.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/core/json.hpp"
#include "schemas/epcis/document.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto json = sekisho::parse_json(text);
  if (!json) return 0;
  const auto document = sekisho::schemas::epcis::read_document(*json);
  if (document && sekisho::schemas::epcis::write_document(*document) != *json) std::abort();
  return 0;
}
