#include "node/server/router.hpp"

#include <utility>

namespace sekisho::node {
namespace {

bool is_parameter(std::string_view segment) {
  return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}
bool takes_rest(std::string_view segment) { return is_parameter(segment) && segment[segment.size() - 2] == '*'; }

std::string parameter_name(std::string_view segment) {
  const std::size_t tail = takes_rest(segment) ? 2 : 1;
  return std::string(segment.substr(1, segment.size() - 1 - tail));
}

Result<std::vector<std::string>> split_pattern(std::string_view pattern) {
  const std::string text(pattern);
  if (pattern.empty() || pattern.front() != '/')
    return fail(Code::InvalidArgument, "the route " + text + " does not begin with /");
  std::vector<std::string> segments;
  pattern.remove_prefix(1);
  while (!pattern.empty()) {
    const auto slash = pattern.find('/');
    const auto segment = pattern.substr(0, slash);
    const bool last = slash == std::string_view::npos;
    const bool braces = segment.find_first_of("{}*") != std::string_view::npos;
    if (segment.empty() || (braces && !is_parameter(segment)) || (takes_rest(segment) && !last) ||
        (!last && slash + 1 == pattern.size())) {
      return fail(Code::InvalidArgument, "the route " + text + " has a malformed segment");
    }
    segments.emplace_back(segment);
    pattern.remove_prefix(last ? pattern.size() : slash + 1);
  }
  return segments;
}

}  // namespace

Result<std::shared_ptr<const Router>> Router::make(std::vector<Route> routes) {
  auto router = std::make_shared<Router>();
  router->routes_ = std::move(routes);
  for (std::size_t i = 0; i < router->routes_.size(); ++i) {
    if (auto inserted = router->insert(i); !inserted) return fail(inserted.error());
  }
  return std::shared_ptr<const Router>(std::move(router));
}

Status Router::insert(std::size_t index) {
  const Route& route = routes_[index];
  auto segments = split_pattern(route.pattern);
  if (!segments) return fail(segments.error());
  if (!route.handler) return fail(Code::InvalidArgument, "the route " + std::string(route.pattern) + " has no handler");
  Node* node = &root_;
  Methods* methods = nullptr;
  for (const auto& segment : *segments) {
    if (takes_rest(segment)) {
      methods = &node->rest;
      break;
    }
    auto& next = is_parameter(segment) ? node->parameter : node->literal[segment];
    if (!next) next = std::make_unique<Node>();
    node = next.get();
  }
  if (methods == nullptr) methods = &node->here;
  if (!methods->emplace(route.method, index).second) {
    return fail(Code::InvalidArgument,
                "two routes say " + std::string(route.method) + " " + std::string(route.pattern));
  }
  patterns_.push_back(std::move(*segments));
  return {};
}

const Router::Methods* Router::walk(const Node& node, const std::vector<std::string>& segments, std::size_t at) const {
  if (at == segments.size()) return node.here.empty() ? nullptr : &node.here;
  if (const auto literal = node.literal.find(segments[at]); literal != node.literal.end()) {
    if (const auto* found = walk(*literal->second, segments, at + 1)) return found;
  }
  if (node.parameter && !segments[at].empty()) {
    if (const auto* found = walk(*node.parameter, segments, at + 1)) return found;
  }
  return node.rest.empty() ? nullptr : &node.rest;
}

Result<Router::Match> Router::find(std::string_view method, const std::vector<std::string>& segments) const {
  const Methods* methods = walk(root_, segments, 0);
  if (methods == nullptr) return fail(Code::NotFound, "no route has this path");
  const auto found = methods->find(method);
  if (found == methods->end()) {
    std::string allow;
    for (const auto& entry : *methods) allow += (allow.empty() ? "" : ", ") + entry.first;
    return fail(Error(Code::MethodNotAllowed, "the path has no such method").with("allow", allow));
  }
  Match match{&routes_[found->second], {}};
  const auto& pattern = patterns_[found->second];
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (!is_parameter(pattern[i])) continue;
    std::string value = segments[i];
    if (takes_rest(pattern[i])) {
      for (std::size_t j = i + 1; j < segments.size(); ++j) value += "/" + segments[j];
    }
    match.params.emplace(parameter_name(pattern[i]), std::move(value));
  }
  return match;
}

}  // namespace sekisho::node
