#include "policy/shaper.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/core/json_stream.hpp"
#include "policy/mask.hpp"
#include "policy/output_check.hpp"

namespace sekisho::policy {
namespace {

enum class Fit { No, Yes, Mismatch };

bool member_of(const std::vector<std::string>& sorted, std::string_view text) {
  return std::ranges::binary_search(sorted, text, std::less<>());
}

// Whether one value is among those that the row names; of a kind that it names none of, it is a mistake in source or
// view.
Fit named(const Plan::Row& row, const FieldValue& field) {
  switch (field.kind) {
    case FieldKind::Null: return row.null ? Fit::Yes : Fit::No;
    case FieldKind::Bool:
      if (!row.boolean) break;
      return member_of(row.scalars, field.raw) ? Fit::Yes : Fit::No;
    case FieldKind::Integer:
      if (!row.integer) break;
      return member_of(row.scalars, field.raw) ? Fit::Yes : Fit::No;
    case FieldKind::String:
      if (!row.string) break;
      return member_of(row.strings, field.text) ? Fit::Yes : Fit::No;
    default: return Fit::Mismatch;
  }
  // Everything differs from null, whatever its kind.
  const bool only_null = row.null && !row.boolean && !row.integer && !row.string;
  return only_null ? Fit::No : Fit::Mismatch;
}

Fit fits(const Plan::Row& row, const RecordView& record) {
  bool any = false, all_differ = true, mismatch = false;
  std::size_t seen = 0;
  record.each(row.path, [&](const FieldValue& field) {
    // A null that no value asks for is a member that is not there.
    if (field.kind == FieldKind::Null && !row.null) {
      all_differ = false;
      return true;
    }
    const Fit fit = named(row, field);
    mismatch = fit == Fit::Mismatch;
    any = any || fit == Fit::Yes;
    all_differ = all_differ && fit == Fit::No;
    ++seen;
    return !mismatch;
  });
  if (mismatch) return Fit::Mismatch;
  const bool holds = row.op == RowRule::Op::Neq ? seen > 0 && all_differ : any;
  return holds ? Fit::Yes : Fit::No;
}

Status write_masked(std::uint32_t shown, const FieldValue& value, std::string& out) {
  if (value.kind == FieldKind::Null) {
    out += "null";
    return {};
  }
  if (value.kind != FieldKind::String) return fail(Code::ViewError, "a masked member that is no string");
  append_masked(out, value.text, shown);
  return {};
}

const KeepHook& mask_hook() {
  static const KeepHook hook = write_masked;
  return hook;
}

struct Memory {
  RecordParser parser;
  std::string record;
};

// One for each thread: records are shaped to their end without leaving it.
Memory& memory() {
  thread_local Memory working;
  return working;
}

// False: the record is filtered out.
Result<bool> shape_record(const Plan& plan, std::string_view line, Memory& working, std::string& body) {
  Result<RecordView> record = working.parser.parse(line);
  if (!record) return fail(record.error());
  for (const Plan::Row& row : plan.rows()) {
    const Fit fit = fits(row, *record);
    if (fit == Fit::Mismatch) {
      return fail(Error(Code::ViewError, "a row member is of another kind than the view's value")
                      .with("pointer", row.path.text()));
    }
    if (fit == Fit::No) return false;
  }
  const bool clean = !plan.dropped_names().empty();
  working.record.clear();
  std::string& out = clean ? working.record : body;
  const std::size_t start = out.size();
  Status written = record->write_kept(plan.tree(), out, mask_hook());
  if (!written) return fail(written.error());
  Status checked = check_output(plan, std::string_view(out).substr(start), body);
  if (!checked) return fail(checked.error());
  body += '\n';
  return true;
}

std::unexpected<Error> misfit(const Error& cause, std::size_t line) {
  Error error(Code::ViewError, fmt::format("record {} does not fit its view", line), cause);
  error.help.emplace_back("line", std::to_string(line));
  for (const auto& [name, value] : cause.help) {
    if (name == "pointer") error.help.emplace_back(name, value);
  }
  return fail(std::move(error));
}

}  // namespace

Status Shaper::shape_into(BytesView ndjson, Shaped& into) const {
  const Shaped before{{}, into.rows_in, into.rows_out, into.bytes_in, into.bytes_out};
  const std::size_t length = into.body.size();
  Memory& working = memory();
  LineSplitter lines(as_text(ndjson));
  std::string_view line;
  while (lines.next(line)) {
    Result<bool> kept = shape_record(*plan_, line, working, into.body);
    if (!kept) {
      into.body.resize(length);
      into.rows_in = before.rows_in;
      into.rows_out = before.rows_out;
      return misfit(kept.error(), lines.number());
    }
    ++into.rows_in;
    if (*kept) ++into.rows_out;
  }
  into.bytes_in += ndjson.size();
  into.bytes_out = into.body.size();
  return {};
}

Result<Shaped> Shaper::shape(BytesView ndjson) const {
  Shaped out;
  out.body.reserve(ndjson.size());
  Status done = shape_into(ndjson, out);
  if (!done) return fail(done.error());
  return out;
}

Result<Shaped> shape(const Plan& plan, BytesView ndjson) {
  // The plan outlives the call; no ownership is needed for it.
  return Shaper(std::shared_ptr<const Plan>(std::shared_ptr<const Plan>(), &plan)).shape(ndjson);
}

Result<std::shared_ptr<const Shaper>> make_shaper(const View* view) {
  if (view == nullptr) return std::make_shared<const Shaper>(Plan::everything());
  Result<std::shared_ptr<const Plan>> plan = Plan::compile(*view);
  if (!plan) return fail(plan.error());
  return std::make_shared<const Shaper>(std::move(*plan));
}

}  // namespace sekisho::policy
