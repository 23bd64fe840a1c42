// One long answer, read as fast as it comes. Prints one JSON object.
//
//   stream_bench plain   --port N --name NAME --cert PEM --key PEM --path PATH
//   stream_bench sealed  … --transfer PID --token T --provider-keys FOLDER --consumer-keys FOLDER [--check all]
//   stream_bench hostile … the same [--stall-ms N] [--after BYTES]
//
// sealed speaks the peer protocol of streams (formats.md 5): it verifies the seal of every head and of the end, and
// sends a signed cumulative receipt every 16 MiB on a connection of its own. With --check all it also hashes every
// window and holds it against its head, as a consumer's node does; without, its reading costs what it costs of nginx.
// hostile takes what it can get after its right ended: it says "flowing" when BYTES came, goes on with receipts,
// ignores the end and the close, and states when (CLOCK_MONOTONIC, seconds) the last octet came. With --stall-ms it
// stops reading when it flows, until a line comes on its input and N ms went by: what lies in the kernels is then
// taken.
#include <condition_variable>
#include <cstdio>
#include <deque>
#include <iostream>
#include <map>
#include <mutex>
#include <thread>

#include <fmt/format.h>

#include "base/core/encoding.hpp"
#include "base/core/json.hpp"
#include "base/core/uuid.hpp"
#include "base/crypto/system_random.hpp"
#include "tests/bench/receipt_signer.hpp"
#include "tests/bench/stream_reader.hpp"
#include "tests/bench/tls_load.hpp"
#include "tests/bench/tls_pipe.hpp"
#include "trust/evidence/envelope.hpp"
#include "trust/evidence/seal.hpp"

namespace sekisho::bench {
namespace {

using SteadyClock = std::chrono::steady_clock;
constexpr std::uint64_t kReceiptBytes = 16U << 20;
constexpr std::size_t kReadAtOnce = 256U << 10;

using Arguments = std::map<std::string, std::string>;

double seconds(SteadyClock::time_point at) { return std::chrono::duration<double>(at.time_since_epoch()).count(); }

// Sends receipts on a connection of its own while the stream is read.
class ReceiptSender {
 public:
  ReceiptSender(TlsTarget target, ReceiptSigner signer)
      : target_(std::move(target)), signer_(std::move(signer)), thread_([this] { run(); }) {}
  ReceiptSender(const ReceiptSender&) = delete;
  ReceiptSender& operator=(const ReceiptSender&) = delete;
  ~ReceiptSender() { finish(); }

  void post(Received received) {
    const std::lock_guard lock(mutex_);
    queue_.push_back(std::move(received));
    changed_.notify_one();
  }
  // Sends what is queued and ends.
  void finish() {
    {
      const std::lock_guard lock(mutex_);
      over_ = true;
      changed_.notify_one();
    }
    if (thread_.joinable()) thread_.join();
  }
  [[nodiscard]] std::uint64_t logged() const { return logged_; }
  [[nodiscard]] const Status& fault() const { return fault_; }

 private:
  void run() {
    auto pipe = TlsPipe::open(target_);
    if (!pipe) {
      fault_ = fail(pipe.error());
      return;
    }
    for (;;) {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return over_ || !queue_.empty(); });
      if (queue_.empty()) return;
      const std::vector<Received> batch(1, std::move(queue_.front()));
      queue_.pop_front();
      lock.unlock();
      if (auto sent = send(*pipe, batch); !sent) {
        fault_ = sent;
        return;
      }
    }
  }

  Status send(TlsPipe& pipe, const std::vector<Received>& batch) {
    const auto body = signer_.body(batch);
    if (!body) return fail(body.error());
    const std::string request = fmt::format(
        "POST /sekisho/v1/receipts HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\n"
        "Content-Length: {}\r\n\r\n{}",
        target_.server_name, body->size(), *body);
    if (auto sent = pipe.write(request); !sent) return sent;
    std::string text;
    AnswerReader answer([&text](std::string_view part) {
      text += part;
      return Status();
    });
    std::vector<char> octets(65536);
    while (!answer.over()) {
      const auto n = pipe.read(octets);
      if (!n) return fail(n.error());
      if (*n == 0) return fail(Code::Truncated, "the receipts' connection ended");
      if (auto fed = answer.feed({octets.data(), *n}); !fed) return fed;
    }
    if (answer.status() != 200 || text.find("\"logged\"") == std::string::npos)
      return fail(Code::ReceiptInvalid, "a receipt was not logged: " + text.substr(0, 300));
    ++logged_;
    return {};
  }

  TlsTarget target_;
  ReceiptSigner signer_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Received> queue_;
  bool over_ = false;
  std::uint64_t logged_ = 0;
  Status fault_;
  std::thread thread_;
};

