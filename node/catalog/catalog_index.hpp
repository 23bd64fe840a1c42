// A catalogue made ready to be asked: each dataset and offer written once, found by its words, given out page by page
// in the order of the dataset ids. What is asked for is looked up before any policy is judged.
//
// Immutable; callable from every thread.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/result.hpp"
#include "node/catalog/catalog_filter.hpp"
#include "node/catalog/text_index.hpp"
#include "policy/audience.hpp"

namespace sekisho::node {

struct CatalogState;
struct Dataset;

// Pages are named by the dataset they begin after or end before, so that a change between two pages moves nothing.
struct CatalogAsk {
  static constexpr std::size_t kDefault = 100;
  static constexpr std::size_t kMost = 1000;

  CatalogFilter filter;
  std::string after;   // an id; empty: from the beginning
  std::string before;  // an id; set: the page that ends before it, and after is not looked at
  std::size_t limit = kDefault;
  std::size_t offset = 0;  // fitting datasets to leave out; without after and before only
};

struct CatalogPage {
  std::string text;  // Catalog document
  std::size_t datasets = 0;
  std::string next_after;       // empty: the last page
  std::string previous_before;  // empty: the first page
};

class CatalogIndex {
 public:
  static constexpr std::size_t kPageOctets = 512U << 10;  // a page ends early before it grows over this

  CatalogIndex(std::shared_ptr<const CatalogState> state, std::string did, const std::string& dns);

  [[nodiscard]] CatalogPage page(const CatalogAsk& ask, const policy::Audience& party) const;
  // Dataset document (root), with offers that have ended: who asks by name is told later that they did. DatasetUnknown when
  // there is none for this party.
  [[nodiscard]] Result<std::string> dataset(std::string_view id, const policy::Audience& party) const;
  [[nodiscard]] std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    const Dataset* dataset = nullptr;  // of state_
    std::string head;                  // "{" and the members before the offers
    std::vector<std::string> offers;   // as dataset->offers
    std::vector<std::string> purposes;
  };
  // Adds the dataset as an object to text when an offer is for this party.
  [[nodiscard]] bool write(const Entry& entry, const policy::Audience& party, std::string& text) const;
  [[nodiscard]] bool fits(const Entry& entry, const CatalogFilter& filter) const;
  [[nodiscard]] std::vector<std::uint32_t> candidates(const CatalogFilter& filter) const;

  std::shared_ptr<const CatalogState> state_;
  std::string did_;
  std::string head_;            // of the catalogue, without the end
  std::string tail_;            // of each dataset, from the distribution on
  std::string push_tail_;       // of one that is offered for pushes too
  std::vector<Entry> entries_;  // by id
  TextIndex words_;
};

}  // namespace sekisho::node
