// The storage port: families of ordered keys, one atomic synced batch per commit. The only way anything becomes
// durable in a node. Implementations: node/storage/rocksdb_storage.hpp, node/journal/memory_storage.hpp.
//
// Threads: commit() and reopen() are called by the journal's writer thread only (and before it starts); get() and
// scan() by any thread, also during a commit. A reader never sees a batch whose sync has not returned.
// Errors: a failed commit is *indeterminate*: the batch may be found after reopen(), or not; nothing may be
// committed before reopen() succeeded. Code::DiskFull, Code::Io; damage is Code::DatabaseDamaged.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>

#include "base/core/bytes.hpp"
#include "base/core/result.hpp"

namespace sekisho::node {

// One column family each. Names and numbers are stored: new ones only at the end.
enum class Family : std::uint8_t {
  Meta,
  Entry,
  Tile,
  Posting,
  Unique,
  Checkpoint,
  Counter,
  Negotiation,
  Transfer,
  Agreement,
  Dataset,
  Offer,
  Source,
  Client,
  Quota,
  Exchange,
  Outbox,
  Idempotency,
  Material,
};
inline constexpr std::size_t kFamilies = 19;

// "meta", "entry" …; the names of the column families.
[[nodiscard]] std::string_view family_name(Family family);

// Version of the layout of keys and values. A database of a higher one is refused (Code::SchemaNewer); one of a lower
// one is raised when it is opened, because every version reads what the earlier ones wrote.
//   2  the index by exchange names the peer (node/journal/keys.hpp)
inline constexpr std::uint32_t kStorageSchema = 2;
// Rows of Family::Meta that every implementation writes and checks: be32 schema; DID of the owner.
inline constexpr std::string_view kMetaSchema = "schema";
inline constexpr std::string_view kMetaOwner = "owner";

// Keys of Family::Posting begin with dimension ‖ token; scans of one token are by this prefix.
inline constexpr std::size_t kPostingPrefix = 17;

// Sets key to value, or erases it where value is absent. Later mutations of a batch win.
struct Mutation {
  Family family = Family::Meta;
  Bytes key;
  std::optional<Bytes> value;
};

class Storage {
 public:
  virtual ~Storage() = default;

  // All or nothing, durable when it returns success.
  [[nodiscard]] virtual Status commit(std::span<const Mutation> batch) = 0;

  [[nodiscard]] virtual Result<std::optional<Bytes>> get(Family family, BytesView key) const = 0;

  // Calls `each` with every pair whose key begins with `prefix` and is not below `from`, in ascending order of
  // the octets, until it returns false. `from` may be empty. The views live for the call only. Sees one state.
  using Each = std::function<bool(BytesView key, BytesView value)>;
  [[nodiscard]] virtual Status scan(Family family, BytesView from, BytesView prefix, const Each& each) const = 0;

  // After a failed commit: forgets everything that is not durable and reads again from the medium.
  [[nodiscard]] virtual Status reopen() = 0;
};

}  // namespace sekisho::node
