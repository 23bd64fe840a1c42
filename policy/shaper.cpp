#include "policy/shaper.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/core/json.hpp"
#include "base/core/json_stream.hpp"
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

struct Memory {
  RecordParser parser;
};

// One for each thread: records are shaped to their end without leaving it.
Memory& memory() {
  thread_local Memory working;
  return working;
}

enum class Fate { Written, Hidden, Ends };

// Rows that end count only for a record that the others let pass: somebody else's consent ends nobody's stream.
Result<Fate> fate(const Plan& plan, const RecordView& record) {
  Fate out = Fate::Written;
  for (const Plan::Row& row : plan.rows()) {
    const Fit fit = fits(row, record);
    if (fit == Fit::Mismatch) {
      return fail(Error(Code::ViewError, "a row member is of another kind than the view's value")
                      .with("pointer", row.path.text()));
    }
    if (fit == Fit::Yes) continue;
    if (!row.ends) return Fate::Hidden;
    out = Fate::Ends;
  }
  return out;
}

// What is judged is what was written, read anew.
Status fits_schema(const schemas::JsonSchema& schema, std::string_view written) {
  const Result<Json> record = parse_json(written, {limits::kRecordBytes, limits::kRecordDepth, limits::kRecordValues});
  if (!record) return fail(record.error());
  return schema.validate(*record);
}

Result<Fate> shape_record(const Plan& plan, const KeepHook& hook, std::string_view line, Memory& working,
                          const schemas::JsonSchema* schema, std::string& body) {
  Result<RecordView> record = working.parser.parse(line);
  if (!record) return fail(record.error());
  Result<Fate> decided = fate(plan, *record);
  if (!decided || *decided != Fate::Written) return decided;
  const std::size_t start = body.size();
  Status written =
      record->write_kept(plan.tree(), body, hook, plan.names().empty() ? nullptr : &plan.names(), plan.drop_empty());
  if (!written) return fail(written.error());
  Status checked = check_output(plan, std::string_view(body).substr(start));
  if (!checked) return fail(checked.error());
  Status judged = schema == nullptr ? Status() : fits_schema(*schema, std::string_view(body).substr(start));
  if (!judged) return fail(judged.error());
  body += '\n';
  return Fate::Written;
}

std::unexpected<Error> misfit(const Error& cause, std::size_t line) {
  Error error(Code::ViewError, fmt::format("record {} does not fit its view", line), cause);
  error.help.emplace_back("line", std::to_string(line));
  for (const auto& [name, value] : cause.help) {
    if (name == "pointer" || name == "keyword") error.help.emplace_back(name, value);
  }
  return fail(std::move(error));
}

}  // namespace

Status Shaper::shape_into(BytesView ndjson, Shaped& into) const {
  if (into.ended) return {};
  const std::size_t rows_in = into.rows_in, rows_out = into.rows_out, length = into.body.size();
  Memory& working = memory();
  const KeepHook hook = [this](std::uint32_t tag, const FieldValue& value, std::string& out) {
    return plan_->write(tag, value, out);
  };
  LineSplitter lines(as_text(ndjson));
  std::string_view line;
  while (!into.ended && lines.next(line)) {
    const Result<Fate> decided = shape_record(*plan_, hook, line, working, schema_.get(), into.body);
    if (!decided) {
      into.body.resize(length);
      into.rows_in = rows_in;
      into.rows_out = rows_out;
      return misfit(decided.error(), lines.number());
    }
    ++into.rows_in;
    if (*decided == Fate::Written) ++into.rows_out;
    into.ended = *decided == Fate::Ends;
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

Result<std::shared_ptr<const Shaper>> make_shaper(const View* view, const PseudonymDomain* domain) {
  if (view == nullptr) return std::make_shared<const Shaper>(Plan::everything());
  Result<std::shared_ptr<const Plan>> plan = Plan::compile(*view, domain);
  if (!plan) return fail(plan.error());
  return std::make_shared<const Shaper>(std::move(*plan));
}

}  // namespace sekisho::policy
