// `sekisho apply`, `sekisho status`, `sekisho token new`: what an operator does with a running node.
#pragma once

#include <filesystem>

namespace CLI {
class App;
}

namespace sekisho::cli {

// The chosen command puts its exit code into `code`.
void add_operate_commands(CLI::App& app, int& code);

}  // namespace sekisho::cli
