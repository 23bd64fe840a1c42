// `sekisho connector list|schema|check|discover|read`: what a source offers, before it is offered on. Needs no node.
#pragma once

namespace CLI {
class App;
}

namespace sekisho::cli {

// The chosen command puts its exit code into `code`.
void add_connector_commands(CLI::App& app, int& code);

}  // namespace sekisho::cli
