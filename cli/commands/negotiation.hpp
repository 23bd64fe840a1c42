// sekisho negotiation list|show|offer|accept|counter|refuse: what peers offer this node, and what it offers them.
#pragma once

namespace CLI {
class App;
}

namespace sekisho::cli {

void add_negotiation_commands(CLI::App& app, int& code);

}  // namespace sekisho::cli
