// The connectors of the node's sources, made once for each manifest and kept until the manifest changes.
//
// Thread-safe. A connector that was given out stays usable after its source changed.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/core/result.hpp"
#include "connectors/connector.hpp"
#include "node/catalog/catalog.hpp"
#include "node/exchange/stream/passed_over.hpp"

namespace sekisho::node {

class SourceBook {
 public:
  // Both outlive the book.
  SourceBook(const Catalog& catalog, const connectors::Context& context) : catalog_(catalog), context_(context) {}

  // Code::SourceFailed when there is no such source any more or its manifest cannot be used.
  [[nodiscard]] Result<std::shared_ptr<connectors::Connector>> find(const std::string& name);

  // Of live streams, by reader_of() their agreements.
  [[nodiscard]] PassedOver& passed_over() { return passed_over_; }

  // Of the sources that were used since the catalogue last changed, by name.
  [[nodiscard]] std::vector<std::pair<std::string, connectors::Health>> health();

 private:
  struct Made {
    std::shared_ptr<const CatalogState> state;  // what it was made from
    std::shared_ptr<connectors::Connector> connector;
  };
  const Catalog& catalog_;
  const connectors::Context& context_;
  std::mutex mutex_;
  std::map<std::string, Made> made_;
  PassedOver passed_over_;
};

// The name under which a source that keeps positions itself keeps that of an agreement's streams.
[[nodiscard]] std::string reader_of(const Digest& agreement);

}  // namespace sekisho::node
