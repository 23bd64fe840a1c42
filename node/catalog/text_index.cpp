#include "node/catalog/text_index.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace sekisho::node {
namespace {

constexpr std::size_t kBits = 64;
constexpr std::size_t kLongestWord = 64;

bool is_ascii_word(unsigned char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_foreign(unsigned char c) { return c >= 0x80; }

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Where the UTF-8 character that begins here ends.
std::size_t character_end(std::string_view text, std::size_t at) {
  ++at;
  while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0U) == 0x80U) ++at;
  return at;
}

// A run of characters that are no ASCII, as pairs that overlap; one alone stands for itself.
void add_pairs(std::string_view run, std::vector<std::string>& out) {
  std::size_t first = 0;
  std::size_t second = character_end(run, 0);
  if (second >= run.size()) {
    out.emplace_back(run);
    return;
  }
  while (second < run.size()) {
    const std::size_t end = character_end(run, second);
    out.emplace_back(run.substr(first, end - first));
    first = second;
    second = end;
  }
  // The last character begins no pair; a question of it alone finds it this way.
  out.emplace_back(run.substr(first));
}

template <class Belongs>
std::size_t run_end(std::string_view text, std::size_t at, Belongs belongs) {
  while (at < text.size() && belongs(static_cast<unsigned char>(text[at]))) ++at;
  return at;
}

std::vector<std::string> words_of(std::string_view text, bool question) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at < text.size();) {
    const auto c = static_cast<unsigned char>(text[at]);
    if (is_ascii_word(c)) {
      const std::size_t end = run_end(text, at, is_ascii_word);
      std::string word(text.substr(at, std::min(end - at, kLongestWord)));
      std::ranges::transform(word, word.begin(), lower);
      out.push_back(std::move(word));
      at = end;
    } else if (is_foreign(c)) {
      const std::size_t end = run_end(text, at, is_foreign);
      add_pairs(text.substr(at, end - at), out);
      // Whole pairs are asked for; their last character alone would ask for more than was said.
      if (question && character_end(text, at) < end) out.pop_back();
      at = end;
    } else {
      ++at;
    }
  }
  std::ranges::sort(out);
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

}  // namespace

std::vector<std::string> index_words(std::string_view text) { return words_of(text, false); }

TextIndex::TextIndex(std::span<const std::string> documents) : documents_(documents.size()) {
  std::vector<std::pair<std::string, std::uint32_t>> pairs;
  for (std::size_t i = 0; i < documents.size(); ++i) {
    for (std::string& word : index_words(documents[i]))
      pairs.emplace_back(std::move(word), static_cast<std::uint32_t>(i));
  }
  std::ranges::sort(pairs);
  postings_.reserve(pairs.size());
  for (auto& [word, document] : pairs) {
    if (words_.empty() || words_.back() != word) {
      words_.push_back(std::move(word));
      first_.push_back(static_cast<std::uint32_t>(postings_.size()));
    }
    postings_.push_back(document);
  }
  first_.push_back(static_cast<std::uint32_t>(postings_.size()));
}

std::vector<std::uint64_t> TextIndex::with_prefix(std::string_view prefix) const {
  std::vector<std::uint64_t> bits((documents_ + kBits - 1) / kBits, 0);
  for (auto word = std::ranges::lower_bound(words_, prefix); word != words_.end() && word->starts_with(prefix);
       ++word) {
    const auto at = static_cast<std::size_t>(word - words_.begin());
    for (std::uint32_t i = first_[at]; i < first_[at + 1]; ++i)
      bits[postings_[i] / kBits] |= std::uint64_t{1} << (postings_[i] % kBits);
  }
  return bits;
}

std::vector<std::uint32_t> TextIndex::find(std::string_view question) const {
  std::vector<std::uint32_t> found;
  const std::vector<std::string> words = words_of(question, true);
  if (words.empty()) {
    for (std::uint32_t i = 0; i < documents_; ++i) found.push_back(i);
    return found;
  }
  std::vector<std::uint64_t> fitting = with_prefix(words.front());
  for (std::size_t w = 1; w < words.size(); ++w) {
    const std::vector<std::uint64_t> more = with_prefix(words[w]);
    for (std::size_t i = 0; i < fitting.size(); ++i) fitting[i] &= more[i];
  }
  for (std::size_t i = 0; i < fitting.size(); ++i) {
    for (std::uint64_t rest = fitting[i]; rest != 0; rest &= rest - 1) {
      found.push_back(static_cast<std::uint32_t>(i * kBits + static_cast<std::size_t>(std::countr_zero(rest))));
    }
  }
  return found;
}

}  // namespace sekisho::node
