// The record reader agrees with the document parser, and what it writes are strict records that stay the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/core/json.hpp"
#include "base/core/json_stream.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static sekisho::RecordParser parser;
  sekisho::KeepTree tree;
  tree.keep(sekisho::FieldPath::parse("/a").value());
  tree.drop(sekisho::FieldPath::parse("/a/*/b").value());
  tree.keep(sekisho::FieldPath::parse("/c/*/d").value());
  sekisho::LineSplitter lines({reinterpret_cast<const char*>(data), size});
  for (std::string_view line; lines.next(line);) {
    const auto document = sekisho::parse_json(line);
    const auto record = parser.parse(line);
    // The document parser refuses more (integers beyond 2^53, NUL in names), never less.
    if (document && document->is_object() && !record) std::abort();
    if (!record) continue;
    std::string once;
    if (!record->write_kept(tree, once)) continue;
    const auto again = parser.parse(once);
    std::string twice;
    if (!again || !again->write_kept(tree, twice) || once != twice) std::abort();
  }
  return 0;
}
