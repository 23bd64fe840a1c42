#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>

#include "cli/commands/verify.hpp"

namespace sekisho::cli {

void add_verify_command(CLI::App& app, int& code) {
  const auto arguments = std::make_shared<VerifyArguments>();
  CLI::App* command = app.add_subcommand("verify", "judge evidence bundles offline");
  command
      ->add_option("--root", arguments->roots, "<zone>=<SHA-256 of the root certificate>, for each zone that you trust")
      ->allow_extra_args(false);
  command->add_option("bundle", arguments->bundles, "bundle files; what several nodes exported is merged");
  command->add_flag("--json", arguments->json, "one JSON object");
  command->callback([arguments, &code] { code = run_verify(*arguments, std::cout, std::cerr); });
}

}  // namespace sekisho::cli
