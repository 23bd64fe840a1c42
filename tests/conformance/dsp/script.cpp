#include "tests/conformance/dsp/script.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

#include <fmt/format.h>

namespace sekisho::lab {
namespace {

using policy::Party;

template <class State, class Message>
struct Row {
  std::string_view subject;
  State state;
  unsigned visit;
  Message message;
};

using N = policy::NegotiationState;
using NM = policy::NegotiationMessage;
using T = policy::TransferState;
using TM = policy::TransferMessage;

constexpr auto kProviderNegotiations = std::to_array<Row<N, NM>>({
    {"ACN0101", N::Requested, 1, NM::Offer},       {"ACN0102", N::Requested, 1, NM::Offer},
    {"ACN0102", N::Requested, 2, NM::Termination}, {"ACN0103", N::Requested, 1, NM::Offer},
    {"ACN0103", N::Accepted, 1, NM::Agreement},    {"ACN0103", N::Verified, 1, NM::Finalized},
    {"ACN0104", N::Requested, 1, NM::Agreement},   {"ACN0104", N::Verified, 1, NM::Finalized},
    {"ACN0201", N::Requested, 1, NM::Termination}, {"ACN0203", N::Requested, 1, NM::Agreement},
    {"ACN0204", N::Requested, 1, NM::Offer},       {"ACN0205", N::Requested, 1, NM::Offer},
    {"ACN0205", N::Offered, 1, NM::Termination},   {"ACN0206", N::Requested, 1, NM::Offer},
    {"ACN0206", N::Accepted, 1, NM::Termination},  {"ACN0207", N::Requested, 1, NM::Agreement},
    {"ACN0207", N::Verified, 1, NM::Termination},  {"ACN0301", N::Requested, 1, NM::Agreement},
    {"ACN0301", N::Verified, 1, NM::Finalized},    {"ACN0302", N::Requested, 1, NM::Offer},
    {"ACN0303", N::Requested, 1, NM::Offer},       {"ACN0304", N::Requested, 1, NM::Offer},
});

constexpr auto kConsumerNegotiations = std::to_array<Row<N, NM>>({
    {"ACNC0101", N::Offered, 1, NM::Accepted},
    {"ACNC0101", N::Agreed, 1, NM::Verification},
    {"ACNC0102", N::Offered, 1, NM::Request},
    {"ACNC0103", N::Offered, 1, NM::Termination},
    {"ACNC0104", N::Agreed, 1, NM::Verification},
    {"ACNC0202", N::Requested, 1, NM::Termination},
    {"ACNC0203", N::Agreed, 1, NM::Termination},
    {"ACNC0205", N::Offered, 1, NM::Accepted},
    {"ACNC0206", N::Agreed, 1, NM::Verification},
    {"ACNC0304", N::Offered, 1, NM::Accepted},
    {"ACNC0305", N::Offered, 1, NM::Accepted},
    {"ACNC0306", N::Offered, 1, NM::Accepted},
});

constexpr auto kProviderTransfers = std::to_array<Row<T, TM>>({
    {"ATP0101", T::Requested, 1, TM::Start},       {"ATP0101", T::Started, 1, TM::Termination},
    {"ATP0102", T::Requested, 1, TM::Start},       {"ATP0102", T::Started, 1, TM::Completion},
    {"ATP0103", T::Requested, 1, TM::Start},       {"ATP0103", T::Started, 1, TM::Suspension},
    {"ATP0103", T::Suspended, 1, TM::Termination}, {"ATP0104", T::Requested, 1, TM::Start},
    {"ATP0104", T::Started, 1, TM::Suspension},    {"ATP0104", T::Suspended, 1, TM::Start},
    {"ATP0104", T::Started, 2, TM::Completion},    {"ATP0105", T::Requested, 1, TM::Termination},
    {"ATP0201", T::Requested, 1, TM::Start},       {"ATP0202", T::Requested, 1, TM::Start},
    {"ATP0203", T::Requested, 1, TM::Start},       {"ATP0204", T::Requested, 1, TM::Start},
    {"ATP0303", T::Requested, 1, TM::Start},       {"ATP0304", T::Requested, 1, TM::Start},
    {"ATP0305", T::Requested, 1, TM::Start},       {"ATP0306", T::Requested, 1, TM::Start},
});

constexpr auto kConsumerTransfers = std::to_array<Row<T, TM>>({
    {"ATPC0201", T::Started, 1, TM::Termination},
    {"ATPC0202", T::Started, 1, TM::Completion},
    {"ATPC0203", T::Started, 1, TM::Suspension},
    {"ATPC0203", T::Suspended, 1, TM::Termination},
    {"ATPC0204", T::Started, 1, TM::Suspension},
    {"ATPC0204", T::Suspended, 1, TM::Start},
    {"ATPC0204", T::Started, 2, TM::Completion},
    {"ATPC0205", T::Requested, 1, TM::Termination},
});

template <class State, class Message>
std::optional<Message> look_up(std::span<const Row<State, Message>> table, const node::Moment<State>& moment) {
  for (const Row<State, Message>& row : table) {
    if (row.subject == moment.subject && row.state == moment.state && row.visit == moment.visit) return row.message;
  }
  return std::nullopt;
}

struct Group {
  unsigned number;
  unsigned tests;
};

std::vector<std::string> numbered(std::string_view prefix, std::initializer_list<Group> groups) {
  std::vector<std::string> out;
  for (const Group& group : groups) {
    for (unsigned i = 1; i <= group.tests; ++i) out.push_back(fmt::format("{}{:02}{:02}", prefix, group.number, i));
  }
  return out;
}

}  // namespace

std::optional<policy::NegotiationMessage> scripted(const node::Moment<policy::NegotiationState>& moment) {
  if (moment.role == Party::Provider) return look_up(std::span<const Row<N, NM>>(kProviderNegotiations), moment);
  return look_up(std::span<const Row<N, NM>>(kConsumerNegotiations), moment);
}

std::optional<policy::TransferMessage> scripted(const node::Moment<policy::TransferState>& moment) {
  if (moment.role == Party::Provider) return look_up(std::span<const Row<T, TM>>(kProviderTransfers), moment);
  return look_up(std::span<const Row<T, TM>>(kConsumerTransfers), moment);
}

std::vector<std::string> datasets() {
  std::vector<std::string> out = numbered("ACN", {{1, 4}, {2, 7}, {3, 4}});
  out.insert(out.end(), {"CAT0101", "CAT0102"});
  return out;
}

std::vector<std::string> provided_agreements() { return numbered("ATP", {{1, 5}, {2, 5}, {3, 6}}); }
std::vector<std::string> consumed_agreements() { return numbered("ATPC", {{1, 5}, {2, 5}, {3, 6}}); }
std::string offer_id(const std::string& dataset) { return fmt::format("CD123:{}:456", dataset); }

}  // namespace sekisho::lab
