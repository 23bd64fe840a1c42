// Pushes as processes: who asks for what, what is refused, what both sides know and forget. Without a data plane.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "base/core/encoding.hpp"
#include "node/dataspace/denial_limit.hpp"
#include "node/dataspace/messages.hpp"
#include "tests/unit/node/dataspace/two_nodes.hpp"

namespace sekisho::node::testing {
namespace {

constexpr const char* kSink = "https://in.trade.eu.example/sink";
constexpr const char* kSecret = "s3cret-of-the-receiver";

struct Pushed : ::testing::Test {
  void SetUp() override {
    const auto made = nodes.negotiate();
    ASSERT_TRUE(made) << made.error().chain();
    ASSERT_TRUE(nodes.settle());
    agreement = (*made)->id;
  }
  // The consumer's process id.
  Result<std::string> push(std::string endpoint = kSink) {
    return async::sync_wait(nodes.trade->transfer_service->request(
        agreement, kPurpose, DataAddress{std::move(endpoint), kSecret, "bearer"}));
  }
  std::string state(const std::string& pid) const { return nodes.trade->transfer_service->state(pid); }
  std::shared_ptr<const TransferRecord> started() {
    const auto pid = push();
    EXPECT_TRUE(pid);
    if (!pid) return nullptr;
    EXPECT_TRUE(eventually([&] { return state(*pid) == "STARTED"; }));
    EXPECT_TRUE(nodes.settle());
    const auto own = nodes.trade->transfers.find_own(*pid);
    return own ? nodes.farm->transfers.find(own->provider_pid) : nullptr;
  }
  // The codes of the refusals in the provider's log.
  std::vector<std::string> refusals() const {
    std::vector<std::string> codes;
    const LogReader& reader = nodes.farm->journal->reader();
    for (std::uint64_t i = 0; i < nodes.farm->journal->head().size; ++i) {
      const auto entry = reader.entry(i);
      if (!entry || entry->entry.kind() != pb::GOVERNANCE) continue;
      const auto detail = parse_json(entry->entry.detail());
      if (detail && get_string(detail->get_object(), "act").value_or("") == "refused" &&
          get_string(detail->get_object(), "what").value_or("") == "transfer")
        codes.push_back(get_string(detail->get_object(), "code").value_or(""));
    }
    return codes;
  }
  static bool stored(const MemoryStorage& storage, std::string_view text) {
    bool found = false;
    for (std::size_t family = 0; family < kFamilies; ++family) {
      (void)storage.scan(static_cast<Family>(family), {}, {}, [&](BytesView, BytesView value) {
        found = found || as_text(value).find(text) != std::string_view::npos;
        return true;
      });
    }
    return found;
  }
  TwoNodes nodes;
  std::string agreement;
};

TEST_F(Pushed, IsStartedUnderTermsThatSaySoAndWithoutAToken) {
  std::vector<std::string> told;
  nodes.farm->transfers.on_push([&](const std::string& pid) { told.push_back(pid); });
  std::string start;
  nodes.net.before = [&](const std::string&, PeerRequest& request) -> std::optional<Result<http::ClientResponse>> {
    if (request.target.ends_with("/start")) start = request.body;
    return std::nullopt;
  };
  const auto record = started();
  ASSERT_TRUE(record);
  EXPECT_TRUE(is_pushing(*record));
  EXPECT_EQ(record->push->endpoint, kSink);
  EXPECT_EQ(record->push->authorization(), std::string("Bearer ") + kSecret);
  EXPECT_EQ(told, std::vector<std::string>{record->provider_pid});
  EXPECT_EQ(nodes.farm->transfers.pushing(), told);
  const auto message = parse_transfer_start(start);
  ASSERT_TRUE(message);
  EXPECT_FALSE(message->address);
  const auto terms = nodes.farm->journal->reader().find(pb::TERMS_OUT, record->terms);
  ASSERT_TRUE(terms && *terms);
  EXPECT_NE(nodes.farm->journal->reader().entry(**terms)->entry.payload().find(R"("mode":"push")"), std::string::npos);
  // Nobody may pull by it.
  EXPECT_FALSE(nodes.trade->transfers.find_usable("farm.jp.example", kDataset, kPurpose));
  EXPECT_EQ(nodes.farm->transfer_service
                ->renew_token(nodes.trade->as_client(*nodes.farm->trust.current()), record->provider_pid)
                .status,
            409);
}

TEST_F(Pushed, TheReceiversTokenIsKeptAsLongAsItIsNeeded) {
  const auto record = started();
  ASSERT_TRUE(record);
  EXPECT_FALSE(stored(*nodes.trade_storage, kSecret)) << "the consumer's request was acknowledged";
  EXPECT_TRUE(stored(*nodes.farm_storage, kSecret));
  nodes.restart();
  const auto again = nodes.farm->transfers.find(record->provider_pid);
  ASSERT_TRUE(again && again->push);
  EXPECT_EQ(again->push->authorization(), std::string("Bearer ") + kSecret);
  ASSERT_TRUE(async::sync_wait(nodes.farm->transfer_service->complete(record->provider_pid)));
  ASSERT_TRUE(nodes.settle());
  EXPECT_FALSE(stored(*nodes.farm_storage, kSecret));
  EXPECT_TRUE(stored(*nodes.farm_storage, kSink)) << "where it went stays known";
  EXPECT_EQ(nodes.trade->transfer_service->state(record->consumer_pid), "COMPLETED");
}

TEST_F(Pushed, SuspensionAndResumptionTellWhoPushes) {
  const auto record = started();
  ASSERT_TRUE(record);
  std::atomic<int> told{0};
  nodes.farm->transfers.on_push([&](const std::string&) { ++told; });
  ASSERT_TRUE(async::sync_wait(nodes.trade->transfer_service->suspend(record->consumer_pid, Code::Cancelled)));
  ASSERT_TRUE(nodes.settle());
  EXPECT_EQ(nodes.farm->transfer_service->state(record->provider_pid), "SUSPENDED");
  EXPECT_TRUE(nodes.farm->transfers.pushing().empty());
  EXPECT_EQ(told, 0);
  ASSERT_TRUE(async::sync_wait(nodes.trade->transfer_service->resume(record->consumer_pid)));
  ASSERT_TRUE(nodes.settle());
  EXPECT_EQ(nodes.farm->transfer_service->state(record->provider_pid), "STARTED");
  EXPECT_EQ(nodes.farm->transfers.pushing().size(), 1U);
  EXPECT_GE(told, 1);
}

struct Refused {
  const char* name;
  const char* endpoint;
  const char* code;
};
void PrintTo(const Refused& one, std::ostream* out) { *out << one.name; }

class RefusedPush : public Pushed, public ::testing::WithParamInterface<Refused> {};

TEST_P(RefusedPush, EndsTheProcessAndLeavesNothingAtTheProvider) {
  const auto pid = push(GetParam().endpoint);
  ASSERT_TRUE(pid);
  EXPECT_TRUE(eventually([&] { return state(*pid) == "TERMINATED"; }));
  ASSERT_TRUE(nodes.settle());
  EXPECT_EQ(entries_of(*nodes.farm->journal, pb::REQUEST_IN), 0U);
  EXPECT_EQ(entries_of(*nodes.farm->journal, pb::TERMS_OUT), 0U);
  EXPECT_EQ(refusals(), std::vector<std::string>{GetParam().code});
  EXPECT_FALSE(stored(*nodes.farm_storage, kSecret));
  EXPECT_FALSE(stored(*nodes.trade_storage, kSecret));
}

INSTANTIATE_TEST_SUITE_P(Endpoints, RefusedPush,
                         ::testing::Values(Refused{"not_listed", "https://out.trade.eu.example/sink", "PUSH_REFUSED"},
                                           Refused{"not_the_consumers", "https://in.other.eu.example/sink",
                                                   "PUSH_REFUSED"},
                                           Refused{"plain", "http://in.trade.eu.example/sink", "INVALID_ARGUMENT"},
                                           Refused{"loopback", "https://127.0.0.1/sink", "INVALID_ARGUMENT"}),
                         [](const auto& one) { return one.param.name; });

TEST_F(Pushed, ADatasetThatIsNotOfferedForPushesIsNotPushed) {
  nodes.farm->pushed = false;
  nodes.farm->offer_cold_chain();
  ASSERT_TRUE(nodes.farm->catalog.load(*nodes.farm_storage));
  std::string reason;
  nodes.net.back = [&](const PeerRequest& request, Result<http::ClientResponse>& answer) {
    if (request.target.ends_with("/transfers/request") && answer) reason = answer->body;
  };
  const auto pid = push();
  ASSERT_TRUE(pid);
  EXPECT_TRUE(eventually([&] { return state(*pid) == "TERMINATED"; }));
  EXPECT_NE(reason.find("the dataset is not offered for pushes"), std::string::npos) << reason;
  EXPECT_NE(reason.find("\"code\":\"PUSH_REFUSED\""), std::string::npos) << reason;
}

// Each denial is an entry for ever, so there are only so many.
TEST_F(Pushed, DenialsAreOnRecordAndLimited) {
  for (unsigned n = 0; n <= DenialLimit::kInAMinute; ++n) {
    const TransferRequestMessage request{"urn:uuid:denied-" + std::to_string(n),
                                         agreement,
                                         std::string(kPullFormat),
                                         "https://trade.eu.example/dsp/2025-1",
                                         "https://w3id.org/dpv#Marketing",
                                         "AAAA"};
    const auto response = nodes.to_farm(TransferRoute::Request, "", to_body(request));
    EXPECT_EQ(response.status, n < DenialLimit::kInAMinute ? 404 : 429) << n << response.body;
  }
  EXPECT_EQ(refusals(), std::vector<std::string>(DenialLimit::kInAMinute, "PURPOSE_MISMATCH"));
}

// What was asked for as a pull cannot become a push by a message that was changed on the way.
TEST_F(Pushed, AMessageThatSaysAnotherFormatThanItsSealIsRefused) {
  nodes.net.before = [](const std::string&, PeerRequest& request) -> std::optional<Result<http::ClientResponse>> {
    if (!request.target.ends_with("transfers/request")) return std::nullopt;
    Json message = parse_json(request.body).value();
    message.as_object()["format"] = kPushFormat;
    message.as_object()["dataAddress"] = to_json(DataAddress{kSink, ""});
    request.body = to_text(message);
    return std::nullopt;
  };
  const auto transfer = nodes.start(agreement);
  ASSERT_FALSE(transfer);
  EXPECT_EQ(transfer.error().code, Code::EvidenceInvalid) << transfer.error().chain();
  EXPECT_EQ(entries_of(*nodes.farm->journal, pb::REQUEST_IN), 0U);
}

// A pull that is completed: its token opens nothing and cannot be renewed.
TEST_F(Pushed, ACompletedPullServesNobody) {
  const auto transfer = nodes.start(agreement);
  ASSERT_TRUE(transfer) << transfer.error().chain();
  ASSERT_TRUE(nodes.settle());
  const std::string pid = (*transfer)->provider_pid;
  ASSERT_TRUE(async::sync_wait(nodes.trade->transfer_service->complete((*transfer)->consumer_pid)));
  ASSERT_TRUE(nodes.settle());
  EXPECT_EQ(nodes.farm->transfer_service->state(pid), "COMPLETED");
  EXPECT_FALSE(nodes.farm->transfers.find(pid));
  EXPECT_FALSE(nodes.trade->transfers.find_usable("farm.jp.example", kDataset, kPurpose));
  EXPECT_EQ(nodes.farm->transfer_service->renew_token(nodes.trade->as_client(*nodes.farm->trust.current()), pid).status,
            404);
}

}  // namespace
}  // namespace sekisho::node::testing
