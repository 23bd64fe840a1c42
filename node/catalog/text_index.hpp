// Finds short texts by their words: an inverted index over a fixed set of documents (datasets of one catalogue).
//
// Words are runs of ASCII letters and digits, lower case; other characters of UTF-8 (kana, kanji, accents) are indexed
// in pairs, because their languages put no spaces. A document fits when for each word of the question it has a word
// that begins with it. Immutable; callable from every thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sekisho::node {

class TextIndex {
 public:
  TextIndex() = default;
  explicit TextIndex(std::span<const std::string> documents);

  // Positions of the documents that fit, ascending; all when the question has no words.
  [[nodiscard]] std::vector<std::uint32_t> find(std::string_view question) const;
  [[nodiscard]] std::size_t words() const { return words_.size(); }

 private:
  // One bit for each document that has a word with this beginning.
  [[nodiscard]] std::vector<std::uint64_t> with_prefix(std::string_view prefix) const;

  std::size_t documents_ = 0;
  std::vector<std::string> words_;       // sorted, unique
  std::vector<std::uint32_t> first_;     // into postings_; one more than words_
  std::vector<std::uint32_t> postings_;  // documents of each word, ascending
};

// The words of a text as the index keeps them (whole pairs), or as a question asks for them.
[[nodiscard]] std::vector<std::string> index_words(std::string_view text);

}  // namespace sekisho::node