// What a consumer makes of the frames.
class Consumer {
 public:
  Consumer(Ed25519PublicKey provider, ReceiptSender& receipts, bool check)
      : provider_(provider), receipts_(receipts), check_(check) {}

  Status opened(const std::string& head) {
    const auto envelope = trust::envelope_from_header(header_value(head, "sekisho-statement"));
    if (!envelope) return fail(envelope.error());
    if (auto sealed = trust::verify_seal(envelope->payload, envelope->seal, provider_); !sealed) return sealed;
    auto statement = trust::parse_statement(envelope->payload);
    if (!statement) return fail(statement.error());
    if (statement->kind != trust::StatementKind::StreamOpen)
      return fail(Code::EvidenceInvalid, "no opening of a stream");
    const auto salt = digest_from_hex(header_value(head, "sekisho-salt"));
    if (!salt) return fail(salt.error());
    salt_ = *salt;
    open_ = std::move(*statement);
    return {};
  }
  void chunk(std::string_view part) {
    bytes_ += part.size();
    if (check_) window_ += part;
  }
  Status said(bool end, BytesView octets) {
    const auto envelope = trust::decode_envelope(octets);
    if (!envelope) return fail(envelope.error());
    if (auto sealed = trust::verify_seal(envelope->payload, envelope->seal, provider_); !sealed) return sealed;
    const auto statement = trust::parse_statement(envelope->payload);
    if (!statement) return fail(statement.error());
    if (statement->digest("of") != open_.id) return fail(Code::EvidenceInvalid, "a window of another opening");
    if (end) {
      reason_ = statement->text("reason").value_or("");
      if (reason_ == "COMPLETE" && prefix_) receipts_.post(received(open_.id));
      return {};
    }
    ++windows_;
    prefix_ = trust::Commitment{statement->digest("commitment").value_or(Digest{}),
                                static_cast<std::uint64_t>(statement->integer("bytes").value_or(0)),
                                static_cast<std::uint64_t>(statement->integer("chunks").value_or(0))};
    if (prefix_->bytes != bytes_) return fail(Code::CommitmentMismatch, "a head states other octets than came");
    if (check_) {
      if (auto added = hasher_.add_chunk(as_bytes(window_)); !added) return added;
      if (hasher_.finish(salt_).value != prefix_->value)
        return fail(Code::CommitmentMismatch, "a window is not its head's");
      window_.clear();
    }
    if (bytes_ - receipted_ >= kReceiptBytes) {
      receipted_ = bytes_;
      receipts_.post(received(statement->id));
    }
    return {};
  }

  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }
  [[nodiscard]] std::uint64_t windows() const { return windows_; }
  [[nodiscard]] const std::string& reason() const { return reason_; }

 private:
  [[nodiscard]] Received received(const Digest& of) const {
    return Received{of, open_.agreement, open_.text("exchange").value_or(""), *prefix_};
  }

  Ed25519PublicKey provider_;
  ReceiptSender& receipts_;
  const bool check_;
  trust::Statement open_;
  Digest salt_{};
  trust::ContentHasher hasher_;
  std::string window_;
  std::optional<trust::Commitment> prefix_;
  std::uint64_t bytes_ = 0, windows_ = 0, receipted_ = 0;
  std::string reason_;
};

TlsTarget target_of(Arguments& a) {
  TlsTarget target;
  target.port = static_cast<std::uint16_t>(std::stoi(a["port"]));
  target.server_name = a["name"];
  target.certificate_file = a["cert"];
  target.key_file = a["key"];
  return target;
}

void print(const JsonObject& out) {
  fmt::print("{}\n", to_text(Json(out)));
  std::fflush(stdout);
}

JsonObject measured(std::uint64_t bytes, SteadyClock::time_point start, SteadyClock::time_point end) {
  const double took = std::chrono::duration<double>(end - start).count();
  return {{"bytes", static_cast<std::int64_t>(bytes)},
          {"seconds", took},
          {"mb_s", static_cast<double>(bytes) / 1e6 / took}};
}

Status plain(Arguments& a) {
  auto pipe = TlsPipe::open(target_of(a));
  if (!pipe) return fail(pipe.error());
  std::uint64_t bytes = 0;
  AnswerReader answer([&bytes](std::string_view part) {
    bytes += part.size();
    return Status();
  });
  const auto start = SteadyClock::now();
  if (auto sent = pipe->write(fmt::format("GET {} HTTP/1.1\r\nHost: {}\r\n\r\n", a["path"], a["name"])); !sent)
    return sent;
  std::vector<char> octets(kReadAtOnce);
  while (!answer.over()) {
    const auto n = pipe->read(octets);
    if (!n) return fail(n.error());
    if (*n == 0) return fail(Code::Truncated, "the answer broke off");
    if (auto fed = answer.feed({octets.data(), *n}); !fed) return fed;
  }
  if (answer.status() != 200) return fail(Code::PeerRefused, answer.head());
  print(measured(bytes, start, SteadyClock::now()));
  return {};
}

