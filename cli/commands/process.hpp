// sekisho process list|show|end: negotiations and transfers of a node, and why one does not move.
#pragma once

namespace CLI {
class App;
}

namespace sekisho::cli {

void add_process_commands(CLI::App& app, int& code);

}  // namespace sekisho::cli
