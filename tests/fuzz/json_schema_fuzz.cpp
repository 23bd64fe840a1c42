// A schema on the first line, an instance on the second: compiled and judged within the limits, with the same verdict
// twice; a program never refers to what nobody gave.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/core/json.hpp"
#include "schemas/json_schema/json_schema.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sekisho;
  const std::string_view text = as_text({data, size});
  const std::size_t line = text.find('\n');
  if (line == std::string_view::npos) return 0;
  const Result<Json> document = parse_json(text.substr(0, line));
  const Result<Json> instance = parse_json(text.substr(line + 1));
  if (!document || !instance) return 0;
  const auto schema = schemas::JsonSchema::compile(*document, {}, {.nodes = 2000, .steps = 20'000});
  if (!schema) return schema.error().message.empty() ? (std::abort(), 0) : 0;
  const Status once = (*schema)->validate(*instance);
  const Status twice = (*schema)->validate(*instance);
  if (once.has_value() != twice.has_value()) std::abort();
  if (!once && once.error().code != Code::JsonShape && once.error().code != Code::LimitExceeded) std::abort();
  return 0;
}
