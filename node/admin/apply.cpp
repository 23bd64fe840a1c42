#include "node/admin/apply.hpp"

#include <algorithm>

#include "base/core/encoding.hpp"
#include "base/crypto/digest.hpp"
#include "node/admin/declared.hpp"
#include "node/admin/opaque.hpp"
#include "node/admin/pseudonym_key.hpp"

namespace sekisho::node {
namespace {

class BusyGuard {
 public:
  explicit BusyGuard(std::atomic<bool>& flag) : flag_(flag), taken_(!flag.exchange(true)) {}
  BusyGuard(const BusyGuard&) = delete;
  BusyGuard& operator=(const BusyGuard&) = delete;
  ~BusyGuard() {
    if (taken_) flag_ = false;
  }
  [[nodiscard]] bool taken() const { return taken_; }

 private:
  std::atomic<bool>& flag_;
  const bool taken_;
};

Family family_of(std::string_view kind) {
  for (const auto& k : declared_kinds()) {
    if (k.kind == kind) return k.family;
  }
  return Family::Meta;
}

}  // namespace

async::Task<Result<JsonObject>> ApplyService::apply(Json document, bool dry_run) {
  const BusyGuard guard(busy_);
  if (!guard.taken()) co_return fail(Error(Code::Conflict, "another apply is running").with("retry_after_s", "1"));
  co_return co_await run(std::move(document), dry_run);
}

async::Task<Result<JsonObject>> ApplyService::run(Json document, bool dry_run) {
  if (!document.is_object()) co_return fail(Code::JsonShape, "an apply document is an object");
  auto wanted = read_declared(document.get_object());
  if (!wanted) co_return fail(wanted.error());
  const auto removals = read_removals(document.get_object());
  if (!removals) co_return fail(removals.error());
  auto stored = stored_declared(storage_);
  if (!stored) co_return fail(stored.error());
  const auto changes = difference(*stored, *wanted, *removals);

  Declared result = std::move(*stored);
  for (const auto& change : changes) {
    if (change.value) {
      result[{change.kind, change.id}] = *change.value;
    } else {
      result.erase({change.kind, change.id});
    }
  }
  auto objects = to_objects(result);
  if (!objects) co_return fail(objects.error());
  auto state = build_catalog(std::move(*objects));
  if (!state) co_return fail(state.error());
  if (auto apart = check_opaque(**state); !apart) co_return fail(apart.error());
  if (auto keyed = check_pseudonym_key(**state, pseudonym_key_); !keyed) co_return fail(keyed.error());

  JsonArray shown;
  JsonArray logged;
  Unit unit;
  for (const auto& change : changes) {
    shown.push_back(JsonObject{{"op", std::string(1, change.op)}, {"kind", change.kind}, {"id", change.id}});
    if (change.op == '=') continue;
    JsonObject row{{"op", std::string(1, change.op)}, {"kind", change.kind}, {"id", change.id}};
    // A client's entry has a token's digest in it; what is logged of it is that it changed.
    if (change.value && change.kind != "client") row["digest"] = to_hex(sha256(as_bytes(*change.value)));
    logged.push_back(std::move(row));
    unit.mutations.push_back(Mutation{family_of(change.kind), to_bytes(change.id),
                                      change.value ? std::optional<Bytes>(to_bytes(*change.value)) : std::nullopt});
  }
  const bool nothing = unit.mutations.empty();
  if (!dry_run && !nothing) {
    const auto detail = canonical_json(JsonObject{{"what", "apply"}, {"changes", std::move(logged)}});
    if (!detail) co_return fail(detail.error());
    unit.entries.push_back(EntryDraft{pb::GOVERNANCE, Uuid{}, *detail, std::nullopt, {}});
    const auto committed = co_await journal_.commit(std::move(unit));
    if (!committed) co_return fail(committed.error());
    catalog_.replace(*state);
  }
  co_return JsonObject{{"changes", std::move(shown)}, {"applied", !dry_run && !nothing}};
}

}  // namespace sekisho::node
