#include "cli/commands/agreement.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/http/url.hpp"
#include "cli/node_call.hpp"
#include "cli/output.hpp"

namespace sekisho::cli {
namespace {

struct AgreementOptions {
  std::filesystem::path socket;
  std::string id;
  bool json = false;
};

void print_agreement(const JsonObject& row) {
  const auto text = [&row](const char* name) { return printable(get_string(row, name).value_or("?")); };
  fmt::print("{} {} {} {} {}\n", text("agreement").substr(0, 16), text("state"), text("role"), text("peer"),
             text("dataset"));
}

int list_agreements(const AgreementOptions& options) {
  const auto answer = call_operator(options.socket, Call{"GET", "/agreements", {}, {}});
  if (!answer) return report(answer.error(), options.json);
  if (options.json) {
    fmt::print("{}\n", to_text(Json(*answer)));
    return kGood;
  }
  const auto rows = get_array(*answer, "agreements");
  if (!rows) return report(rows.error(), false);
  for (const Json& row : **rows) {
    if (row.is_object()) print_agreement(row.get_object());
  }
  return kGood;
}

int act_on_agreement(const AgreementOptions& options, const char* verb) {
  const auto answer = call_operator(
      options.socket, Call{"POST", "/agreements/" + http::percent_encode(options.id) + "/" + verb, {}, {}});
  if (!answer) return report(answer.error(), options.json);
  if (options.json) {
    fmt::print("{}\n", to_text(Json(*answer)));
  } else {
    print_agreement(*answer);
  }
  return kGood;
}

int withdraw_offer(const AgreementOptions& options) {
  const Json remove = JsonObject{{"remove", JsonArray{JsonObject{{"kind", "offer"}, {"id", options.id}}}}};
  const auto answer = call_operator(options.socket, Call{"POST", "/apply", {}, to_text(remove)});
  if (!answer) return report(answer.error(), options.json);
  const auto changed = answer->if_contains("applied");
  if (changed == nullptr || !changed->is_bool() || !changed->get_bool()) {
    return report(Error(Code::OfferUnknown, "this node makes no offer " + options.id), options.json);
  }
  if (options.json) {
    fmt::print("{}\n", to_text(Json(*answer)));
  } else {
    fmt::print("- offer {}\n", printable(options.id));
  }
  return kGood;
}

void add_agreement_options(CLI::App& command, const std::shared_ptr<AgreementOptions>& options) {
  command.add_option("--socket", options->socket, "the node's operator socket")->required();
  command.add_flag("--json", options->json);
}

}  // namespace

void add_agreement_commands(CLI::App& app, int& code) {
  const auto options = std::make_shared<AgreementOptions>();
  CLI::App* group = app.add_subcommand("agreement", "agreements of a node, and taking them back");
  group->require_subcommand(1);
  CLI::App* command = group->add_subcommand("list", "digest, state, role, peer and dataset of each");
  add_agreement_options(*command, options);
  command->callback([options, &code] { code = list_agreements(*options); });
  struct Verb {
    const char* name;
    const char* about;
  };
  for (const Verb verb : {Verb{"suspend", "nothing crosses until it is resumed; running streams end"},
                          Verb{"resume", "what was suspended holds again"},
                          Verb{"withdraw", "nothing crosses any more, for good; running streams end"}}) {
    command = group->add_subcommand(verb.name, verb.about);
    command->add_option("agreement", options->id, "digest of the agreement, or its first digits")->required();
    add_agreement_options(*command, options);
    command->callback([options, &code, verb] { code = act_on_agreement(*options, verb.name); });
  }

  group = app.add_subcommand("withdraw", "take back what was offered");
  group->require_subcommand(1);
  command = group->add_subcommand("offer", "remove an offer; streams under it end");
  command->add_option("offer", options->id, "id of the offer")->required();
  add_agreement_options(*command, options);
  command->callback([options, &code] { code = withdraw_offer(*options); });
}

}  // namespace sekisho::cli
