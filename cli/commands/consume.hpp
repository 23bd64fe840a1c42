// `sekisho catalog` and `sekisho get`: what a start-up's engineer does, without a node of its own.
#pragma once

#include "cli/node_call.hpp"

namespace CLI {
class App;
}

namespace sekisho::cli {

// --node, --cacert, --token-file of every command that calls a service listener.
void add_node_options(CLI::App& command, NodeAddress& node);
void add_consume_commands(CLI::App& app, int& code);

}  // namespace sekisho::cli
