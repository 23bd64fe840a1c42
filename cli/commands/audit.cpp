#include "cli/commands/audit.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/core/encoding.hpp"
#include "base/core/file.hpp"
#include "base/core/json.hpp"
#include "cli/commands/consume.hpp"
#include "cli/node_call.hpp"
#include "cli/output.hpp"
#include "trust/evidence/bundle.hpp"

namespace sekisho::cli {
namespace {

constexpr std::size_t kMaxFile = 64U << 20;
constexpr JsonLimits kLine{8U << 20, 32, 200'000};

struct AuditOptions {
  NodeAddress node;
  std::string from, to, agreement, purpose, dataset, peer, transfer, since, until, kind, exchange;
  std::vector<std::string> nodes, disclose;
  std::filesystem::path out;
  bool json = false;
};

JsonObject filter_of(const AuditOptions& o) {
  JsonObject filter;
  const auto put = [&](const char* name, const std::string& value) {
    if (!value.empty()) filter[name] = value;
  };
  put("from", o.from);
  put("to", o.to);
  put("agreement", o.agreement);
  put("purpose", o.purpose);
  put("dataset", o.dataset);
  if (!o.peer.empty()) filter["counterparty"] = o.peer.starts_with("did:") ? o.peer : "did:web:" + o.peer;
  put("transfer", o.transfer);
  put("since", o.since);
  put("until", o.until);
  put("kind", o.kind);
  put("exchange", o.exchange);
  return filter;
}

Status print_entry(std::string_view line, bool json) {
  if (json) {
    fmt::print("{}\n", line);
    return {};
  }
  const auto row = parse_json(line, kLine);
  if (!row || !row->is_object()) return fail(Code::JsonShape, "a line of the answer is no object");
  const JsonObject& entry = row->get_object();
  if (entry.contains("sentence")) {
    print_facts(entry);
    return {};
  }
  const auto text = [&](const char* name) {
    const auto value = get_optional_string(entry, name);
    return value && *value ? **value : std::string("-");
  };
  fmt::print("{:>8}  {:<14} {}  {}  {}  {}\n", get_integer(entry, "index").value_or(0), text("kind"), text("time"),
             text("exchange"), text("agreement").substr(0, 16), text("statement").substr(0, 16));
  return {};
}

int query(const AuditOptions& options) {
  Call request{"POST", "/v1/audit/query", {}, to_text(Json(filter_of(options)))};
  const auto done = call_lines(options.node, std::move(request),
                               [&](std::string_view line) { return print_entry(line, options.json); });
  return done ? kGood : report(done.error(), options.json);
}

Result<NodeAddress> address_of(const std::string& text) {
  NodeAddress out;
  std::vector<std::string> parts;
  std::size_t begin = 0;
  for (std::size_t end = text.find(','); end != std::string::npos; end = text.find(',', begin)) {
    parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  parts.push_back(text.substr(begin));
  if (parts.size() != 3) return fail(Code::InvalidArgument, "--from-node is URL,CACERT,TOKENFILE");
  out.url = parts[0];
  out.ca_file = parts[1];
  out.token_file = parts[2];
  return out;
}

Status take_members(const NodeAddress& node, const JsonObject& filter, trust::BundleWriter& bundle) {
  bool ended = false;
  Call request{"POST", "/v1/audit/export", {}, to_text(Json(filter))};
  const auto done = call_lines(node, std::move(request), [&](std::string_view line) -> Status {
    const auto row = parse_json(line, kLine);
    if (!row || !row->is_object()) return fail(Code::JsonShape, "a line of the answer is no object");
    const JsonObject& member = row->get_object();
    if (member.contains("members")) {
      ended = true;
      return {};
    }
    auto name = get_string(member, "name");
    const auto data = get_string(member, "data");
    if (!name) return fail(name.error());
    if (!data) return fail(data.error());
    auto bytes = from_base64(*data);
    if (!bytes) return fail(bytes.error());
    return bundle.add(std::move(*name), std::move(*bytes));
  });
  if (!done) return done;
  if (!ended) return fail(Code::Truncated, fmt::format("{} did not send all its members", node.url));
  return {};
}

// RECEIPT[,DATAFILE]: what `sekisho get` kept.
Result<trust::Disclosure> disclosure_of(const std::string& text) {
  const auto comma = text.find(',');
  const auto receipt = read_file(text.substr(0, comma), kMaxFile);
  if (!receipt) return fail(receipt.error());
  const auto document = parse_json(as_text(*receipt));
  if (!document || !document->is_object()) return fail(Code::JsonShape, "a receipt is a JSON object");
  const auto statement = get_string(document->get_object(), "statementId");
  const auto salt = get_string(document->get_object(), "salt");
  if (!statement) return fail(statement.error());
  if (!salt) return fail(salt.error());
  const auto id = digest_from_hex(*statement);
  const auto value = digest_from_hex(*salt);
  if (!id || !value) return fail(Code::Encoding, "the receipt's statementId or salt is malformed");
  trust::Disclosure out;
  out.statement = *id;
  out.salt = *value;
  if (comma != std::string::npos) {
    auto data = read_file(text.substr(comma + 1), kMaxFile);
    if (!data) return fail(data.error());
    out.data = std::move(*data);
  }
  return out;
}

Result<Bytes> make_bundle(const AuditOptions& options) {
  // What the auditor discloses itself replaces the salt alone that a node gives.
  std::map<std::string, Bytes> own;
  for (const auto& text : options.disclose) {
    const auto disclosure = disclosure_of(text);
    if (!disclosure) return fail(disclosure.error());
    own[trust::disclosure_member(disclosure->statement)] = to_bytes(trust::format_disclosure(*disclosure));
  }
  trust::BundleWriter bundle;
  for (const auto& text : options.nodes) {
    const auto node = address_of(text);
    if (!node) return fail(node.error());
    trust::BundleWriter part;
    if (auto taken = take_members(*node, filter_of(options), part); !taken) {
      return fail(taken.error().code, fmt::format("{} did not export", node->url), taken.error());
    }
    const auto bytes = part.finish();
    if (!bytes) return fail(bytes.error());
    const auto members = trust::read_bundle(*bytes);
    if (!members) return fail(members.error());
    for (const auto& [name, content] : *members) {
      if (own.contains(std::string(name))) continue;
      if (auto added = bundle.add(std::string(name), to_bytes(content)); !added) return fail(added.error());
    }
  }
  for (auto& [name, content] : own) {
    if (auto added = bundle.add(name, std::move(content)); !added) return fail(added.error());
  }
  return bundle.finish();
}

int export_bundle(const AuditOptions& options) {
  const auto bundle = make_bundle(options);
  if (!bundle) return report(bundle.error(), options.json);
  if (auto written = write_file_atomic(options.out, *bundle, 0600); !written)
    return report(written.error(), options.json);
  if (options.json) {
    fmt::print("{}\n", to_text(Json(JsonObject{{"bundle", options.out.string()},
                                               {"bytes", static_cast<std::int64_t>(bundle->size())}})));
  } else {
    fmt::print("{}: {} bytes\n", options.out.string(), bundle->size());
  }
  return kGood;
}

void add_filters(CLI::App& command, AuditOptions& o) {
  command.add_option("--from-zone", o.from, "zone that the data left; with --to-zone");
  command.add_option("--to-zone", o.to, "zone that the data entered; with --from-zone");
  command.add_option("--agreement", o.agreement, "digest of the agreement, hex");
  command.add_option("--purpose", o.purpose);
  command.add_option("--dataset", o.dataset);
  command.add_option("--peer", o.peer, "DNS name or DID of the other party");
  command.add_option("--transfer", o.transfer);
  command.add_option("--since", o.since, "RFC 3339");
  command.add_option("--until", o.until, "RFC 3339, exclusive");
  command.add_option("--kind", o.kind, "entry kind, such as NRO_OUT");
  command.add_option("--exchange", o.exchange);
  command.add_flag("--json", o.json);
}

}  // namespace

void add_audit_commands(CLI::App& app, int& code) {
  CLI::App* audit = app.add_subcommand("audit", "ask nodes what crossed, and take the evidence home");
  audit->require_subcommand(1);
  const auto asked = std::make_shared<AuditOptions>();
  CLI::App* command =
      audit->add_subcommand("query", "entries with proofs; the last line says what the answer is worth");
  add_node_options(*command, asked->node);
  add_filters(*command, *asked);
  command->callback([asked, &code] { code = query(*asked); });

  const auto taken = std::make_shared<AuditOptions>();
  command = audit->add_subcommand("export", "one bundle of what both nodes have on record");
  command->add_option("--from-node", taken->nodes, "URL,CACERT,TOKENFILE; once for each node")->required();
  command->add_option("--out", taken->out, "the bundle")->required();
  command->add_option("--disclose", taken->disclose, "RECEIPT[,DATAFILE] of `sekisho get`; repeatable");
  add_filters(*command, *taken);
  command->callback([taken, &code] { code = export_bundle(*taken); });
}

}  // namespace sekisho::cli
