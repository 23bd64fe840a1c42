#include "node/app/run.hpp"

#include <csignal>
#include <thread>

#include <fmt/format.h>

#include "base/core/log.hpp"
#include "base/core/version.hpp"
#include "node/app/node.hpp"

namespace sekisho::node {
namespace {

constexpr std::chrono::seconds kGrace{10};

}  // namespace

Status run_node(Settings settings) {
  // Blocked before any thread exists, so that every thread inherits it and only this one takes the signals.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);

  const auto begin = std::chrono::steady_clock::now();
  auto node = Node::start(std::move(settings));
  if (!node) return fail(node.error());
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin);
  log_info("serving", {{"version", version()},
                       {"dns", (*node)->settings().dns},
                       {"peer", fmt::format("{}:{}", (*node)->settings().peer.address, (*node)->peer_port())},
                       {"service", fmt::format("{}:{}", (*node)->settings().service.address, (*node)->service_port())},
                       {"operator", (*node)->settings().operator_socket.string()},
                       {"started_ms", took.count()}});
  int received = 0;
  sigwait(&signals, &received);
  log_info("stopping", {{"signal", received}});
  std::thread second([&signals, &node] {
    int again = 0;
    sigwait(&signals, &again);
    (*node)->hurry();
  });
  (*node)->drain(kGrace);
  // Ends the waiting thread where no second signal came.
  pthread_kill(second.native_handle(), SIGTERM);
  second.join();
  node->reset();
  log_info("stopped");
  return {};
}

}  // namespace sekisho::node
