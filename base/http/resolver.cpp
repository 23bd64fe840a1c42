#include "base/http/resolver.hpp"

#include <array>
#include <map>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#include <netdb.h>
#include <sys/socket.h>

#include "base/async/completion.hpp"
#include "base/http/public_address.hpp"

namespace sekisho::http {

struct Resolver::State {
  explicit State(LookUp l) : look_up(std::move(l)) {}

  // Whether the question will be answered.
  [[nodiscard]] static Status ask(const std::shared_ptr<State>& state, const std::string& name,
                                  const async::Completion<Addresses>& question);
  static async::Task<Addresses> wait(async::Completion<Addresses> question, std::string name, async::Deadline deadline);
  void answer(const std::string& name, const Addresses& addresses);

  const LookUp look_up;
  std::mutex mutex;
  bool stopped = false;
  std::map<std::string, std::vector<async::Completion<Addresses>>> waiting;  // by the name that is being looked up
};

Status Resolver::State::ask(const std::shared_ptr<State>& state, const std::string& name,
                            const async::Completion<Addresses>& question) {
  const std::lock_guard lock(state->mutex);
  if (state->stopped) return fail(Code::Cancelled, "resolving " + name + " was stopped");
  if (const auto asked = state->waiting.find(name); asked != state->waiting.end()) {
    if (asked->second.size() >= kMostQuestions) return fail(Code::Busy, "too many wait for the addresses of " + name);
    asked->second.push_back(question);
    return {};
  }
  if (state->waiting.size() >= kMostNames)
    return fail(Code::Busy, "too many names are being looked up to ask for " + name);
  const auto asked = state->waiting.emplace(name, std::vector(1, question)).first;
  try {
    std::thread([state, name] { state->answer(name, state->look_up(name)); }).detach();
  } catch (const std::system_error&) {
    state->waiting.erase(asked);
    return fail(Code::Busy, "there is no thread to look up " + name);
  }
  return {};
}

// Under the lock, so that after stop() nothing is posted to the askers' executors.
void Resolver::State::answer(const std::string& name, const Addresses& addresses) {
  const std::lock_guard lock(mutex);
  const auto asked = waiting.extract(name);
  for (auto& question : asked.mapped()) (void)question.set(addresses);
}

async::Task<Resolver::Addresses> Resolver::State::wait(async::Completion<Addresses> question, std::string name,
                                                       async::Deadline deadline) {
  std::optional<Addresses> answer = co_await question.wait_until(deadline);
  if (!answer) co_return fail(Code::Deadline, "resolving " + name + " took too long");
  co_return std::move(*answer);
}

Resolver::Resolver(LookUp look_up) : state_(std::make_shared<State>(std::move(look_up))) {}
Resolver::~Resolver() { stop(); }

async::Task<Resolver::Addresses> Resolver::resolve(std::string name, async::Deadline deadline) const {
  async::Completion<Addresses> question;
  if (is_address_literal(name)) {
    (void)question.set(std::vector(1, name));
  } else if (const Status asked = State::ask(state_, name, question); !asked) {
    (void)question.set(fail(asked.error()));
  }
  return State::wait(std::move(question), std::move(name), deadline);
}

void Resolver::stop() {
  const std::lock_guard lock(state_->mutex);
  state_->stopped = true;
  for (auto& [name, questions] : state_->waiting) {
    for (auto& question : questions) (void)question.set(fail(Code::Cancelled, "resolving " + name + " was stopped"));
    questions.clear();
  }
}

Resolver::Addresses Resolver::system_look_up(const std::string& name) {
  addrinfo wanted{};
  wanted.ai_family = AF_UNSPEC;
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int refused = ::getaddrinfo(name.c_str(), nullptr, &wanted, &found);
  if (refused != 0) return fail(Code::Connection, "cannot resolve " + name + ": " + ::gai_strerror(refused));
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> kept(found, &::freeaddrinfo);
  std::vector<std::string> addresses;
  for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
    std::array<char, NI_MAXHOST> text{};
    const int unreadable =
        ::getnameinfo(one->ai_addr, one->ai_addrlen, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST);
    if (unreadable == 0) addresses.emplace_back(text.data());
  }
  if (addresses.empty()) return fail(Code::Connection, name + " has no address");
  return addresses;
}

}  // namespace sekisho::http
