// What an offline verification can say, and the exit code of `sekisho verify` for it: the one table.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace sekisho::trust {

// From best to worst; a report has the worst that any of its checks found.
enum class Verdict : std::uint8_t {
  ValidAtExchange,
  ValidUnconfirmed,
  Indeterminate,
  Contested,
  InvalidAtExchange,
  Tampered,
  Malformed,
  Usage,
};

struct VerdictInfo {
  Verdict verdict;
  std::string_view name;
  int exit_code;
  std::string_view meaning;
};

inline constexpr auto kVerdictTable = std::to_array<VerdictInfo>({
    {Verdict::ValidAtExchange, "VALID_AT_EXCHANGE", 0,
     "every path was valid at the time of the exchange, a cosigned checkpoint or time-stamp proves that time, and a "
     "later CRL confirms it"},
    {Verdict::ValidUnconfirmed, "VALID_UNCONFIRMED", 0,
     "every path was valid at the time that the nodes' logs state; no cosigned checkpoint, time-stamp or later CRL "
     "confirms it yet"},
    {Verdict::Indeterminate, "INDETERMINATE", 3, "something needed is not in the bundle; the report names it"},
    {Verdict::Contested, "CONTESTED", 4,
     "a key was reported compromised from before the exchange, sealed statements contradict each other, or data left "
     "when a zone had ended its recognition and its node may not have known"},
    {Verdict::InvalidAtExchange, "INVALID_AT_EXCHANGE", 5,
     "a certificate, recognition or root was not valid at the time of the exchange"},
    {Verdict::Tampered, "TAMPERED", 6, "a signature, proof, commitment or digest does not verify"},
    {Verdict::Malformed, "MALFORMED", 7, "the file is not a bundle, or has members that nothing refers to"},
    {Verdict::Usage, "USAGE", 2, "the command was not understood; nothing was verified"},
});

[[nodiscard]] constexpr const VerdictInfo& verdict_info(Verdict verdict) {
  return kVerdictTable[static_cast<std::size_t>(verdict)];
}

[[nodiscard]] constexpr Verdict worse(Verdict a, Verdict b) { return a < b ? b : a; }

}  // namespace sekisho::trust
