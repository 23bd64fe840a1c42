#include "connectors/file/file_cursor.hpp"

#include "base/core/json.hpp"

namespace sekisho::connectors {

namespace {

Result<FileCursor> read_members(const JsonObject& object, bool opaque) {
  Status known =
      opaque ? only_members(object, {"v", "offset"}) : only_members(object, {"v", "file", "offset", "record"});
  if (!known) return fail(known.error());
  FileCursor out;
  Result<std::int64_t> version = get_integer(object, "v");
  Result<std::int64_t> offset = get_integer(object, "offset");
  if (!version || !offset || *version != 1 || *offset < 0) return fail(Code::JsonShape, "not version 1, or no offset");
  out.offset = static_cast<std::uint64_t>(*offset);
  if (opaque) return out;
  Result<std::string> file = get_string(object, "file");
  Result<std::int64_t> record = get_integer(object, "record");
  if (!file || !record || file->empty() || *record < 0) return fail(Code::JsonShape, "no file or record");
  out.file = std::move(*file);
  out.record = static_cast<std::uint64_t>(*record);
  return out;
}

}  // namespace

std::string to_text(const FileCursor& cursor) {
  JsonObject object;
  object["v"] = 1;
  if (!cursor.file.empty()) object["file"] = cursor.file;
  object["offset"] = cursor.offset;
  if (!cursor.file.empty()) object["record"] = cursor.record;
  return sekisho::to_text(Json(std::move(object)));
}

Result<FileCursor> parse_file_cursor(const std::string& text, bool opaque) {
  Result<Json> document = parse_json(text, {.bytes = 64U << 10, .depth = 2, .values = 8});
  if (!document) return fail(Code::SourceFailed, "a file's cursor does not read", document.error());
  if (!document->is_object()) return fail(Code::SourceFailed, "a file's cursor must be an object");
  Result<FileCursor> cursor = read_members(document->get_object(), opaque);
  if (!cursor) return fail(Code::SourceFailed, "a file's cursor does not read", cursor.error());
  return cursor;
}

}  // namespace sekisho::connectors
