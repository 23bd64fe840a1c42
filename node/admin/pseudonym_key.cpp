#include "node/admin/pseudonym_key.hpp"

namespace sekisho::node {

Status check_pseudonym_key(const CatalogState& state, bool has_key) {
  if (has_key) return {};
  for (const auto& [id, dataset] : state.datasets) {
    if (!dataset->view || !dataset->view->pseudonyms()) continue;
    return fail(Error(Code::KeyFile, "dataset " + id + ": its view writes pseudonyms, and the node's key folder has no "
                                     "pseudonym.key; restart the node with a folder that it may write, or restore the file")
                    .with("object", id));
  }
  return {};
}

}  // namespace sekisho::node
