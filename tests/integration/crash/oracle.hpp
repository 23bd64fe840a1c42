// What must hold after every recovery (audit-and-provenance.md 5.4): every acknowledged entry is there, the tree is that
// of the entries and consistent with every checkpoint ever released, counters have no gap, no quota row says
// otherwise, the indexes are those of the entries.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "tests/integration/crash/crash_node.hpp"

namespace sekisho::node::crash {

// Everything that the killed processes released, over all rounds on one folder.
class Released {
 public:
  // Lines of run_child; what follows the last newline is kept for the next call.
  void read(std::string_view octets);
  void end_of_round() { rest_.clear(); }

  [[nodiscard]] std::uint64_t acknowledged() const { return entries_.size(); }

  struct Verdict {
    std::uint64_t found = 0;
    std::uint64_t lost = 0;
    std::uint64_t inconsistent = 0;  // checkpoints
    std::uint64_t gaps = 0;          // counters, indexes, tree: whatever the scrub refuses
    std::uint64_t quota = 0;         // rows that do not fit
    std::uint64_t refused = 0;       // the start itself was refused
    std::string reason;
    [[nodiscard]] bool clean() const { return lost + inconsistent + gaps + quota + refused == 0; }
  };
  [[nodiscard]] Verdict judge(const std::string& folder) const;

 private:
  void take_line(std::string_view line);

  std::map<std::uint64_t, std::string> entries_;      // index → statement id
  std::map<std::uint64_t, std::string> checkpoints_;  // size → root
  std::string rest_;
};

}  // namespace sekisho::node::crash
