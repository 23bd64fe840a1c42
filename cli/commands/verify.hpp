// `sekisho verify`: judges evidence bundles offline. No network, no clock, no settings.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace sekisho::cli {

struct VerifyArguments {
  std::vector<std::string> roots;    // "<zone>=<SHA-256 of the root certificate in hex>"
  std::vector<std::string> bundles;  // files; what several nodes contributed is merged
  bool json = false;
};

// The report goes to out, usage errors to err. Returns the exit code of the verdict (trust/evidence/verdict.hpp).
[[nodiscard]] int run_verify(const VerifyArguments& arguments, std::ostream& out, std::ostream& err);

// Adds the command; its exit code goes to code.
void add_verify_command(CLI::App& app, int& code);

}  // namespace sekisho::cli
