// Finds the route of a request. Immutable after construction; shared by all workers.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/result.hpp"
#include "node/server/route.hpp"

namespace sekisho::node {

class Router {
 public:
  // Patterns that are malformed, equal, or say the same with other parameter names fail with Code::InvalidArgument:
  // a bug of the table, found at start. A literal segment wins over a parameter, a parameter over the rest.
  [[nodiscard]] static Result<std::shared_ptr<const Router>> make(std::vector<Route> routes);

  struct Match {
    const Route* route;
    std::map<std::string, std::string> params;
  };

  // segments: decoded, from http::parse_target. Code::NotFound; Code::MethodNotAllowed with help "allow".
  [[nodiscard]] Result<Match> find(std::string_view method, const std::vector<std::string>& segments) const;

  [[nodiscard]] const std::vector<Route>& routes() const { return routes_; }

 private:
  struct Node {
    std::map<std::string, std::unique_ptr<Node>, std::less<>> literal;
    std::unique_ptr<Node> parameter;
    std::map<std::string, std::size_t, std::less<>> here;  // method → index of the route that ends here
    std::map<std::string, std::size_t, std::less<>> rest;  // … that takes the rest
  };
  using Methods = std::map<std::string, std::size_t, std::less<>>;

  Status insert(std::size_t index);
  [[nodiscard]] const Methods* walk(const Node& node, const std::vector<std::string>& segments, std::size_t at) const;

  std::vector<Route> routes_;
  std::vector<std::vector<std::string>> patterns_;  // segments of each route's pattern
  Node root_;
};

}  // namespace sekisho::node
