// sekishod_tck SETTINGS.json: a laboratory node for the Dataspace Protocol, on loopback only. Prints one JSON line with
// its ports and participant id when it serves; ends on SIGINT or SIGTERM and takes its data folder with it.
#include <csignal>
#include <cstdio>
#include <filesystem>

#include <fmt/format.h>

#include "base/core/log.hpp"
#include "tests/conformance/dsp/lab_node.hpp"

int main(int argc, char** argv) {
  using namespace sekisho;
  if (argc != 2) {
    fmt::print(stderr, "usage: sekishod_tck SETTINGS.json\n");
    return 2;
  }
  sigset_t ending;
  sigemptyset(&ending);
  sigaddset(&ending, SIGINT);
  sigaddset(&ending, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &ending, nullptr);  // before any thread is there

  Result<lab::Settings> settings = lab::load_settings(argv[1]);
  if (!settings) {
    fmt::print(stderr, "{}\n", settings.error().chain());
    return 2;
  }
  const std::filesystem::path data = settings->data;
  {
    auto node = lab::LabNode::start(std::move(*settings));
    if (!node) {
      fmt::print(stderr, "{}\n", node.error().chain());
      return 1;
    }
    const Json ready{{"port", (*node)->port()}, {"webhooks", (*node)->webhook_port()}, {"participant", (*node)->did()}};
    fmt::print("{}\n", to_text(ready));
    std::fflush(stdout);
    int number = 0;
    sigwait(&ending, &number);
  }
  std::error_code ignored;
  std::filesystem::remove_all(data, ignored);
  return 0;
}
