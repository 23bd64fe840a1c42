#include "node/app/node.hpp"

#include "base/core/log.hpp"
#include "node/app/node_parts.hpp"

namespace sekisho::node {

Node::Node(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Node::~Node() { drain(std::chrono::milliseconds(0)); }

Result<std::unique_ptr<Node>> Node::start(Settings settings, const NodeHooks* hooks) {
  auto parts = std::make_unique<Parts>();
  parts->settings = std::move(settings);
  std::unique_ptr<Node> node(new Node(std::move(parts)));
  Parts& p = *node->parts_;
  // Each layer needs the one before; a failure takes down what was built.
  if (auto done = p.open_identity(); !done) return fail(done.error());
  if (auto done = p.open_storage(hooks); !done) return fail(done.error());
  if (auto done = p.open_trust(); !done) return fail(done.error());
  if (auto done = p.open_log(); !done) return fail(done.error());
  if (auto done = p.open_dataspace(); !done) return fail(done.error());
  if (auto done = p.open_exchange(); !done) return fail(done.error());
  if (auto done = p.open_listeners(); !done) return fail(done.error());
  // Owed messages go out only when the answers to them can come in.
  if (auto done = p.outbox->start(*p.storage); !done) return fail(done.error());
  if (auto done = p.receipt_sender->start(); !done) return fail(done.error());
  if (auto done = p.pushes->start(); !done) return fail(done.error());
  if (auto done = p.recovery->start(); !done) return fail(done.error());
  p.crawler->start();
  return node;
}

std::uint16_t Node::peer_port() const { return parts_->peer_listener->port(); }
std::uint16_t Node::service_port() const { return parts_->service_listener->port(); }
const Settings& Node::settings() const { return parts_->settings; }
Status Node::reload_snapshot() { return parts_->watcher->read_now(); }

void Node::hurry() {
  for (auto* listener : {parts_->service_listener.get(), parts_->peer_listener.get(), parts_->operator_listener.get()}) {
    if (listener != nullptr) listener->hurry();
  }
}

void Node::drain(std::chrono::milliseconds grace) {
  Parts& p = *parts_;
  if (p.drained) return;
  p.drained = true;
  if (p.watcher) p.watcher->stop();
  for (const auto& pipeline : {p.service_pipeline, p.peer_pipeline, p.operator_pipeline}) {
    if (pipeline) pipeline->set_draining(true);
  }
  if (p.pushes) p.pushes->stop(std::chrono::milliseconds(0));  // what is cut now begins no new exchange
  p.streams.cancel_all(std::string(Error(Code::Draining, "").name()));  // an end of its own, not a crash
  // Clients first: what they still wait for needs the peer listener for receipts and callbacks.
  for (auto* listener : {p.service_listener.get(), p.peer_listener.get(), p.operator_listener.get()}) {
    if (listener == nullptr) continue;
    const bool all = listener->drain_blocking(grace);
    log_info("listener.drained", {{"listener", listener->name()}, {"complete", all}});
  }
  if (p.pushes) p.pushes->stop(grace);
  if (p.crawler) p.crawler->stop();
  if (p.recovery) p.recovery->stop();
  if (p.receipt_sender) p.receipt_sender->stop();
  if (p.outbox) p.outbox->stop();
  if (p.publisher) p.publisher->stop();
  if (p.journal) p.journal->stop();
  // Before the executors that their answers are posted to.
  p.resolver->stop();
  if (p.blocking) p.blocking->stop();
  if (p.workers) p.workers->stop();
  if (p.background) p.background->stop();
  // Suspended frames end here, while everything that they refer to is still there.
  p.operator_listener.reset();
  p.service_listener.reset();
  p.peer_listener.reset();
  p.background.reset();
  p.workers.reset();
}

}  // namespace sekisho::node
