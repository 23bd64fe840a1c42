#include "node/admin/declared.hpp"

#include <fmt/format.h>

namespace sekisho::node {
namespace {

// The strict reader of a kind, back to its one stored form.
Result<std::pair<std::string, std::string>> normal_form(std::string_view kind, const Json& item) {
  const auto form = [](std::string id, const Json& json) -> Result<std::pair<std::string, std::string>> {
    auto text = canonical_json(json);
    if (!text) return fail(text.error());
    return std::pair(std::move(id), std::move(*text));
  };
  if (kind == "source") {
    const auto o = parse_source(item);
    return o ? form(o->name, to_json(*o)) : Result<std::pair<std::string, std::string>>(fail(o.error()));
  }
  if (kind == "dataset") {
    const auto o = parse_dataset(item);
    return o ? form(o->id, to_json(*o)) : Result<std::pair<std::string, std::string>>(fail(o.error()));
  }
  if (kind == "offer") {
    const auto o = parse_offer(item);
    return o ? form(o->id, to_json(*o)) : Result<std::pair<std::string, std::string>>(fail(o.error()));
  }
  const auto o = parse_client(item);
  return o ? form(o->id, to_json(*o)) : Result<std::pair<std::string, std::string>>(fail(o.error()));
}

const DeclaredKind* find_kind(std::string_view kind) {
  for (const auto& k : declared_kinds()) {
    if (k.kind == kind) return &k;
  }
  return nullptr;
}

}  // namespace

const std::vector<DeclaredKind>& declared_kinds() {
  static const std::vector<DeclaredKind> kinds{{"source", "sources", Family::Source},
                                               {"dataset", "datasets", Family::Dataset},
                                               {"offer", "offers", Family::Offer},
                                               {"client", "clients", Family::Client}};
  return kinds;
}

Result<Declared> read_declared(const JsonObject& document) {
  if (auto known = only_members(document, {"sources", "datasets", "offers", "clients", "remove"}); !known) return fail(known.error());
  Declared out;
  for (const auto& kind : declared_kinds()) {
    if (!document.contains(kind.plural)) continue;
    const auto list = get_array(document, kind.plural);
    if (!list) return fail(list.error());
    for (std::size_t i = 0; i < (*list)->size(); ++i) {
      auto item = normal_form(kind.kind, (**list)[i]);
      if (!item) {
        return fail(Error(item.error().code, fmt::format("{}[{}] is not accepted", kind.plural, i), item.error())
                        .with("pointer", fmt::format("/{}/{}", kind.plural, i))
                        .with("why", item.error().message));
      }
      if (!out.emplace(std::pair(std::string(kind.kind), item->first), item->second).second) {
        return fail(Code::InvalidArgument, fmt::format("{} '{}' is given twice", kind.kind, item->first));
      }
    }
  }
  return out;
}

Result<Declared> stored_declared(const Storage& storage) {
  Declared out;
  for (const auto& kind : declared_kinds()) {
    const auto scanned = storage.scan(kind.family, {}, {}, [&](BytesView key, BytesView value) {
      out.emplace(std::pair(std::string(kind.kind), std::string(as_text(key))), std::string(as_text(value)));
      return true;
    });
    if (!scanned) return fail(scanned.error());
  }
  return out;
}

Result<std::vector<std::pair<std::string, std::string>>> read_removals(const JsonObject& document) {
  std::vector<std::pair<std::string, std::string>> out;
  if (!document.contains("remove")) return out;
  const auto list = get_array(document, "remove");
  if (!list) return fail(list.error());
  for (const auto& item : **list) {
    if (!item.is_object()) return fail(Code::JsonShape, "a member of 'remove' is no object");
    const JsonObject& object = item.get_object();
    if (auto known = only_members(object, {"kind", "id"}); !known) return fail(known.error());
    auto kind = get_string(object, "kind");
    auto id = get_string(object, "id");
    if (!kind) return fail(kind.error());
    if (!id) return fail(id.error());
    if (find_kind(*kind) == nullptr) return fail(Code::InvalidArgument, fmt::format("'{}' is no kind of object", *kind));
    out.emplace_back(std::move(*kind), std::move(*id));
  }
  return out;
}

std::vector<Change> difference(const Declared& stored, const Declared& wanted,
                               const std::vector<std::pair<std::string, std::string>>& removals) {
  std::vector<Change> out;
  for (const auto& [key, value] : wanted) {
    const auto there = stored.find(key);
    const char op = there == stored.end() ? '+' : there->second == value ? '=' : '~';
    out.push_back(Change{op, key.first, key.second, value});
  }
  for (const auto& key : removals) {
    if (stored.contains(key) && !wanted.contains(key)) out.push_back(Change{'-', key.first, key.second, std::nullopt});
  }
  return out;
}

Result<CatalogObjects> to_objects(const Declared& all) {
  CatalogObjects out;
  for (const auto& [key, text] : all) {
    const auto json = parse_json(text);
    if (!json) return fail(Code::DatabaseDamaged, fmt::format("{} '{}' is no JSON", key.first, key.second), json.error());
    const auto add = [](auto parsed, auto& list) -> Status {
      if (!parsed) return fail(parsed.error());
      list.push_back(std::move(*parsed));
      return {};
    };
    Status added;
    if (key.first == "source") added = add(parse_source(*json), out.sources);
    if (key.first == "dataset") added = add(parse_dataset(*json), out.datasets);
    if (key.first == "offer") added = add(parse_offer(*json), out.offers);
    if (key.first == "client") added = add(parse_client(*json), out.clients);
    if (!added) return fail(added.error());
  }
  return out;
}

}  // namespace sekisho::node
