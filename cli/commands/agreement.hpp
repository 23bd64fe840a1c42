// sekisho agreement list|suspend|resume|withdraw, and sekisho withdraw offer: what an operator takes back.
#pragma once

namespace CLI {
class App;
}

namespace sekisho::cli {

void add_agreement_commands(CLI::App& app, int& code);

}  // namespace sekisho::cli
