// One node: the composition root. start() builds everything in the order of its dependencies, one function a layer, and
// returns when the listeners serve; drain() ends it in the reverse order. Several nodes may live in one process (tests).
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include "base/core/result.hpp"
#include "node/config/settings.hpp"

namespace sekisho::node {

struct NodeHooks;  // what tests may change: node_hooks.hpp

class Node {
 public:
  // Errors name the setting, file or folder and the mend; nothing keeps running when one is returned.
  [[nodiscard]] static Result<std::unique_ptr<Node>> start(Settings settings, const NodeHooks* hooks = nullptr);
  ~Node();  // drain(0)
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  [[nodiscard]] std::uint16_t peer_port() const;
  [[nodiscard]] std::uint16_t service_port() const;
  [[nodiscard]] const Settings& settings() const;

  // Reads the snapshot file now instead of at the next poll.
  [[nodiscard]] Status reload_snapshot();

  // Listeners stop accepting and finish what runs, background work ends, the log publishes its last head and closes.
  void drain(std::chrono::milliseconds grace);
  // From another thread: skips the grace period of a running drain.
  void hurry();

 private:
  struct Parts;
  explicit Node(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace sekisho::node
