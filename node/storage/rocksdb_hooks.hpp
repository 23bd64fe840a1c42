// What tests may change under RocksDbStorage: the file system, and whether commits are synced. No setting of the
// node reaches these; the crash test proves that it notices a node without sync.
#pragma once

#include <memory>

namespace rocksdb {
class FileSystem;
}

namespace sekisho::node {

struct RocksDbHooks {
  std::shared_ptr<rocksdb::FileSystem> file_system;  // null: the default one
  bool sync = true;
};

}  // namespace sekisho::node
