#include "cli/commands/operate.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/core/encoding.hpp"
#include "base/core/file.hpp"
#include "base/core/yaml.hpp"
#include "base/crypto/digest.hpp"
#include "base/crypto/system_random.hpp"
#include "cli/node_call.hpp"
#include "cli/output.hpp"

namespace sekisho::cli {
namespace {

constexpr std::size_t kMaxFile = 8U << 20;
constexpr std::size_t kTokenOctets = 32;

struct OperateOptions {
  std::filesystem::path file, socket;
  bool dry_run = false;
  bool json = false;
};

Result<JsonObject> object_of(const http::ClientResponse& answer) {
  auto document = parse_json(answer.body, JsonLimits{kMaxFile, 32, 1'000'000});
  if (!document) return fail(document.error());
  if (!document->is_object()) return fail(Code::JsonShape, "the answer is no object");
  return std::move(document->get_object());
}

int apply(const OperateOptions& options) {
  const auto text = read_file(options.file, kMaxFile);
  if (!text) return report(text.error(), options.json);
  const auto document = parse_yaml(as_text(*text), JsonLimits{kMaxFile, 32, 1'000'000});
  if (!document) return report(Error(document.error().code, options.file.string(), document.error()), options.json);
  Call request{"POST", options.dry_run ? "/apply?dry_run=true" : "/apply", {}, to_text(*document)};
  const auto answer = call(NodeAddress{{}, {}, {}, options.socket}, std::move(request));
  if (!answer) return report(answer.error(), options.json);
  const auto done = object_of(*answer);
  if (!done) return report(done.error(), options.json);
  if (options.json) {
    fmt::print("{}\n", to_text(Json(*done)));
    return kGood;
  }
  const auto changes = get_array(*done, "changes");
  if (!changes) return report(changes.error(), false);
  for (const auto& change : **changes) {
    const auto& row = change.get_object();
    fmt::print("{} {} {}\n", get_string(row, "op").value_or("?"), get_string(row, "kind").value_or("?"),
               get_string(row, "id").value_or("?"));
  }
  if (options.dry_run) fmt::print("nothing was changed (--dry-run)\n");
  return kGood;
}

int show_status(const OperateOptions& options) {
  const auto answer = call(NodeAddress{{}, {}, {}, options.socket}, Call{"GET", "/status", {}, {}});
  if (!answer) return report(answer.error(), options.json);
  const auto state = object_of(*answer);
  if (!state) return report(state.error(), options.json);
  if (options.json) {
    fmt::print("{}\n", to_text(Json(*state)));
  } else {
    print_facts(*state);
  }
  return kGood;
}

int new_token(const OperateOptions& options) {
  SystemRandom random;
  const std::string token = to_base64url(random.bytes(kTokenOctets));
  const std::string digest = to_hex(sha256(as_bytes(token)));
  if (options.json) {
    fmt::print("{}\n", to_text(Json(JsonObject{{"token", token}, {"token_sha256", digest}})));
  } else {
    fmt::print("token: {}\ntoken_sha256: {}\n", token, digest);
  }
  return kGood;
}

}  // namespace

void add_operate_commands(CLI::App& app, int& code) {
  const auto options = std::make_shared<OperateOptions>();
  CLI::App* command = app.add_subcommand("apply", "declare what a node offers, and who may call it");
  command->add_option("-f,--file", options->file, "YAML with sources, datasets, offers, clients, remove")->required();
  command->add_option("--socket", options->socket, "the node's operator socket")->required();
  command->add_flag("--dry-run", options->dry_run, "show the difference, change nothing");
  command->add_flag("--json", options->json);
  command->callback([options, &code] { code = apply(*options); });

  command = app.add_subcommand("status", "how a node is");
  command->add_option("--socket", options->socket, "the node's operator socket")->required();
  command->add_flag("--json", options->json);
  command->callback([options, &code] { code = show_status(*options); });

  CLI::App* token = app.add_subcommand("token", "tokens of the service listener");
  token->require_subcommand(1);
  command = token->add_subcommand("new", "a fresh token, and the digest that `apply` takes");
  command->add_flag("--json", options->json);
  command->callback([options, &code] { code = new_token(*options); });
}

}  // namespace sekisho::cli
