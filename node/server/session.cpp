#include "node/server/session.hpp"

#include <algorithm>
#include <utility>

#include "base/http/url.hpp"

namespace sekisho::node {
namespace {

std::atomic<std::uint64_t> connection_numbers{0};

// The answer, either way, is written into the peer.
void judge_into(http::Peer& peer, const http::Judge& judge) {
  peer.identity = nullptr;
  peer.refusal = nullptr;
  auto identity = judge(peer.chain_der);
  if (identity) {
    peer.identity = std::move(*identity);
  } else {
    peer.refusal = std::make_shared<const Error>(std::move(identity.error()));
  }
}

http::Request make_request(http::RequestHead& head, std::shared_ptr<const http::Peer> peer,
                           std::string correlation_id) {
  http::Request request;
  request.method = std::move(head.method);
  request.target = std::move(head.target);
  request.headers = std::move(head.headers);
  request.peer = std::move(peer);
  request.correlation_id = std::move(correlation_id);
  return request;
}

// What the body may take; one that says more is refused by whoever reads it.
std::size_t expected_octets(const http::BodyFraming& framing, std::size_t limit) {
  if (framing.kind == http::BodyFraming::Kind::None) return 0;
  if (framing.kind != http::BodyFraming::Kind::Length) return limit;
  return static_cast<std::size_t>(std::min<std::uint64_t>(framing.length, limit));
}

}  // namespace

bool Floor::enter(const std::string& address, bool unix_socket) {
  const std::lock_guard lock(mutex);
  if (open >= options.limits.connections) return false;
  if (!unix_socket) {
    auto& of_peer = open_of_peer[address];
    if (of_peer >= options.limits.connections_per_peer) return false;
    ++of_peer;
  }
  ++open;
  return true;
}

void Floor::leave(const std::string& address, bool unix_socket) {
  const std::lock_guard lock(mutex);
  --open;
  if (!unix_socket) {
    const auto found = open_of_peer.find(address);
    if (found != open_of_peer.end() && --found->second == 0) open_of_peer.erase(found);
  }
  changed.notify_all();
}

Session::Session(std::shared_ptr<Floor> floor, Desk& desk, std::shared_ptr<http::Peer> peer)
    : floor_(std::move(floor)), desk_(desk), peer_(std::move(peer)) {}

async::Task<void> Session::live(std::shared_ptr<Floor> floor, Desk* desk, http::Socket socket, std::string address) {
  struct Leaving {
    Floor& floor;
    std::string address;
    bool unix_socket;
    ~Leaving() { floor.leave(address, unix_socket); }
  };
  const Leaving leaving{*floor, address, socket.is_unix()};

  auto peer = std::make_shared<http::Peer>();
  peer->address = std::move(address);
  peer->unix_socket = leaving.unix_socket;
  peer->uid = socket.peer_uid();
  peer->connection = ++connection_numbers;

  auto session = std::make_shared<Session>(floor, *desk, std::move(peer));
  std::unique_ptr<http::Stream> stream;
  std::shared_ptr<const http::TlsServerContext> tls;  // lives as long as its stream
  {
    const std::lock_guard lock(floor->tls_mutex);
    tls = floor->tls;
  }
  if (tls) {
    auto secured = tls->stream(std::move(socket));
    session->tls_ = secured.get();
    stream = std::move(secured);
  } else {
    stream = http::plain_stream(std::move(socket));
  }
  session->connection_ = std::make_unique<http::ServerConnection>(std::move(stream), floor->options.limits.head);
  Session* raw = session.get();
  session->connection_->on_chunk = [raw] { raw->allow(raw->floor_->options.limits.write); };
  session->connection_->on_pause = [raw] { raw->late_at_ = async::SteadyTime::max(); };

  struct Listed {
    Desk& desk;
    std::list<std::weak_ptr<Session>>::iterator at;
    ~Listed() { desk.sessions.erase(at); }
  };
  const Listed listed{*desk, desk->sessions.insert(desk->sessions.end(), session)};
  if (desk->draining) session->drain();
  bool secured = true;
  if (session->tls_ != nullptr) secured = co_await session->handshake();
  if (secured) co_await session->converse();
}

async::Task<bool> Session::handshake() {
  allow(floor_->options.limits.handshake);
  auto done = co_await tls_->handshake();
  if (!done) {
    ++floor_->failed_handshakes;
    co_return false;
  }
  auto shown = std::make_shared<http::Peer>(*peer_);
  shown->chain_der = tls_->peer_chain();
  peer_ = std::move(shown);
  co_return true;
}

async::Task<void> Session::converse() {
  // The first request must come as quickly as a head: nobody opens a connection to say nothing.
  auto patience = floor_->options.limits.header;
  bool open = true;
  while (open && !draining_) {
    idle_ = true;
    allow(patience);
    auto arrived = co_await connection_->wait();
    idle_ = false;
    if (!arrived) co_return;
    if (!*arrived) break;
    open = co_await exchange();
    patience = floor_->options.limits.idle;
  }
  // Closing with unread octets makes the kernel reset the connection, and a reset overtakes the last answer.
  const bool at_rest = connection_->at_rest();
  allow(at_rest ? floor_->options.limits.parting : floor_->options.limits.goodbye);
  parting_ = true;
  co_await connection_->stream().finish(floor_->options.limits.drop_after_refusal);
}

async::Task<bool> Session::exchange() {
  const Pipeline& rules = *floor_->pipeline;
  ++floor_->requests;
  allow(floor_->options.limits.header);
  auto head = co_await connection_->read_head();
  if (!head) {
    // After a malformed head nobody knows where the next message begins.
    if (!http::answerable(head.error())) co_return false;
    http::Request nameless;
    nameless.peer = peer_;
    co_return co_await refuse(std::move(head.error()), std::move(nameless), false, 1);
  }
  // At each request: since the last one the certificate, its status or the own snapshot may have run out.
  judge_peer();
  const int version = head->version_minor;
  const bool has_body = head->body.kind != http::BodyFraming::Kind::None;
  http::Request request = make_request(*head, peer_, rules.correlation_id());

  auto target = http::parse_target(head->origin);
  if (!target) co_return co_await refuse(std::move(target.error()), std::move(request), false, version);
  request.path = std::move(target->path);
  request.segments = std::move(target->segments);
  request.query = std::move(target->query);

  // A refusal before the body leaves the body unread, so the connection cannot go on.
  const bool may_go_on = head->keep_alive && !has_body;
  auto early = rules.early(request);
  if (early) co_return co_await answer(std::move(*early), may_go_on, version);
  auto admitted = rules.admit(request);
  if (!admitted) co_return co_await refuse(std::move(admitted.error()), std::move(request), may_go_on, version);

  const auto room =
      floor_->bodies.take(expected_octets(head->body, admitted->route->body_limit), floor_->options.limits.bodies);
  if (!room) {
    Error full(Code::Busy, "the listener holds its limit of request bodies");
    co_return co_await refuse(std::move(full).with("retry_after_s", "1"), std::move(request), may_go_on, version);
  }
  allow(floor_->options.limits.body);
  auto body = co_await connection_->read_body(*head, admitted->route->body_limit, request.body);
  if (!body) {
    if (!http::answerable(body.error())) co_return false;
    co_return co_await refuse(std::move(body.error()), std::move(request), false, version);
  }

  // The handler has its own deadline and is never torn: it may be in the middle of a commit.
  late_at_ = async::SteadyTime::max();
  auto response = co_await floor_->pipeline->run(*admitted, std::move(request));
  co_return co_await answer(std::move(response), head->keep_alive, version);
}

async::Task<bool> Session::answer(http::Response response, bool keep_alive, int version_minor) {
  const bool going_on = keep_alive && !response.close && !draining_;
  allow(floor_->options.limits.write);
  auto written = co_await connection_->write(response, going_on, version_minor);
  co_return written&& going_on;
}

async::Task<bool> Session::refuse(Error error, http::Request request, bool keep_alive, int version_minor) {
  http::Response response = floor_->pipeline->refuse(error, request);
  co_return co_await answer(std::move(response), keep_alive, version_minor);
}

void Session::watch(async::SteadyTime now) {
  if (now < late_at_) return;
  late_at_ = async::SteadyTime::max();
  if (!parting_) ++floor_->timed_out;
  close_now();
}

void Session::drain() {
  draining_ = true;
  if (idle_) close_now();
}

void Session::judge_peer() {
  if (peer_->chain_der.empty() || !floor_->options.judge) return;
  auto judged = std::make_shared<http::Peer>(*peer_);
  judge_into(*judged, floor_->options.judge);
  peer_ = std::move(judged);
}

void Session::judge_again() {
  judge_peer();
  if (!peer_->refusal) return;
  ++floor_->closed_by_judge;
  connection_->stream().reset();  // what lies in the kernel is not for it any more
}

}  // namespace sekisho::node
