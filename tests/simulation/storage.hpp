// The durable memory of a simulated node: what was committed survives the node, nothing else does. One thread.
//
// Two faults can be planted, to prove that the simulation finds them: a mutation that is silently left out of its
// batch, and a storage that says "durable" one commit too early.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "node/journal/ports/storage.hpp"

namespace sekisho::simulation {

class SimStorage final : public node::Storage {
 public:
  using Table = std::map<Bytes, Bytes>;
  using Tables = std::array<Table, node::kFamilies>;

  SimStorage() = default;
  explicit SimStorage(Tables tables) : tables_(std::move(tables)) {}

  [[nodiscard]] Status commit(std::span<const node::Mutation> batch) override;
  [[nodiscard]] Result<std::optional<Bytes>> get(node::Family family, BytesView key) const override;
  [[nodiscard]] Status scan(node::Family family, BytesView from, BytesView prefix, const Each& each) const override;
  [[nodiscard]] Status reopen() override { return {}; }

  // The node died: a batch that was only said to be durable is gone.
  void crash();

  [[nodiscard]] const Tables& tables() const { return tables_; }
  [[nodiscard]] const Table& table(node::Family family) const { return tables_[static_cast<std::size_t>(family)]; }

  // Planted: mutations of a batch for which it returns true are not written.
  std::function<bool(const node::Mutation&)> leave_out;
  // Planted: the newest batch becomes durable with the next one only.
  bool says_durable_early = false;
  // Sees every batch after it was written.
  std::function<void(std::span<const node::Mutation>)> committed;

 private:
  Tables tables_;
  std::vector<node::Mutation> undo_;  // of the newest batch, where it is not durable yet
};

}  // namespace sekisho::simulation
