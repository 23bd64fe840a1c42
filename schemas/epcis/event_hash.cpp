#include "schemas/epcis/event_hash.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <list>
#include <span>

#include <fmt/format.h>

#include "base/core/clock.hpp"
#include "base/core/encoding.hpp"
#include "base/crypto/digest.hpp"
#include "schemas/epcis/digital_link.hpp"

namespace sekisho::schemas::epcis {
namespace {

constexpr std::size_t kMaxDepth = 32;

// In whose namespace a document lists what its hashes leave out: a convention of the reference generator's vectors.
constexpr std::string_view kIgnoreFieldsNamespace = "https://repository-x.example.com/";

// An element as the XML binding would have it. A pair (of a business transaction, source or destination) has no name.
struct Node {
  std::string name;
  std::string value;
  std::list<Node> children;
};

struct Place {
  std::string_view name;
  std::span<const Place> below;
};

constexpr Place kEpc[] = {{"epc", {}}};
constexpr Place kQuantity[] = {{"epcClass", {}}, {"quantity", {}}, {"uom", {}}};
constexpr Place kQuantities[] = {{"quantityElement", kQuantity}};
constexpr Place kPersistent[] = {{"set", {}}, {"unset", {}}};
constexpr Place kId[] = {{"id", {}}};
constexpr Place kMetadata[] = {{"time", {}},
                               {"startTime", {}},
                               {"endTime", {}},
                               {"deviceID", {}},
                               {"deviceMetadata", {}},
                               {"rawData", {}},
                               {"dataProcessingMethod", {}},
                               {"bizRules", {}}};
constexpr Place kReport[] = {{"type", {}},
                             {"exception", {}},
                             {"deviceID", {}},
                             {"deviceMetadata", {}},
                             {"rawData", {}},
                             {"dataProcessingMethod", {}},
                             {"time", {}},
                             {"microorganism", {}},
                             {"chemicalSubstance", {}},
                             {"value", {}},
                             {"component", {}},
                             {"stringValue", {}},
                             {"booleanValue", {}},
                             {"hexBinaryValue", {}},
                             {"uriValue", {}},
                             {"minValue", {}},
                             {"maxValue", {}},
                             {"meanValue", {}},
                             {"sDev", {}},
                             {"percRank", {}},
                             {"percValue", {}},
                             {"uom", {}},
                             {"coordinateReferenceSystem", {}}};
constexpr Place kSensor[] = {{"sensorMetadata", kMetadata}, {"sensorReport", kReport}};
constexpr Place kSensors[] = {{"sensorElement", kSensor}};
constexpr Place kOrder[] = {{"eventTime", {}},
                            {"eventTimeZoneOffset", {}},
                            {"certificationInfo", {}},
                            {"parentID", {}},
                            {"epcList", kEpc},
                            {"inputEPCList", kEpc},
                            {"childEPCs", kEpc},
                            {"quantityList", kQuantities},
                            {"childQuantityList", kQuantities},
                            {"inputQuantityList", kQuantities},
                            {"outputEPCList", kEpc},
                            {"outputQuantityList", kQuantities},
                            {"action", {}},
                            {"transformationID", {}},
                            {"bizStep", {}},
                            {"disposition", {}},
                            {"persistentDisposition", kPersistent},
                            {"readPoint", kId},
                            {"bizLocation", kId},
                            {"sensorElementList", kSensors}};

std::string_view trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const auto first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

// UTC with exactly three fraction digits, half a millisecond rounded up. No date and time: as it stands.
std::string canonical_time(std::string_view text) {
  std::string cut(text);
  if (const auto dot = cut.find('.'); dot != std::string::npos) {
    const auto end = std::min(cut.find_first_not_of("0123456789", dot + 1), cut.size());
    if (end > dot + 7) cut.erase(dot + 7, end - dot - 7);
  }
  const auto at = from_rfc3339(cut);
  if (!at) return std::string(text);
  const auto rounded = std::chrono::floor<std::chrono::milliseconds>(*at + std::chrono::microseconds(500));
  std::string out = to_rfc3339(std::chrono::time_point_cast<std::chrono::microseconds>(rounded));
  out.replace(out.size() - 4, 4, "Z");
  return out;
}

std::string number_text(double number) {
  if (number == std::floor(number)) return number == 0 ? "0" : fmt::format("{:.0f}", number);
  return fmt::format("{}", number);
}

std::string canonical_number(const std::string& text) {
  if (text.empty() || text.find_first_not_of("+-.0123456789eE") != std::string::npos) return text;
  char* end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  if (end != text.c_str() + text.size() || !std::isfinite(number)) return text;
  return number_text(number);
}

std::string canonical_value(std::string_view text) {
  constexpr std::pair<std::string_view, std::string_view> kUrns[] = {
      {"urn:epcglobal:cbv:bizstep:", "https://ref.gs1.org/cbv/BizStep-"},
      {"urn:epcglobal:cbv:disp:", "https://ref.gs1.org/cbv/Disp-"},
      {"urn:epcglobal:cbv:btt:", "https://ref.gs1.org/cbv/BTT-"},
      {"urn:epcglobal:cbv:sdt:", "https://ref.gs1.org/cbv/SDT-"},
      {"urn:epcglobal:cbv:er:", "https://ref.gs1.org/cbv/ER-"}};
  std::string out(text);
  for (const auto& [urn, iri] : kUrns) {
    if (out.starts_with(urn)) out = std::string(iri) + out.substr(urn.size());
  }
  return canonical_id(canonical_number(out));
}

// The vocabulary that a bare word of this member belongs to (scoped contexts of the EPCIS 2.0 context).
std::string_view vocabulary(std::string_view name, std::string_view parent) {
  if (name == "bizStep") return "https://ref.gs1.org/cbv/BizStep-";
  if (name == "disposition" || (parent == "persistentDisposition" && (name == "set" || name == "unset"))) {
    return "https://ref.gs1.org/cbv/Disp-";
  }
  if (name == "type" && parent == "bizTransactionList") return "https://ref.gs1.org/cbv/BTT-";
  if (name == "type" && (parent == "sourceList" || parent == "destinationList")) return "https://ref.gs1.org/cbv/SDT-";
  if ((name == "type" || name == "exception") && parent == "sensorReport") return "https://gs1.org/voc/";
  if (name == "component" && parent == "sensorReport") return "https://ref.gs1.org/cbv/Comp-";
  return {};
}

class Reader {
 public:
  explicit Reader(const HashContext& context) : context_(context) {}

