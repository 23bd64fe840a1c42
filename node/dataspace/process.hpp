// What negotiations and transfers have in common: names, who is at the other end, which messages were taken, and where
// the peer wants its callbacks. Internal to this room.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/bytes.hpp"
#include "base/core/clock.hpp"
#include "base/core/json.hpp"
#include "base/core/random.hpp"
#include "base/core/result.hpp"
#include "base/http/message.hpp"
#include "node/dataspace/agreement_book.hpp"
#include "node/dataspace/messages.hpp"
#include "node/dataspace/timeline.hpp"
#include "node/journal/ports/storage.hpp"
#include "policy/negotiation_fsm.hpp"
#include "policy/transfer_fsm.hpp"
#include "trust/zone/trust_state.hpp"

namespace sekisho::node {

struct ProcessBase {
  std::string pid;       // own
  std::string peer_pid;  // empty until the provider answered the first message
  Role role = Role::Provider;
  std::string peer_did;
  std::string peer_dns;
  std::string peer_zone;
  std::string base;        // path of the peer under which its end points lie, without trailing slash
  std::string pending;     // kind of the message that the peer has not acknowledged; empty: none
  std::string code;        // why it was terminated
  std::string reason;      // the same with its causes, for the operator and own clients; never sent to a peer
  std::uint64_t said = 0;  // own messages so far; the pending one has this number
  Instant since{};         // when the row was last written for a step: the deadline of the state counts from here
  Timeline timeline;
  std::vector<Digest> seen;              // messages taken, newest last
  std::array<std::uint8_t, 8> visits{};  // how often each state was entered, by its number; stops at 255

  [[nodiscard]] ProcessIds ids() const;
  [[nodiscard]] bool was_seen(const Digest& message) const;
  void see(const Digest& message);
  // Counts the entry into a state and gives its number: 1 for the first.
  unsigned visit(std::size_t state);
  void blame(const Error& error);
  [[nodiscard]] bool of(const trust::PeerIdentity& peer) const { return peer_did == peer.did; }
};

// The message that a kind of the outbox is; nullopt: a first one.
[[nodiscard]] std::optional<policy::NegotiationMessage> message_named(policy::NegotiationMessage,
                                                                      std::string_view kind);
[[nodiscard]] std::optional<policy::TransferMessage> message_named(policy::TransferMessage, std::string_view kind);

// A process of one of the protocol's state machines; Message: what its parties say.
template <class State, class Message>
struct ProcessIn : ProcessBase {
  State state = State::None;

  [[nodiscard]] bool ended() const { return policy::is_final(state); }
  void enter(State next) {
    state = next;
    (void)visit(static_cast<std::size_t>(next));
  }
  // What the pending message is to the state machine; nullopt of a first one: the state is that of its writing.
  [[nodiscard]] std::optional<Message> pending_message() const { return message_named(Message{}, pending); }
  // The state once the peer has acknowledged the pending message.
  [[nodiscard]] State acknowledged() const {
    const std::optional<Message> message = pending_message();
    if (!message) return state;
    const Result<State> next = policy::next(state, *message, role);
    return next ? *next : state;
  }
  // The next state when the peer's message comes: a pending message that was sent counts as acknowledged where only
  // that allows it, because a peer may answer faster than its acknowledgement is processed.
  [[nodiscard]] Result<State> after(Message message, bool sent) const {
    const policy::Party sender = policy::other(role);
    Result<State> now = policy::next(state, message, sender);
    if (now || pending.empty() || !sent) return now;
    Result<State> later = policy::next(acknowledged(), message, sender);
    return later ? later : now;
  }
};

// An error with its causes for an operator: UTF-8, 1 KiB at most.
[[nodiscard]] std::string operator_text(const Error& error);

// What a process whose deadline has passed ends with. silence: what came instead of the peer's answer, if anything.
[[nodiscard]] Error overdue_error(const ProcessBase& process, std::string_view state, std::optional<Error> silence);

void write_base(JsonObject& row, const ProcessBase& process);
[[nodiscard]] Status read_base(const JsonObject& row, ProcessBase& process);

// "urn:uuid:" and a random UUID.
[[nodiscard]] std::string new_pid(Random& random);

// The ids of a message are those of the process; a consumer that was not answered yet learns the provider's.
[[nodiscard]] Status ids_fit(const ProcessBase& process, const ProcessIds& ids);

// The digest that makes two messages the same: SHA-256 of the canonical JSON of the body. All zero for what is no JSON.
[[nodiscard]] Digest message_digest(std::string_view body);

// The path of a callback address that may be used: https, the peer's own name (the connection goes to its registered
// address whatever the port says), no query. InvalidArgument with help "pointer" else.
[[nodiscard]] Result<std::string> callback_path(std::string_view address, const std::string& peer_dns);

// Row of family Idempotency that finds a process by the peer's own id.
[[nodiscard]] Bytes peer_pid_key(std::string_view kind, std::string_view peer_did, std::string_view peer_pid);

// An error document. Codes that would tell a stranger more than "no such process" become 404.
[[nodiscard]] http::Response error_response(const Error& error, ProcessIds ids, std::string_view type);
// For messages that name no process: what the path says and what could be read of the body.
[[nodiscard]] ProcessIds ids_of_body(std::string_view body, const std::string& pid);

// Errors that say nothing about the message: the peer should repeat it.
[[nodiscard]] bool transient(Code code);

// {did, zone} as statements carry parties.
[[nodiscard]] JsonObject party(std::string_view did, std::string_view zone);

}  // namespace sekisho::node
