// Records of newline-delimited JSON, read strictly and written out reduced: the one pass over data on their way out.
//
// A record is one JSON object on one line. Refused (Code::JsonSyntax, with the byte where known): anything that is no
// strict JSON, a duplicate name at any depth, a lone surrogate, a number that overflows a double, text after the
// object; over the limits is Code::LimitExceeded. The whole record is checked before any of it can be read, also
// what will be left out.
//
// Written records keep the order of their members and the source text of numbers and strings, without the white space
// between. A RecordParser belongs to one thread at a time; what it returns is valid until its next parse().
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/core/keep_tree.hpp"
#include "base/core/limits.hpp"
#include "base/core/result.hpp"

namespace sekisho {

struct RecordLimits {
  std::size_t bytes = limits::kRecordBytes;
  std::size_t depth = limits::kRecordDepth;
  std::size_t values = limits::kRecordValues;
};

enum class FieldKind : std::uint8_t { Absent, Null, Bool, Integer, Double, String, Object, Array };

struct FieldValue {
  FieldKind kind = FieldKind::Absent;
  bool boolean = false;
  std::int64_t integer = 0;   // Integer: written without fraction and exponent, and within 64 bits
  double number = 0;          // Double, and Integer too
  std::string_view text;      // String: unescaped
  std::string_view raw;       // scalars: the source text, strings with their quotes

  [[nodiscard]] bool present() const { return kind != FieldKind::Absent; }
};

// Writes what stands in the place of `value`: exactly one JSON value, appended to out. tag: of the tree's entry, and in
// the upper 16 bits that of the name's rule.
using KeepHook = std::function<Status(std::uint32_t tag, const FieldValue& value, std::string& out)>;

struct RecordTape;

// One parsed record. Cheap to copy.
class RecordView {
 public:
  // Absent when a member on the way is missing or of another kind. With `*`: the first that matches.
  [[nodiscard]] FieldValue field(const FieldPath& path) const;

  // Every match of a path with `*`, in document order, until the visitor returns false.
  void each(const FieldPath& path, const std::function<bool(const FieldValue&)>& visit) const;

  // Appends the reduced record (no newline). Objects and arrays on the way to an entry are written with what is kept
  // of them, also when that is nothing; with drop_empty they are left out then, and so are those that came empty (not
  // the record). Code::JsonShape (help "pointer") when a container on the way is a scalar other than null, or when the
  // hook fails (its error is the cause); then out is as it was.
  [[nodiscard]] Status write_kept(const KeepTree& tree, std::string& out, const KeepHook& hook = {},
                                  const NameRules* names = nullptr, bool drop_empty = false) const;

 private:
  friend class RecordParser;
  explicit RecordView(const RecordTape& tape) : tape_(&tape) {}
  const RecordTape* tape_;
};

class RecordParser {
 public:
  explicit RecordParser(RecordLimits limits = {});
  RecordParser(RecordParser&&) noexcept;
  RecordParser& operator=(RecordParser&&) noexcept;
  ~RecordParser();

  [[nodiscard]] Result<RecordView> parse(std::string_view line);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Splits a buffer into lines; the last newline may be missing, empty lines are passed over.
class LineSplitter {
 public:
  explicit LineSplitter(std::string_view ndjson) : rest_(ndjson) {}
  // False at the end.
  [[nodiscard]] bool next(std::string_view& line);
  [[nodiscard]] std::size_t number() const { return number_; }  // of the line last returned, from 1

 private:
  std::string_view rest_;
  std::size_t number_ = 0;
};

}  // namespace sekisho