  Result<std::list<Node>> members(const JsonObject& object, std::string_view parent, std::size_t depth) const {
    if (depth > kMaxDepth) return fail(Code::LimitExceeded, "an event nests too deep");
    std::list<Node> out;
    for (const auto& member : object) {
      const std::string_view key = member.key();
      if (left_out(key)) continue;
      if (auto read = add(out, key, member.value(), parent, depth); !read) return fail(read.error());
    }
    return out;
  }

 private:
  bool left_out(std::string_view key) const {
    return key == "#text" || key == "rdfs:comment" || key == "comment" || key == "@context" ||
           key.starts_with("@xmlns") ||
           std::find(context_.ignored.begin(), context_.ignored.end(), key) != context_.ignored.end();
  }

  std::string expanded_name(std::string_view key) const {
    const auto colon = key.find(':');
    if (colon == std::string_view::npos) return std::string(key);
    const auto prefix = context_.prefixes.find(key.substr(0, colon));
    if (prefix == context_.prefixes.end()) return std::string(key);
    return "{" + prefix->second + "}" + std::string(key.substr(colon + 1));
  }

  std::string text(const Json& value, std::string_view key, std::string_view parent) const {
    if (value.is_bool()) return value.get_bool() ? "true" : "false";
    if (value.is_double()) return number_text(value.get_double());
    if (!value.is_string()) return value.is_null() ? std::string() : to_text(value);
    const std::string_view given(value.get_string());
    const auto words = vocabulary(key, parent);
    const auto colon = given.find(':');
    if (colon == std::string_view::npos)
      return words.empty() ? std::string(given) : std::string(words) + std::string(trim(given));
    if (!words.empty() && given.starts_with("gs1:")) return "https://gs1.org/voc/" + std::string(given.substr(4));
    if (!words.empty() && given.starts_with("cbv:")) return "https://ref.gs1.org/cbv/" + std::string(given.substr(4));
    const auto prefix = context_.prefixes.find(given.substr(0, colon));
    return prefix == context_.prefixes.end() ? std::string(given)
                                             : prefix->second + std::string(given.substr(colon + 1));
  }

