// The disclosure store in a small database of its own, beside the log's.
#pragma once

#include <filesystem>
#include <memory>

#include "node/audit/ports/disclosure_store.hpp"

namespace sekisho::node {

class RocksDbDisclosures final : public DisclosureStore {
 public:
  [[nodiscard]] static Result<std::unique_ptr<RocksDbDisclosures>> open(const std::filesystem::path& path);
  ~RocksDbDisclosures() override;

  [[nodiscard]] Status put(const Digest& statement, const Digest& salt) override;
  [[nodiscard]] Result<std::optional<Digest>> get(const Digest& statement) const override;
  // Deletes, flushes and compacts, so that neither a WAL nor a table file holds the salt.
  [[nodiscard]] Status erase(const Digest& statement) override;

 private:
  class Impl;
  explicit RocksDbDisclosures(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace sekisho::node
