// `sekisho audit query` and `sekisho audit export`: what an auditor asks of nodes, and takes home.
#pragma once

namespace CLI {
class App;
}

namespace sekisho::cli {

void add_audit_commands(CLI::App& app, int& code);

}  // namespace sekisho::cli
