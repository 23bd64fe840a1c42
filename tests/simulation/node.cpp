#include "tests/simulation/node.hpp"

#include <map>
#include <utility>

#include <boost/asio/io_context.hpp>

#include "base/async/spawn.hpp"
#include "base/core/encoding.hpp"
#include "base/http/url.hpp"
#include "node/dataspace/pacer.hpp"
#include "node/journal/origin.hpp"
#include "tests/unit/node/dataspace/two_nodes.hpp"

namespace sekisho::simulation {
namespace {

using node::NegotiationRoute;
using node::TransferRoute;

// shutdown() destroys what waits in a context and keeps the context itself alive.
struct Context : boost::asio::io_context {
  Context() : boost::asio::io_context(1) {}
  using boost::asio::execution_context::shutdown;
};

// A frame that ends may wake another, which ends too.
constexpr int kShutdownRounds = 3;

class SimPacer final : public node::Pacer {
 public:
  SimPacer(VirtualTime& time, std::uint64_t owner) : time_(time), owner_(owner) {}
  async::Task<void> pause(std::chrono::milliseconds span) override {
    async::Completion<bool> over;
    time_.at(time_.now() + span, owner_, [over]() mutable { (void)over.set(true); });
    (void)co_await over.wait();
  }
  async::SteadyTime now() const override { return time_.now(); }

 private:
  VirtualTime& time_;
  const std::uint64_t owner_;
};

class SimChannel final : public node::PeerChannel {
 public:
  SimChannel(Network& network, std::size_t from, std::uint64_t owner) : network_(network), from_(from), owner_(owner) {}
  async::Task<Answer> send(node::PeerRequest request) override {
    return network_.call(from_, owner_, std::move(request));
  }

 private:
  Network& network_;
  const std::size_t from_;
  const std::uint64_t owner_;
};

node::JournalOptions journal_options(const node::LocalIdentity& self, const node::TrustHolder& trust,
                                     std::shared_ptr<const Clock> clock, std::shared_ptr<Random> random) {
  node::JournalOptions options;
  options.origin = node::log_origin(self.dns, node::testing::kNow);
  options.issuer = {self.did, self.zone, self.statement_cert};
  options.statement_signer = self.statement_signer;
  options.log_key = self.log_signer->public_key();
  options.build_id = "simulation";
  options.snapshot = [&trust] { return node::SnapshotRef{trust.current()->sequence(), trust.current()->digest()}; };
  options.clock = std::move(clock);
  options.random = std::move(random);
  options.thread = false;
  return options;
}

}  // namespace

class Running {
 public:
  Running(Cast& cast, std::size_t number, Network& net, VirtualTime& time, const node::Profile& profile,
          std::shared_ptr<SimStorage> where, std::uint64_t owner_number, std::uint64_t seed)
      : owner(owner_number),
        self(cast.self[number]),
        trust(*cast.trust[number]),
        clock(std::shared_ptr<const Clock>(), cast.clock.get()),
        random(std::make_shared<ManualRandom>(seed)),
        storage(std::move(where)),
        pacer(time, owner),
        channel(net, number, owner),
        catalog(self.did, self.dns),
        profile_(profile) {}

  ~Running() {
    if (outbox) outbox->stop();
    if (journal) journal->stop();
    for (int round = 0; round < kShutdownRounds; ++round) context.shutdown();
  }

  Status open() {
    Result<std::unique_ptr<node::Journal>> opened =
        node::Journal::open(journal_options(self, trust, clock, random), storage);
    if (!opened) return fail(opened.error());
    journal = std::move(*opened);
    certificates = std::make_unique<node::CertificateBook>(self, trust, channel, *journal, *storage);
    tokens = std::make_unique<node::TokenService>(self.did, self.token_key, *clock, *random);
    outbox =
        std::make_unique<node::Outbox>(context.get_executor(), channel, *clock, *random, node::OutboxOptions(), pacer);
    const node::DataspaceParts parts{self,       trust,     catalog, *journal, *storage, channel, *certificates,
                                     agreements, transfers, *tokens, *outbox,  *clock,   *random, profile_};
    negotiations = std::make_unique<node::NegotiationService>(parts);
    transfer_service = std::make_unique<node::TransferService>(parts);
    control = std::make_unique<node::AgreementControl>(agreements, transfers, *transfer_service, *journal, *storage);
    Status loaded = catalog.load(*storage);
    if (loaded) loaded = agreements.load(*storage, node::pseudonym_root(self));
    if (loaded) loaded = negotiations->load();
    if (loaded) loaded = transfer_service->load();
    if (loaded) loaded = control->load();
    if (!loaded) return loaded;
    return outbox->start(*storage);
  }

  const std::uint64_t owner;
  const node::LocalIdentity& self;
  const node::TrustHolder& trust;
  std::shared_ptr<const Clock> clock;
  std::shared_ptr<ManualRandom> random;
  std::shared_ptr<SimStorage> storage;
  Context context;
  SimPacer pacer;
  SimChannel channel;
  node::Catalog catalog;
  std::unique_ptr<node::Journal> journal;
  std::unique_ptr<node::CertificateBook> certificates;
  node::AgreementBook agreements;
  node::TransferBook transfers;
  std::unique_ptr<node::TokenService> tokens;
  std::unique_ptr<node::Outbox> outbox;
  std::unique_ptr<node::NegotiationService> negotiations;
  std::unique_ptr<node::TransferService> transfer_service;
  std::unique_ptr<node::AgreementControl> control;

