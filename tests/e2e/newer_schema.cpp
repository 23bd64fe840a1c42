// newer_schema DATABASE: makes the database of a stopped node one that a newer program wrote.
#include <cstdio>

#include "base/core/bytes.hpp"
#include "node/storage/rocksdb_storage.hpp"

int main(int argc, char** argv) {
  using namespace sekisho;
  if (argc != 2) return 2;
  node::RocksDbOptions options;
  options.path = argv[1];
  const auto storage = node::RocksDbStorage::open(std::move(options));
  Status written = storage ? Status() : Status(fail(storage.error()));
  if (written) {
    const auto schema = be64(node::kStorageSchema + 1);
    const node::Mutation row{node::Family::Meta, to_bytes(node::kMetaSchema), Bytes(schema.begin(), schema.end())};
    written = (*storage)->commit({&row, 1});
  }
  if (!written) std::fprintf(stderr, "%s\n", written.error().chain().c_str());
  return written ? 0 : 1;
}
