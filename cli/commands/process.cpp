#include "cli/commands/process.hpp"

#include <algorithm>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/http/url.hpp"
#include "cli/node_call.hpp"
#include "cli/output.hpp"

namespace sekisho::cli {
namespace {

struct ProcessOptions {
  std::filesystem::path socket;
  std::string id;
  std::string peer;
  std::string reason;
  bool all = false;
  bool open = false;
  bool json = false;
};

std::string text_or_nothing(const Json& row, const char* name) {
  return row.is_object() ? get_string(row.get_object(), name).value_or("") : std::string();
}

// A negotiation is about a dataset, a transfer about an agreement.
std::string subject_of(const JsonObject& row) {
  return printable_member(row, row.contains("dataset") ? "dataset" : "agreement");
}

// All pages, oldest step first.
Result<JsonArray> fetch(const ProcessOptions& options) {
  std::string target = options.all ? "/processes?all=true" : "/processes?all=false";
  if (!options.peer.empty()) target += "&peer=" + http::percent_encode(options.peer);
  JsonArray rows;
  std::string next;
  do {
    const std::string place = next.empty() ? "" : "&after=" + http::percent_encode(next);
    auto answer = call_operator(options.socket, Call{"GET", target + place, {}, {}});
    if (!answer) return fail(answer.error());
    const auto page = get_array(*answer, "processes");
    if (!page) return fail(page.error());
    rows.insert(rows.end(), (*page)->begin(), (*page)->end());
    next = get_string(*answer, "next").value_or("");
  } while (!next.empty());
  std::ranges::stable_sort(rows, {}, [](const Json& row) { return text_or_nothing(row, "since"); });
  return rows;
}

int list_processes(const ProcessOptions& options) {
  Result<JsonArray> rows = fetch(options);
  if (!rows) return report(rows.error(), options.json);
  if (options.json) {
    fmt::print("{}\n", to_text(Json(JsonObject{{"processes", std::move(*rows)}})));
    return kGood;
  }
  for (const Json& row : *rows) {
    if (!row.is_object()) continue;
    const JsonObject& process = row.get_object();
    const std::string code = printable_member(process, "code");
    fmt::print("{} {} {} {} {} since {} {}{}\n", printable_member(process, "process"),
               printable_member(process, "kind"), printable_member(process, "role"), printable_member(process, "peer"),
               printable_member(process, "state"), printable_member(process, "since"), subject_of(process),
               code.empty() ? "" : " " + code);
  }
  return kGood;
}

void print_fact_line(const char* name, const std::string& value) {
  if (!value.empty()) fmt::print("{:<11} {}\n", name, value);
}

void print_pending(const JsonObject& process) {
  const auto pending = get_object(process, "pending");
  if (!pending) return;
  const Json* attempts = (*pending)->if_contains("attempts");
  fmt::print("{:<11} {} ({} attempts failed)\n", "to send", printable_member(**pending, "message"),
             attempts != nullptr ? to_text(*attempts) : "0");
  print_fact_line("last try", printable_member(**pending, "last_attempt"));
  print_fact_line("next try", printable_member(**pending, "next_attempt"));
  const auto error = get_object(**pending, "error");
  if (error) print_fact_line("error", printable_member(**error, "chain"));
}

int print_answer(const Result<JsonObject>& answer, bool json) {
  if (!answer) return report(answer.error(), json);
  if (json) {
    fmt::print("{}\n", to_text(Json(*answer)));
    return kGood;
  }
  const JsonObject& process = *answer;
  fmt::print("{:<11} {} ({}, as {})\n", "process", printable_member(process, "process"),
             printable_member(process, "kind"), printable_member(process, "role"));
  fmt::print("{:<11} {} {}\n", "peer", printable_member(process, "peer"), printable_member(process, "peer_process"));
  print_fact_line("about", subject_of(process));
  print_fact_line("format", printable_member(process, "format"));
  print_fact_line("endpoint", printable_member(process, "endpoint"));
  fmt::print("{:<11} {} since {}\n", "state", printable_member(process, "state"), printable_member(process, "since"));
  print_fact_line("deadline", printable_member(process, "deadline"));
  print_fact_line("code", printable_member(process, "code"));
  print_fact_line("reason", printable_member(process, "reason"));
  print_pending(process);
  const auto timeline = get_array(process, "timeline");
  if (!timeline) return kGood;
  for (const Json& row : **timeline) {
    if (!row.is_object()) continue;
    const JsonObject& event = row.get_object();
    const std::string code = printable_member(event, "code");
    fmt::print("  {} {:<3} {:<12} {}{}\n", printable_member(event, "at"), printable_member(event, "source"),
               printable_member(event, "message"), printable_member(event, "state"), code.empty() ? "" : " " + code);
  }
  return kGood;
}

std::string path_of(const ProcessOptions& options) { return "/processes/" + http::percent_encode(options.id); }

int show_processes(const ProcessOptions& options) {
  return print_answer(call_operator(options.socket, Call{"GET", path_of(options), {}, {}}), options.json);
}

int end_process(const ProcessOptions& options) {
  std::string target = path_of(options) + "/end";
  if (!options.reason.empty()) target += "?reason=" + http::percent_encode(options.reason);
  return print_answer(call_operator(options.socket, Call{"POST", target, {}, {}}), options.json);
}

void add_process_options(CLI::App& command, const std::shared_ptr<ProcessOptions>& options) {
  command.add_option("--socket", options->socket, "the node's operator socket")->required();
  command.add_flag("--json", options->json);
}

}  // namespace

void add_process_commands(CLI::App& app, int& code) {
  const auto options = std::make_shared<ProcessOptions>();
  CLI::App* group = app.add_subcommand("process", "negotiations and transfers of a node, and why one does not move");
  group->require_subcommand(1);
  CLI::App* command = group->add_subcommand("list", "those that are open, oldest step first");
  CLI::Option* open = command->add_flag("--open", options->open, "the open ones: the default");
  command->add_flag("--all", options->all, "those that have ended, too")->excludes(open);
  command->add_option("--peer", options->peer, "DNS name: only with this peer");
  add_process_options(*command, options);
  command->callback([options, &code] { code = list_processes(*options); });

  command = group->add_subcommand("show", "state, deadline, what is to be sent, the last error, and what happened");
  command->add_option("process", options->id, "id of the process, this node's or the peer's")->required();
  add_process_options(*command, options);
  command->callback([options, &code] { code = show_processes(*options); });

  command = group->add_subcommand("end", "terminate one; the peer is told");
  command->add_option("process", options->id, "id of the process, this node's or the peer's")->required();
  command->add_option("--reason", options->reason, "a code of docs/errors.md; CANCELLED without");
  add_process_options(*command, options);
  command->callback([options, &code] { code = end_process(*options); });
}

}  // namespace sekisho::cli
