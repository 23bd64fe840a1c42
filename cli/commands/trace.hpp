// `sekisho trace LOT`: a recall over the events of own files and of the providers that offer theirs to this
// organization.
#pragma once

namespace CLI {
class App;
}

namespace sekisho::cli {

void add_trace_command(CLI::App& app, int& code);

}  // namespace sekisho::cli