  static std::string element_name(std::string_view name, bool structured) {
    if (name == "inputEPC" || name == "outputEPC") return "epc";
    if (name == "inputQuantity" || name == "outputQuantity" || name == "childQuantity" ||
        (name == "quantity" && structured)) {
      return "quantityElement";
    }
    return std::string(name);
  }

  Result<Node> element(std::string_view name, std::string_view key, const Json& value, std::string_view parent,
                       std::size_t depth) const {
    Node node;
    if (value.is_object()) {
      auto below = members(value.get_object(), key, depth + 1);
      if (!below) return fail(below.error());
      node.children = std::move(*below);
      if (const auto* inner = value.get_object().if_contains("#text")) node.value = text(*inner, key, parent);
    } else if (value.is_array()) {
      for (const Json& one : value.get_array()) {
        auto below = element("", key, one, parent, depth + 1);
        if (!below) return fail(below.error());
        node.children.push_back(std::move(*below));
      }
      if (depth > kMaxDepth) return fail(Code::LimitExceeded, "an event nests too deep");
    } else {
      node.value = text(value, key, parent);
    }
    node.name = element_name(name, !node.children.empty());
    return node;
  }

  // Type first, then the thing, as CBV writes them; nothing else of these elements takes part.
  Node pair(const JsonObject& object, std::string_view list) const {
    Node out;
    const std::string_view thing = list.substr(0, list.size() - 4);
    for (const std::string_view key : {std::string_view("type"), thing}) {
      const auto* value = object.if_contains(key);
      if (value != nullptr) out.children.push_back(Node{std::string(key), text(*value, key, list), {}});
    }
    return out;
  }

  Status add(std::list<Node>& out, std::string_view key, const Json& value, std::string_view parent,
             std::size_t depth) const {
    const std::string name = expanded_name(key);
    const bool wrapped = name.ends_with("List") || name == "childEPCs";
    if (!wrapped) {
      const std::string element_of = name;
      if (!value.is_array()) {
        auto node = element(element_of, key, value, parent, depth);
        if (!node) return fail(node.error());
        out.push_back(std::move(*node));
        return {};
      }
      for (const Json& one : value.get_array()) {
        auto node = element(element_of, key, one, parent, depth);
        if (!node) return fail(node.error());
        out.push_back(std::move(*node));
      }
      return {};
    }
    Node list{name, "", {}};
    const std::string below = name == "childEPCs" ? "epc" : name.substr(0, name.size() - 4);
    const bool pairs = name == "bizTransactionList" || name == "sourceList" || name == "destinationList";
    const auto take = [&](const Json& one) -> Status {
      if (pairs) {
        if (!one.is_object()) return fail(Code::JsonShape, "an element of " + name + " is no object");
        list.children.push_back(pair(one.get_object(), name));
        return {};
      }
      auto node = element(below, key, one, parent, depth + 1);
      if (!node) return fail(node.error());
      list.children.push_back(std::move(*node));
      return {};
    };
    if (value.is_array()) {
      for (const Json& one : value.get_array()) {
        if (auto taken = take(one); !taken) return taken;
      }
    } else if (auto taken = take(value); !taken) {
      return taken;
    }
    if (!list.children.empty()) out.push_back(std::move(list));
    return {};
  }

