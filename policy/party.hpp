// The two parties of the Dataspace Protocol.
#pragma once

#include <cstdint>

namespace sekisho::policy {

enum class Party : std::uint8_t { Consumer, Provider };

[[nodiscard]] constexpr Party other(Party party) {
  return party == Party::Consumer ? Party::Provider : Party::Consumer;
}

}  // namespace sekisho::policy
