#include "node/catalog/catalog_filter.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include <fmt/format.h>

namespace sekisho::node {
namespace {

std::unexpected<Error> refuse(std::string_view pointer, std::string_view what) {
  return fail(Error(Code::InvalidArgument, fmt::format("catalogue filter {} {}", pointer, what))
                  .with("pointer", std::string(pointer)));
}

std::string_view without_namespace(std::string_view name) {
  for (const std::string_view space : {"https://w3id.org/edc/v0.0.1/ns/", "https://w3id.org/dspace/2025/1/", "@"}) {
    if (name.starts_with(space)) return name.substr(space.size());
  }
  return name;
}

}  // namespace

bool CatalogFilter::Condition::fits(std::string_view text) const {
  switch (match) {
    case Match::Equal: return text == value;
    case Match::Begins: return text.starts_with(value);
    case Match::Ends: return text.ends_with(value);
    case Match::Contains: return text.find(value) != std::string_view::npos;
  }
  return false;
}

Result<CatalogFilter> CatalogFilter::parse(const JsonArray& filter) {
  CatalogFilter out;
  for (std::size_t i = 0; i < filter.size(); ++i) {
    Status added = out.add(filter[i], fmt::format("/filter/{}", i), false);
    if (!added) return fail(added.error());
  }
  return out;
}

Status CatalogFilter::add(const Json& element, const std::string& pointer, bool nested) {
  if (!element.is_object()) return refuse(pointer, "is not an object");
  const JsonObject& object = element.get_object();
  if (const Json* text = object.if_contains("text")) {
    if (!text->is_string() || object.size() != 1) return refuse(pointer, "must hold nothing but a text");
    if (words_.size() + text->get_string().size() > kText) return refuse(pointer, "is longer than 512 characters");
    words_.append(words_.empty() ? "" : " ").append(text->get_string());
    return {};
  }
  const bool query = object.contains("filterExpression") || object.contains("limit") || object.contains("offset");
  if (query && !nested) return add_query(object, pointer);
  if (conditions_.size() >= kConditions) return refuse(pointer, "is one condition too many");
  Result<Condition> condition = this->condition(object, pointer);
  if (!condition) return fail(condition.error());
  conditions_.push_back(std::move(*condition));
  return {};
}

// EDC sends one with every catalogue request, and pages by it.
Status CatalogFilter::add_query(const JsonObject& object, const std::string& pointer) {
  if (std::exchange(queried_, true)) return refuse(pointer, "is a second query");
  for (const auto& member : object) {
    const std::string_view name = member.key();
    const std::string place = fmt::format("{}/{}", pointer, name);
    if (name == "filterExpression") {
      if (!member.value().is_array()) return refuse(place, "is no list");
      for (std::size_t i = 0; i < member.value().get_array().size(); ++i) {
        Status added = add(member.value().get_array()[i], fmt::format("{}/{}", place, i), true);
        if (!added) return added;
      }
    } else if (name == "offset" || name == "limit") {
      const std::int64_t least = name == "limit" ? 1 : 0;
      if (!member.value().is_int64() || member.value().get_int64() < least) return refuse(place, "is no number of datasets");
      (name == "limit" ? limit_ : offset_) = static_cast<std::size_t>(member.value().get_int64());
    } else if (name == "sortOrder") {
      if (member.value() != Json("ASC")) return refuse(place, "is not ASC");
    } else if (name != "@type") {
      return refuse(place, "is not known here");
    }
  }
  return {};
}

Result<CatalogFilter::Condition> CatalogFilter::condition(const JsonObject& object, const std::string& pointer) {
  constexpr auto kFields = std::to_array<std::pair<std::string_view, Field>>({{"id", Field::Id},
                                                                              {"title", Field::Title},
                                                                              {"mediaType", Field::Media},
                                                                              {"conformsTo", Field::ConformsTo},
                                                                              {"purpose", Field::Purpose}});
  for (const auto& member : object) {
    const std::string_view name = member.key();
    if (name != "operandLeft" && name != "operator" && name != "operandRight" && name != "@type") {
      return refuse(fmt::format("{}/{}", pointer, name), "is not known here");
    }
  }
  const Result<std::string> left = get_string(object, "operandLeft");
  const Result<std::string> op = get_string(object, "operator");
  Result<std::string> right = get_string(object, "operandRight");
  if (!left || !op || !right) return refuse(pointer, "needs the texts operandLeft, operator and operandRight");
  const auto field = std::ranges::find(kFields, without_namespace(*left), &std::pair<std::string_view, Field>::first);
  if (field == kFields.end())
    return refuse(pointer + "/operandLeft", "is none of id, title, mediaType, conformsTo, purpose");
  if (right->empty() || right->size() > kText)
    return refuse(pointer + "/operandRight", "is empty or longer than 512 characters");
  if (*op == "=") return Condition{field->second, Match::Equal, std::move(*right)};
  if (*op != "like") return refuse(pointer + "/operator", "is neither = nor like");
  std::string_view value = *right;
  const bool any_before = value.starts_with('%');
  if (any_before) value.remove_prefix(1);
  const bool any_after = value.ends_with('%');
  if (any_after) value.remove_suffix(1);
  if (value.find('%') != std::string_view::npos)
    return refuse(pointer + "/operandRight", "has % elsewhere than at its ends");
  const Match match =
      any_before ? (any_after ? Match::Contains : Match::Ends) : (any_after ? Match::Begins : Match::Equal);
  return Condition{field->second, match, std::string(value)};
}

std::string_view CatalogFilter::id() const {
  const auto named = std::ranges::find_if(conditions_, [](const Condition& condition) {
    return condition.field == Field::Id && condition.match == Match::Equal;
  });
  return named == conditions_.end() ? std::string_view() : std::string_view(named->value);
}

bool CatalogFilter::fits(const CatalogTexts& texts) const {
  return std::ranges::all_of(conditions_, [&](const Condition& condition) {
    switch (condition.field) {
      case Field::Id: return condition.fits(texts.id);
      case Field::Title: return condition.fits(texts.title);
      case Field::Media: return condition.fits(texts.media);
      case Field::ConformsTo: return condition.fits(texts.conforms_to);
      case Field::Purpose:
        return std::ranges::any_of(texts.purposes, [&](const std::string& purpose) { return condition.fits(purpose); });
    }
    return false;
  });
}

}  // namespace sekisho::node
