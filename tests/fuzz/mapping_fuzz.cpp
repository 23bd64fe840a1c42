// Mapping templates: the first line is the template, each further line a record. What is written stays within its
// limits.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/core/limits.hpp"
#include "schemas/mapping/mapping.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sekisho;
  std::string_view text = as_text({data, size});
  const Result<Json> document = parse_json(text.substr(0, text.find('\n')));
  if (!document) return 0;
  const Result<schemas::Mapping> mapping = schemas::Mapping::parse(*document);
  if (!mapping) return mapping.error().code == Code::JsonShape ? 0 : (std::abort(), 0);
  while (text.find('\n') != std::string_view::npos) {
    text.remove_prefix(text.find('\n') + 1);
    const Result<Json> record = parse_json(text.substr(0, text.find('\n')));
    if (!record) continue;
    const Result<Json> written = mapping->apply(*record);
    // Escapes and spellings of numbers make a text of up to six times what it says.
    if (written && to_text(*written).size() > 8 * (limits::kRecordBytes + size)) std::abort();
    if (!written && written.error().code != Code::JsonShape && written.error().code != Code::LimitExceeded)
      std::abort();
  }
  return 0;
}
