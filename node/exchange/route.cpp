#include "node/exchange/route.hpp"

#include <fmt/format.h>

#include "base/core/log.hpp"
#include "node/dataspace/catalog_service.hpp"
#include "policy/agreement.hpp"
#include "policy/decide.hpp"
#include "policy/offer.hpp"

namespace sekisho::node {
namespace {

// Ends the search for everybody who waits, also when the searching coroutine is cancelled.
class Announcement {
 public:
  Announcement(std::mutex& mutex, std::map<std::string, std::vector<async::Completion<RouteFinder::Found>>>& searching, std::string key)
      : mutex_(mutex), searching_(searching), key_(std::move(key)) {}
  Announcement(const Announcement&) = delete;
  Announcement& operator=(const Announcement&) = delete;
  ~Announcement() {
    std::vector<async::Completion<RouteFinder::Found>> waiting;
    {
      const std::lock_guard lock(mutex_);
      waiting = std::move(searching_[key_]);
      searching_.erase(key_);
    }
    for (auto& one : waiting) one.set(result);
  }

  RouteFinder::Found result = fail(Error(Code::Cancelled, "the search for a transfer was cancelled").with("retry_after_s", "1"));

 private:
  std::mutex& mutex_;
  std::map<std::string, std::vector<async::Completion<RouteFinder::Found>>>& searching_;
  std::string key_;
};

}  // namespace

async::Task<RouteFinder::Found> RouteFinder::find(std::string provider_dns, std::string dataset, std::string purpose,
                                                  async::Deadline deadline) {
  if (auto usable = parts_.transfers.find_usable(provider_dns, dataset, purpose)) {
    if (permits(*usable->agreement->agreement, dataset, purpose)) co_return usable;
  }
  const std::string key = provider_dns + '\0' + dataset + '\0' + purpose;
  std::optional<async::Completion<Found>> wait;
  {
    const std::lock_guard lock(mutex_);
    const auto [place, first] = searching_.try_emplace(key);
    if (!first) wait = place->second.emplace_back();
  }
  if (wait) {
    auto found = co_await wait->wait_until(deadline);
    if (!found) co_return fail(Code::Deadline, "the search for a transfer took too long");
    co_return std::move(*found);
  }
  Announcement announcement(mutex_, searching_, key);
  announcement.result = co_await search(std::move(provider_dns), std::move(dataset), std::move(purpose), deadline);
  co_return announcement.result;
}

Status RouteFinder::permits(const policy::Agreement& agreement, const std::string& dataset, const std::string& purpose) const {
  policy::DecisionInput facts;
  facts.target = dataset;
  facts.assignee = parts_.self.did;
  facts.zone = parts_.self.zone;
  facts.purpose = purpose;
  facts.used = 0;
  facts.view = agreement.view;
  facts.clock = parts_.clock.read();
  const auto decision = policy::decide(agreement.program, facts);
  if (decision.permit) return {};
  return fail(policy::denial(agreement.program, decision));
}

async::Task<Result<Json>> RouteFinder::choose_offer(std::string provider_dns, std::string dataset, std::string purpose,
                                                    async::Deadline deadline) {
  auto document = co_await fetch_dataset(parts_.peers, provider_dns, dataset, deadline);
  if (!document) co_return fail(document.error());
  const auto offers = offers_of(*document);
  if (!offers) co_return fail(offers.error());
  Error nearest(Code::NoPermission, fmt::format("{} makes no offer of '{}'", provider_dns, dataset));
  for (const Json& offer : *offers) {
    // What this node would be bound to, decided by the very program that the provider will run.
    const policy::AgreementParts parties{"urn:sekisho:draft", "did:web:" + provider_dns, parts_.self.did, dataset, parts_.clock.now()};
    const auto draft = policy::agreement_document(offer, parties);
    if (!draft) {
      nearest = draft.error();
      continue;
    }
    const auto agreement = policy::Agreement::parse(*draft);
    if (!agreement) {
      nearest = agreement.error();
      continue;
    }
    const auto permitted = permits(**agreement, dataset, purpose);
    if (permitted) co_return offer;
    nearest = permitted.error();
  }
  co_return fail(nearest);
}

async::Task<RouteFinder::Found> RouteFinder::search(std::string provider_dns, std::string dataset, std::string purpose,
                                                    async::Deadline deadline) {
  auto agreement = co_await agree(std::move(provider_dns), std::move(dataset), purpose, deadline);
  if (!agreement) co_return fail(agreement.error());
  co_return co_await parts_.transfer_service.start_transfer((*agreement)->id, std::move(purpose), deadline);
}

async::Task<RouteFinder::Agreed> RouteFinder::agree(std::string provider_dns, std::string dataset, std::string purpose,
                                                    async::Deadline deadline) {
  std::optional<Error> denied;
  for (const auto& agreement : parts_.agreements.with(provider_dns, dataset)) {
    if (parts_.transfers.held(agreement->digest)) continue;
    if (auto permitted = permits(*agreement->agreement, dataset, purpose); !permitted) {
      if (!denied) denied = permitted.error();
      continue;
    }
    co_return agreement;
  }
  auto offer = co_await choose_offer(provider_dns, dataset, purpose, deadline);
  // An offer that has ended is in no catalogue any more; why the agreement made of it ended says more than that.
  if (!offer && denied && offer.error().code == Code::DatasetUnknown) co_return fail(std::move(*denied));
  if (!offer) co_return fail(offer.error());
  const auto begin = std::chrono::steady_clock::now();
  auto agreement = co_await parts_.negotiations.negotiate(provider_dns, dataset, std::move(*offer), deadline);
  const auto took = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begin);
  log_info("negotiation.ended", {{"provider", provider_dns}, {"dataset", dataset}, {"agreed", agreement.has_value()}, {"us", took.count()}});
  co_return agreement;
}

}  // namespace sekisho::node