 private:
  const node::Profile& profile_;
};

namespace {

NegotiationRoute negotiation_route(const std::string& last, bool known) {
  static const std::map<std::string, NegotiationRoute> routes{{"agreement", NegotiationRoute::Agreement},
                                                              {"verification", NegotiationRoute::Verification},
                                                              {"events", NegotiationRoute::Event},
                                                              {"termination", NegotiationRoute::Termination}};
  if (last == "request") return known ? NegotiationRoute::CounterRequest : NegotiationRoute::Request;
  if (last == "offers") return known ? NegotiationRoute::Offer : NegotiationRoute::InitialOffer;
  return routes.at(last);
}

TransferRoute transfer_route(const std::string& last) {
  static const std::map<std::string, TransferRoute> routes{{"request", TransferRoute::Request},
                                                           {"start", TransferRoute::Start},
                                                           {"completion", TransferRoute::Completion},
                                                           {"suspension", TransferRoute::Suspension},
                                                           {"termination", TransferRoute::Termination}};
  return routes.at(last);
}

// The routes of node/api that peers use for processes.
async::Task<http::Response> dispatch(Running* at, trust::PeerIdentity peer, node::PeerRequest request) {
  const Result<http::Target> target = http::parse_target(request.target);
  if (!target) co_return http::text_response(404, "no such path");
  const std::vector<std::string> s = target->segments;
  if (s.size() == 4 && s[0] == "sekisho" && s[2] == "certificates") {
    const Result<Digest> id = digest_from_hex(s[3]);
    Result<Bytes> chain =
        id ? at->certificates->serve(*id) : Result<Bytes>(fail(Code::NotFound, "no such certificate"));
    co_return chain ? http::text_response(200, std::string(as_text(*chain))) : http::text_response(404, "none");
  }
  if (s.size() == 5 && s[0] == "sekisho" && s[4] == "token") co_return at->transfer_service->renew_token(peer, s[3]);
  if (s.size() < 4 || s[0] != "dsp") co_return http::text_response(404, "no such path");
  const bool known = s.size() > 4;
  const std::string pid = known ? s[3] : std::string();
  if (s[2] == "negotiations") {
    if (request.method == "GET") co_return at->negotiations->get(peer, s[3]);
    co_return co_await at->negotiations->on_message(negotiation_route(s.back(), known), peer, pid, request.body);
  }
  if (request.method == "GET") co_return at->transfer_service->get(peer, s[3]);
  co_return co_await at->transfer_service->on_message(transfer_route(s.back()), peer, pid, request.body);
}

async::Task<void> answer(Running* at, trust::PeerIdentity peer, node::PeerRequest request,
                         std::function<void(http::Response)> answered) {
  http::Response response = co_await dispatch(at, std::move(peer), std::move(request));
  answered(std::move(response));
}

}  // namespace

SimNode::SimNode(Cast& cast, std::size_t number, Network& network, VirtualTime& time, const node::Profile& profile,
                 SimStorage::Tables tables, std::uint64_t seed)
    : cast_(cast),
      number_(number),
      network_(network),
      time_(time),
      profile_(profile),
      seed_(seed),
      storage_(std::make_shared<SimStorage>(std::move(tables))) {}

SimNode::~SimNode() { crash(); }

Status SimNode::start() {
  ++starts_;
  const std::uint64_t owner = (starts_ << 8U) + number_ + 1;
  running_ =
      std::make_unique<Running>(cast_, number_, network_, time_, profile_, storage_, owner, seed_ * 1000 + owner);
  return running_->open();
}

void SimNode::crash() {
  if (!running_) return;
  running_->outbox->stop();
  network_.end(running_->owner);
  time_.end(running_->owner);
  running_.reset();
  network_.reset(number_);
  storage_->crash();
}

bool SimNode::poll() {
  if (!running_) return false;
  running_->context.restart();
  return running_->context.poll() != 0;
}

bool SimNode::unwritten() const { return running_ && running_->journal->queued(); }
void SimNode::write() { (void)running_->journal->write(); }

void SimNode::take(std::size_t from, node::PeerRequest request, std::function<void(http::Response)> answered) {
  async::spawn(running_->context.get_executor(),
               answer(running_.get(), cast_.seen[number_][from], std::move(request), std::move(answered)), "peer");
}

void SimNode::act(Will will) { async::spawn(running_->context.get_executor(), will(*this), "operator"); }

node::NegotiationService& SimNode::negotiations() { return *running_->negotiations; }
node::TransferService& SimNode::transfers() { return *running_->transfer_service; }
node::AgreementControl& SimNode::control() { return *running_->control; }
const node::AgreementBook& SimNode::agreements() const { return running_->agreements; }
node::Journal& SimNode::journal() { return *running_->journal; }

}  // namespace sekisho::simulation
