// sekisho connector capture: an EPCIS document into the repository that a manifest names.
#pragma once

namespace CLI {
class App;
}

namespace sekisho::cli {

void add_capture_command(CLI::App& group, int& code);

}  // namespace sekisho::cli
