// A filter as the tokens that an entry must carry. Internal to the room.
#pragma once

#include <string>
#include <vector>

#include "node/audit/query.hpp"

namespace sekisho::node {

struct FilterToken {
  Dimension dimension{};
  std::string text;
  TokenValue value{};
};

[[nodiscard]] std::vector<FilterToken> filter_tokens(const AuditFilter& filter);
[[nodiscard]] bool carries(const pb::Entry& entry, const FilterToken& wanted);

}  // namespace sekisho::node