  const HashContext& context_;
};

std::string joined(std::vector<std::string>& parts) {
  std::sort(parts.begin(), parts.end());
  std::string out;
  for (const auto& part : parts) out += part;
  return out;
}

// What the order does not know: each as name, value and everything below, sorted; pairs keep their own order.
std::string in_any_order(const std::list<Node>& nodes) {
  std::vector<std::string> parts;
  bool sorted = true;
  for (const Node& node : nodes) {
    const std::string_view value = trim(node.value);
    parts.push_back(node.name + (value.empty() ? std::string() : "=" + canonical_value(value)) +
                    in_any_order(node.children));
    if (node.name == "bizTransaction" || node.name == "source" || node.name == "destination") sorted = false;
  }
  if (sorted) return joined(parts);
  std::string out;
  for (const auto& part : parts) out += part;
  return out;
}

std::string in_order(std::list<Node>& nodes, std::span<const Place> order, bool event);

std::string placed(Node& node, const Place& place) {
  const std::string below = place.below.empty() ? std::string() : in_order(node.children, place.below, false);
  std::string value(trim(node.value));
  if (!value.empty()) {
    const bool time = (place.name.contains("time") || place.name.contains("Time")) && !place.name.contains("Offset");
    value = "=" + (time ? canonical_time(value) : canonical_value(value));
  }
  return value.empty() && below.empty() ? std::string() : node.name + value + below;
}

// Takes what it writes out of the list; what is left is written at the end of the event.
std::string in_order(std::list<Node>& nodes, std::span<const Place> order, bool event) {
  std::list<Node> extensions;
  if (!event && nodes.size() > 1) {
    for (auto at = nodes.begin(); at != nodes.end();) {
      const auto next = std::next(at);
      if (at->name.contains('{') && at->name.contains("/}")) extensions.splice(extensions.end(), nodes, at);
      at = next;
    }
  }
  std::string out;
  for (const Place& place : order) {
    std::vector<std::string> parts;
    for (auto at = nodes.begin(); at != nodes.end();) {
      const auto next = std::next(at);
      if (at->name == place.name) {
        auto part = placed(*at, place);
        if (!part.empty()) parts.push_back(std::move(part));
        if (at->children.empty()) nodes.erase(at);
      }
      at = next;
    }
    out += joined(parts);
  }
  return out + in_any_order(extensions);
}

}  // namespace

HashContext hash_context(const JsonObject& document) {
  HashContext out;
  const auto* context = document.if_contains("@context");
  const auto add = [&out](const Json& one) {
    if (!one.is_object()) return;
    for (const auto& term : one.get_object()) {
      if (term.value().is_string()) out.prefixes[std::string(term.key())] = std::string(term.value().get_string());
    }
  };
  if (context != nullptr && context->is_array()) {
    for (const Json& one : context->get_array()) add(one);
  } else if (context != nullptr) {
    add(*context);
  }
  std::string prefix;
  for (const auto& [name, iri] : out.prefixes) {
    if (iri == kIgnoreFieldsNamespace) prefix = name;
  }
  if (prefix.empty()) return out;
  const JsonObject* holder = &document;
  if (const auto* body = document.if_contains("epcisBody"); body != nullptr && body->is_object()) {
    if (const auto* results = body->get_object().if_contains("queryResults");
        results != nullptr && results->is_object()) {
      holder = &results->get_object();
    }
  }
  if (const auto* fields = holder->if_contains(prefix + ":ignoreFields"); fields != nullptr && fields->is_array()) {
    for (const Json& field : fields->get_array()) {
      if (field.is_string()) out.ignored.emplace_back(field.get_string());
    }
  }
  return out;
}

Result<std::string> pre_hash(const JsonObject& event, const HashContext& context) {
  const auto type = get_string(event, "type");
  if (!type) return fail(type.error());
  auto nodes = Reader(context).members(event, "", 0);
  if (!nodes) return fail(nodes.error());
  std::string out = "eventType=" + *type + in_order(*nodes, kOrder, true);
  nodes->remove_if([](const Node& node) {
    return node.name == "recordTime" || node.name == "eventID" || node.name == "type" ||
           node.name == "errorDeclaration";
  });
  return out + in_any_order(*nodes);
}

Result<std::string> event_hash(const JsonObject& event, const HashContext& context) {
  const auto text = pre_hash(event, context);
  if (!text) return fail(text.error());
  return "ni:///sha-256;" + to_hex(sha256(as_bytes(*text))) + "?ver=CBV2.0";
}

}  // namespace sekisho::schemas::epcis
