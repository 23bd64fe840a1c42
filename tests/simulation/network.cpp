#include "tests/simulation/network.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

namespace sekisho::simulation {
namespace {

// A deadline of virtual time is what it is. One that was made from the machine's clock is as long, in whole seconds.
async::SteadyTime late(async::Deadline deadline, async::SteadyTime now) {
  if (deadline.is_never()) return now + std::chrono::minutes(1);
  if (deadline.at().time_since_epoch() > VirtualTime::kEpoch) return deadline.at();
  return now + std::max(std::chrono::round<std::chrono::seconds>(deadline.remaining()), std::chrono::seconds(1));
}

bool is_id(std::string_view segment) { return segment.starts_with("urn") || segment.size() > 30; }

}  // namespace

std::string Packet::name() const {
  std::string path;
  std::string_view rest = request.target;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('/'), rest.size());
    const std::string_view segment = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (segment.empty() || segment == "dsp" || segment == "2025-1" || segment == "sekisho" || segment == "v1") continue;
    path += fmt::format("{}{}", path.empty() ? "" : "/", is_id(segment) ? "*" : segment);
  }
  const std::string what = fmt::format("{} {}", request.method, path);
  if (!answer) return fmt::format("{} {}>{}", what, from, to);
  return fmt::format("answer {} to {} {}>{}", result ? std::to_string(result->status) : result.error().name(), what,
                     from, to);
}

async::Task<Answer> Network::call(std::size_t from, std::uint64_t owner, node::PeerRequest request) {
  const auto host = std::ranges::find(hosts_, request.dns);
  if (host == hosts_.end()) co_return fail(Code::PeerUnknown, "no node " + request.dns);
  if (leaving) leaving(from, request);
  if (cut()) co_return fail(Code::Connection, "the network is cut");
  Packet packet;
  packet.from = from;
  packet.to = static_cast<std::size_t>(host - hosts_.begin());
  packet.call = ++last_call_;
  const async::SteadyTime end = late(request.deadline, time_.now());
  packet.request = std::move(request);
  async::Completion<Answer> answer;
  calls_.emplace(packet.call, Call{owner, std::nullopt, answer});
  time_.at(end, owner, [this, id = packet.call] { finish(id, fail(Code::Deadline, "no answer in time")); });
  flying.push_back(std::move(packet));
  Answer result = co_await answer.wait();
  co_return result;
}

void Network::finish(std::uint64_t call, Answer result) {
  const auto found = calls_.find(call);
  if (found == calls_.end()) return;
  async::Completion<Answer> answer = found->second.answer;
  calls_.erase(found);
  (void)answer.set(std::move(result));
}

void Network::end(std::uint64_t owner) {
  std::vector<std::uint64_t> ended;
  for (const auto& [id, call] : calls_) {
    if (call.owner == owner) ended.push_back(id);
  }
  for (const std::uint64_t id : ended) finish(id, fail(Code::Cancelled, "this node ended"));
}

void Network::reset(std::size_t node) {
  std::vector<std::uint64_t> gone;
  for (const auto& [id, call] : calls_) {
    if (call.hand == node) gone.push_back(id);
  }
  for (const std::uint64_t id : gone) finish(id, fail(Code::Truncated, "the peer ended"));
}

void Network::in_hand(std::uint64_t call, std::size_t node) {
  const auto found = calls_.find(call);
  if (found != calls_.end()) found->second.hand = node;
}

}  // namespace sekisho::simulation
