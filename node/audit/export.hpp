// What this node contributes to a bundle (formats.md 10): the members, by name, for all matches of a filter.
#pragma once

#include <map>
#include <string>

#include "base/core/bytes.hpp"
#include "base/core/result.hpp"
#include "node/audit/ports/disclosure_store.hpp"
#include "node/audit/query.hpp"

namespace sekisho::node {

using BundleMembers = std::map<std::string, Bytes>;

struct ExportLimits {
  std::uint64_t entries = 10'000;
  std::size_t bytes = 256U << 20;
};

// Statements, the chains of their issuers, the material of their time, the checkpoint and the proofs, and the salts
// that are still there. A statement's twin and its terms, agreement and request are drawn in by their ids, as far
// as this node has them. Code::LimitExceeded beyond the limits; Code::NotFound when nothing matches.
// Blocks (disk); thread-safe.
[[nodiscard]] Result<BundleMembers> export_members(const LogReader& reader, const Storage& storage,
                                                   const DisclosureStore& disclosures,
                                                   std::shared_ptr<const Published> at, const AuditFilter& filter,
                                                   const ExportLimits& limits = {});

}  // namespace sekisho::node
