#include "cli/commands/negotiation.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/http/url.hpp"
#include "cli/node_call.hpp"
#include "cli/output.hpp"

namespace sekisho::cli {
namespace {

struct NegotiationOptions {
  std::filesystem::path socket;
  std::string id;
  std::string peer;
  std::string offer;
  std::string dataset;
  bool ended = false;
  bool json = false;
};

bool waits(const JsonObject& row) {
  const Json* member = row.if_contains("waits");
  return member != nullptr && member->is_bool() && member->get_bool();
}

void print_negotiation(const JsonObject& row) {
  fmt::print("{} {} {} {} {}{}\n", printable_member(row, "negotiation"), printable_member(row, "state"),
             printable_member(row, "role"), printable_member(row, "peer"), printable_member(row, "dataset"),
             waits(row) ? "  waits for you" : "");
}

// The rules in words; with the terms as ODRL where the node could not put them into words.
void print_whole(const JsonObject& row, const std::string& socket) {
  JsonObject facts;
  for (const char* name :
       {"negotiation", "state", "role", "peer", "dataset", "offer", "pending", "code", "agreement"}) {
    if (!printable_member(row, name).empty()) facts[name] = printable_member(row, name);
  }
  print_facts(facts);
  const auto rules = get_array(row, "rules");
  if (rules && !(*rules)->empty()) {
    fmt::print("terms:\n");
    for (const Json& rule : **rules)
      fmt::print("  {}\n", rule.is_string() ? printable(std::string_view(rule.get_string())) : "?");
  } else if (const Json* terms = row.if_contains("terms")) {
    fmt::print("terms: {}\n", printable(to_text(*terms)));
  }
  if (!waits(row)) return;
  const std::string id = printable_member(row, "negotiation");
  fmt::print(
      "sekisho negotiation accept {0} --socket {1}  takes these terms\nsekisho negotiation refuse {0} --socket {1}  "
      "ends it\n",
      id, socket);
}

int finish_call(const NegotiationOptions& options, const Result<JsonObject>& answer, bool whole) {
  if (!answer) return report(answer.error(), options.json);
  if (options.json) {
    fmt::print("{}\n", to_text(Json(*answer)));
  } else if (whole) {
    print_whole(*answer, options.socket.string());
  } else {
    print_negotiation(*answer);
  }
  return kGood;
}

int list_negotiations(const NegotiationOptions& options) {
  const auto answer =
      call_operator(options.socket, Call{"GET", options.ended ? "/negotiations?ended=true" : "/negotiations", {}, {}});
  if (!answer || options.json) return finish_call(options, answer, false);
  const auto rows = get_array(*answer, "negotiations");
  if (!rows) return report(rows.error(), false);
  for (const Json& row : **rows) {
    if (row.is_object()) print_negotiation(row.get_object());
  }
  return kGood;
}

int show_negotiation(const NegotiationOptions& options) {
  return finish_call(
      options, call_operator(options.socket, Call{"GET", "/negotiations/" + http::percent_encode(options.id), {}, {}}),
      true);
}

int propose(const NegotiationOptions& options) {
  const std::string body = to_text(Json(JsonObject{{"peer", options.peer}, {"offer", options.offer}}));
  return finish_call(options, call_operator(options.socket, Call{"POST", "/negotiations/offers", {}, body}), false);
}

int act_on_negotiation(const NegotiationOptions& options, const char* verb, const std::string& body) {
  return finish_call(
      options,
      call_operator(options.socket,
                    Call{"POST", "/negotiations/" + http::percent_encode(options.id) + "/" + verb, {}, body}),
      false);
}

int counter(const NegotiationOptions& options) {
  JsonObject body{{"offer", options.offer}};
  if (!options.dataset.empty()) body["dataset"] = options.dataset;
  return act_on_negotiation(options, "counter", to_text(Json(std::move(body))));
}

void add_negotiation_options(CLI::App& command, const std::shared_ptr<NegotiationOptions>& options) {
  command.add_option("--socket", options->socket, "the node's operator socket")->required();
  command.add_flag("--json", options->json);
}

CLI::App* add_verb(CLI::App& group, const std::shared_ptr<NegotiationOptions>& options, const char* name,
                   const char* about, bool of_one) {
  CLI::App* command = group.add_subcommand(name, about);
  if (of_one) command->add_option("negotiation", options->id, "id of the negotiation, as list shows it")->required();
  add_negotiation_options(*command, options);
  return command;
}

}  // namespace

void add_negotiation_commands(CLI::App& app, int& code) {
  const auto options = std::make_shared<NegotiationOptions>();
  CLI::App* group = app.add_subcommand("negotiation", "offers that peers make, and offers to peers");
  group->require_subcommand(1);
  CLI::App* command = add_verb(*group, options, "list", "open negotiations, and which wait for you", false);
  command->add_flag("--ended", options->ended, "also those that have ended lately");
  command->callback([options, &code] { code = list_negotiations(*options); });
  command = add_verb(*group, options, "show", "one negotiation with its terms", true);
  command->callback([options, &code] { code = show_negotiation(*options); });
  command = group->add_subcommand("offer", "propose a published offer to a peer");
  command->add_option("peer", options->peer, "DNS name of the peer")->required();
  command->add_option("offer", options->offer, "id of an offer of this node")->required();
  add_negotiation_options(*command, options);
  command->callback([options, &code] { code = propose(*options); });
  command = add_verb(*group, options, "accept", "take the terms that the peer offers", true);
  command->callback([options, &code] { code = act_on_negotiation(*options, "accept", ""); });
  command = add_verb(*group, options, "counter", "ask for another offer of the same peer instead", true);
  command->add_option("offer", options->offer, "id of an offer that the peer publishes")->required();
  command->add_option("--dataset", options->dataset, "where it is an offer of another dataset");
  command->callback([options, &code] { code = counter(*options); });
  command = add_verb(*group, options, "refuse", "end the negotiation; the peer is told", true);
  command->callback([options, &code] { code = act_on_negotiation(*options, "refuse", ""); });
}

}  // namespace sekisho::cli
