// `sekisho apply`: the operator says what the node should offer; the node answers what that changes, and changes it in one
// unit of work with an entry in the log (formats.md 8). Declarative and idempotent: the same file twice changes nothing.
//
//   {"sources": [{name, manifest}], "datasets": […], "offers": […], "clients": […], "remove": [{"kind", "id"} …]}
//
// An object that is named is set; one that is not named stays; "remove" takes away (kind: source, dataset, offer, client).
// The whole catalogue that would result is checked first: dangling references, views, admission of every policy,
// the key that a view's pseudonyms need (KeyFile).
// Agreements that exist are not touched by a change of their offer; while it is removed nothing is released under them.
#pragma once

#include <atomic>
#include <string>

#include "base/async/task.hpp"
#include "base/core/json.hpp"
#include "base/core/result.hpp"
#include "node/catalog/catalog.hpp"
#include "node/journal/journal.hpp"

namespace sekisho::node {

class ApplyService {
 public:
  // All outlive the service. pseudonym_key: whether the node has one.
  ApplyService(Catalog& catalog, Journal& journal, const Storage& storage, bool pseudonym_key)
      : catalog_(catalog), journal_(journal), storage_(storage), pseudonym_key_(pseudonym_key) {}

  // {"changes": [{"op": "+|~|-|=", "kind", "id"} …], "applied": bool}. One at a time: Conflict while another runs.
  [[nodiscard]] async::Task<Result<JsonObject>> apply(Json document, bool dry_run);

 private:
  [[nodiscard]] async::Task<Result<JsonObject>> run(Json document, bool dry_run);

  Catalog& catalog_;
  Journal& journal_;
  const Storage& storage_;
  const bool pseudonym_key_;
  std::atomic<bool> busy_{false};
};

}  // namespace sekisho::node
