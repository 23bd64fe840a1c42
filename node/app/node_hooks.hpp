// What integration tests may change under a node. No setting reaches these.
#pragma once

#include <memory>

#include "base/core/clock.hpp"
#include "node/storage/rocksdb_hooks.hpp"

namespace sekisho::node {

struct NodeHooks {
  std::shared_ptr<const RocksDbHooks> storage;
};

}  // namespace sekisho::node