std::string data_request(Arguments& a) {
  SystemRandom random;
  return fmt::format(
      "GET /data/{} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nSekisho-Exchange: {}\r\nSekisho-Intent: "
      "{}\r\n\r\n",
      a["transfer"], a["name"], a["token"], to_text(make_uuid_v7(SystemClock().now(), random.bytes(10))),
      to_hex(random.digest32()));
}

// Says that the stream flows; with stall-ms then reads nothing until it was told and that time went by.
void flowing(Arguments& a, std::uint64_t bytes) {
  print(JsonObject{{"flowing", static_cast<std::int64_t>(bytes)}});
  if (!a.contains("stall-ms")) return;
  std::string line;
  std::getline(std::cin, line);
  std::this_thread::sleep_for(std::chrono::milliseconds(std::stoi(a["stall-ms"])));
}

Status sealed(Arguments& a, bool hostile) {
  const auto provider = statement_key(a["provider-keys"]);
  if (!provider) return fail(provider.error());
  auto signer = ReceiptSigner::open(a["consumer-keys"]);
  if (!signer) return fail(signer.error());
  ReceiptSender receipts(target_of(a), std::move(*signer));
  Consumer consumer(*provider, receipts, a["check"] == "all");
  FrameSplitter frames({[&](std::string_view part) { consumer.chunk(part); },
                        [&](bool end, BytesView envelope) { return consumer.said(end, envelope); }});
  bool opened = false;
  AnswerReader* self = nullptr;
  AnswerReader answer([&](std::string_view part) -> Status {
    if (self->status() != 200) return fail(Code::PeerRefused, self->head() + std::string(part));
    if (!opened) {
      opened = true;
      if (auto begun = consumer.opened(self->head()); !begun) return begun;
    }
    return frames.feed(part);
  });
  self = &answer;

  auto pipe = TlsPipe::open(target_of(a));
  if (!pipe) return fail(pipe.error());
  const std::uint64_t after = a.contains("after") ? std::stoull(a["after"]) : 0;
  bool told = !hostile;
  const auto start = SteadyClock::now();
  if (auto sent = pipe->write(data_request(a)); !sent) return sent;
  std::vector<char> octets(kReadAtOnce);
  std::string ended_by = "the whole answer";
  while (!answer.over() || hostile) {
    const auto n = pipe->read(octets);
    if (!n && !hostile) return fail(n.error());
    if (!n || *n == 0) {
      ended_by = n ? "close_notify" : "reset";
      break;
    }
    if (auto fed = answer.feed({octets.data(), *n}); !fed) return fed;
    if (!told && consumer.bytes() >= after && opened) {
      told = true;
      flowing(a, consumer.bytes());
    }
  }
  const auto end = SteadyClock::now();
  const std::uint64_t lingered = hostile ? pipe->linger() : 0;
  receipts.finish();
  if (!hostile && !receipts.fault()) return receipts.fault();
  if (!hostile && consumer.reason() != "COMPLETE")
    return fail(Code::Truncated, "the stream ended: " + consumer.reason());
  JsonObject out = measured(consumer.bytes(), start, end);
  out["windows"] = static_cast<std::int64_t>(consumer.windows());
  out["receipts_logged"] = static_cast<std::int64_t>(receipts.logged());
  out["reason"] = consumer.reason();
  if (hostile) {
    out["last_octet"] = seconds(pipe->last());
    out["ended_by"] = ended_by;
    out["octets_after_close"] = static_cast<std::int64_t>(lingered);
  }
  print(out);
  return {};
}

}  // namespace
}  // namespace sekisho::bench

int main(int argc, char** argv) {
  const std::string mode = argc > 1 ? argv[1] : "";
  std::map<std::string, std::string> arguments;
  for (int i = 2; i + 1 < argc; i += 2) arguments[std::string(argv[i]).substr(2)] = argv[i + 1];
  if (mode != "plain" && mode != "sealed" && mode != "hostile") return 2;
  const auto done =
      mode == "plain" ? sekisho::bench::plain(arguments) : sekisho::bench::sealed(arguments, mode == "hostile");
  if (done) return 0;
  fmt::print(stderr, "{}\n", done.error().chain());
  return 1;
}
