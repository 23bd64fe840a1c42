// Where a peer wants data, or says they lie: nothing of it could break a header field, and what is written reads the same.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/core/json.hpp"
#include "node/dataspace/data_address.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto json = sekisho::parse_json(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!json || !json->is_object()) return 0;
  const auto address = sekisho::node::parse_data_address(json->get_object());
  if (!address) return 0;
  const auto plain = [](char c) { return c >= 0x20 && c < 0x7f; };
  const std::string field = address->authorization();
  if (!std::ranges::all_of(field, plain) || !std::ranges::all_of(address->endpoint, plain)) std::abort();
  if (field.size() > 4096 + 7 || address->endpoint.size() > 2048) std::abort();
  const auto again = sekisho::node::parse_data_address(sekisho::node::to_json(*address).get_object());
  if (!again || again->endpoint != address->endpoint || again->authorization() != field) std::abort();
  return 0;
}
