// The objects of an apply document by (kind, id), each with its stored form; and the difference to what is there.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/core/json.hpp"
#include "base/core/result.hpp"
#include "node/catalog/objects.hpp"
#include "node/catalog/catalog.hpp"
#include "node/journal/ports/storage.hpp"

namespace sekisho::node {

struct DeclaredKind {
  std::string_view kind;    // "source"
  std::string_view plural;  // "sources", the member of the document
  Family family;
};
[[nodiscard]] const std::vector<DeclaredKind>& declared_kinds();

// (kind, id) → canonical JSON.
using Declared = std::map<std::pair<std::string, std::string>, std::string>;

// Of an apply document; parsed by the strict readers of node/catalog. Duplicates are refused.
[[nodiscard]] Result<Declared> read_declared(const JsonObject& document);
// Of the database.
[[nodiscard]] Result<Declared> stored_declared(const Storage& storage);
[[nodiscard]] Result<std::vector<std::pair<std::string, std::string>>> read_removals(const JsonObject& document);

struct Change {
  char op;  // '+' added, '~' changed, '-' removed, '=' the same
  std::string kind, id;
  std::optional<std::string> value;  // the new form
};
[[nodiscard]] std::vector<Change> difference(const Declared& stored, const Declared& wanted,
                                             const std::vector<std::pair<std::string, std::string>>& removals);

[[nodiscard]] Result<CatalogObjects> to_objects(const Declared& all);

}  // namespace sekisho::node
