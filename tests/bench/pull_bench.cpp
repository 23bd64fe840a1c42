// Load on a data plane, and the proof that each answer was a sealed exchange of its own. Prints one JSON object.
//
//   pull_bench plain    --port N --name NAME --cert PEM --key PEM --connections C --seconds S --path PATH
//   pull_bench plain    … --paths FILE [--token T]: the paths of the file, one a line, in turn; a bearer token for each
//   pull_bench sealed   … --token T --transfer PID --provider-keys FOLDER
//   pull_bench exchange … the same, and every answer is verified and receipted, eight at a time, with --consumer-keys FOLDER
#include <cstdio>
#include <fstream>
#include <map>
#include <random>

#include <fmt/format.h>

#include "base/core/encoding.hpp"
#include "base/core/json.hpp"
#include "base/core/uuid.hpp"
#include "base/crypto/system_random.hpp"
#include "tests/bench/receipt_signer.hpp"
#include "tests/bench/tls_load.hpp"
#include "trust/evidence/commitment.hpp"
#include "trust/evidence/envelope.hpp"
#include "trust/evidence/seal_cache.hpp"
#include "trust/evidence/statement.hpp"

namespace sekisho::bench {
namespace {

constexpr std::size_t kSamples = 100;
constexpr std::size_t kReceiptBatch = 8;

struct Sample {
  std::string statement, salt, body;
};

// 100 random answers of the whole run, kept whole to be verified afterwards.
class Reservoir {
 public:
  void offer(const LoadAnswer& answer) {
    if (answer.status != 200) return;
    ++seen_;
    if (samples_.size() < kSamples) {
      samples_.push_back(take(answer));
      return;
    }
    const auto at = std::uniform_int_distribution<std::uint64_t>(0, seen_ - 1)(random_);
    if (at < kSamples) samples_[at] = take(answer);
  }

  // How many verify: seal, commitment, and an exchange that no other sample has.
  [[nodiscard]] Result<std::size_t> verify(const Ed25519PublicKey& provider) const {
    std::map<std::string, int> exchanges;
    std::size_t good = 0;
    for (const Sample& sample : samples_) {
      const auto envelope = trust::envelope_from_header(sample.statement);
      if (!envelope) return fail(envelope.error());
      const auto statement = trust::parse_statement(envelope->payload);
      if (!statement) return fail(statement.error());
      if (auto sealed = trust::verify_seal(envelope->payload, envelope->seal, provider); !sealed) return fail(sealed.error());
      const auto salt = digest_from_hex(sample.salt);
      if (!salt) return fail(salt.error());
      if (auto fits = trust::verify_commitment(*salt, as_bytes(sample.body), statement->subject.at(0).commitment); !fits) return fail(fits.error());
      if (++exchanges[statement->text("exchange").value_or("")] > 1) return fail(Code::ExchangeReplayed, "two answers of one exchange");
      ++good;
    }
    return good;
  }

 private:
  static Sample take(const LoadAnswer& answer) {
    return Sample{std::string(header_value(answer.header, "Sekisho-Statement")), std::string(header_value(answer.header, "Sekisho-Salt")),
                  std::string(answer.body)};
  }
  std::uint64_t seen_ = 0;
  std::vector<Sample> samples_;
  std::mt19937_64 random_{20261124};
};

// Verifies what came and receipts it, eight at a time, on the connection that it came over: so at most
// 8 · connections releases are open, as a consumer that keeps its agreement has them.
class Receipts {
 public:
  Receipts(std::size_t connections, Ed25519PublicKey provider, ReceiptSigner signer)
      : provider_(provider), signer_(std::move(signer)), held_(connections) {}

  void take(const LoadAnswer& answer) {
    if (answer.body.starts_with("{\"results\"")) {
      for (std::size_t at = answer.body.find("\"logged\""); at != std::string_view::npos; at = answer.body.find("\"logged\"", at + 1)) ++logged_;
    } else if (answer.status == 200) {
      ++pulls_;
      held_[answer.connection].push_back(Sample{std::string(header_value(answer.header, "Sekisho-Statement")),
                                                std::string(header_value(answer.header, "Sekisho-Salt")), std::string(answer.body)});
    }
  }
  // The body of a receipts call when it is time for one; empty otherwise.
  std::string due(std::size_t connection) {
    auto& held = held_[connection];
    if (held.size() < kReceiptBatch) return {};
    auto body = receipts(held);
    held.clear();
    if (!body) {
      fault_ = fail(body.error());
      return "{}";
    }
    return std::move(*body);
  }
  [[nodiscard]] std::uint64_t logged() const { return logged_; }
  [[nodiscard]] std::uint64_t pulls() const { return pulls_; }
  [[nodiscard]] const Status& fault() const { return fault_; }

 private:
  Result<std::string> receipts(const std::vector<Sample>& samples) {
    std::vector<Received> all;
    for (const Sample& sample : samples) {
      const auto envelope = trust::envelope_from_header(sample.statement);
      if (!envelope) return fail(envelope.error());
      const auto release = trust::parse_statement(envelope->payload);
      if (!release) return fail(release.error());
      if (auto sealed = seals_.verify(envelope->payload, envelope->seal, provider_); !sealed) return fail(sealed.error());
      const auto salt = digest_from_hex(sample.salt);
      if (!salt) return fail(salt.error());
      const auto received = trust::commit(*salt, as_bytes(sample.body));
      if (received.value != release->subject.at(0).commitment) return fail(Code::CommitmentMismatch, "an answer does not fit");
      all.push_back(Received{release->id, release->agreement, release->text("exchange").value_or(""), received});
    }
    return signer_.body(all);
  }

  Ed25519PublicKey provider_;
  ReceiptSigner signer_;
  std::vector<std::vector<Sample>> held_;
  trust::SealCache seals_;
  std::uint64_t logged_ = 0;
  std::uint64_t pulls_ = 0;
  Status fault_;
};

struct Arguments {
  std::string mode;
  std::map<std::string, std::string> values;
  const std::string& operator[](const std::string& name) { return values[name]; }
};

int fail_with(const Error& error) {
  fmt::print(stderr, "{}\n", error.chain());
  return 1;
}

std::vector<std::string> paths_of(const std::string& path, const std::string& file) {
  if (file.empty()) return {path};
  std::vector<std::string> paths;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) paths.push_back(line);
  if (paths.empty()) paths.push_back(path);
  return paths;
}

int run(Arguments a) {
  LoadOptions options;
  options.port = static_cast<std::uint16_t>(std::stoi(a["port"]));
  options.server_name = a["name"];
  options.certificate_file = a["cert"];
  options.key_file = a["key"];
  options.connections = static_cast<std::size_t>(std::stoi(a["connections"]));
  options.duration = std::chrono::milliseconds(static_cast<long>(std::stod(a["seconds"]) * 1000));

  Reservoir samples;
  SystemRandom random;
  SystemClock clock;
  std::function<void(std::size_t, std::string&)> make;
  std::function<void(const LoadAnswer&)> see = [](const LoadAnswer&) {};
  Ed25519PublicKey provider;
  std::unique_ptr<Receipts> receipts;
  const std::vector<std::string> paths = paths_of(a["path"], a["paths"]);
  if (a.mode == "plain") {
    const std::string token = a["token"].empty() ? "" : fmt::format("Authorization: Bearer {}\r\n", a["token"]);
    make = [&, token, turn = std::size_t{0}](std::size_t, std::string& out) mutable {
      out = fmt::format("GET {} HTTP/1.1\r\nHost: {}\r\n{}\r\n", paths[turn++ % paths.size()], a["name"], token);
    };
  } else {
    const auto key = statement_key(a["provider-keys"]);
    if (!key) return fail_with(key.error());
    provider = *key;
    const std::string intent = to_hex(random.digest32());
    make = [&, intent](std::size_t, std::string& out) {
      out = fmt::format("GET /data/{} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nSekisho-Exchange: {}\r\nSekisho-Intent: {}\r\n\r\n",
                        a["transfer"], a["name"], a["token"], to_text(make_uuid_v7(clock.now(), random.bytes(10))), intent);
    };
    see = [&](const LoadAnswer& answer) { samples.offer(answer); };
  }
  if (a.mode == "exchange") {
    auto signer = ReceiptSigner::open(a["consumer-keys"]);
    if (!signer) return fail_with(signer.error());
    receipts = std::make_unique<Receipts>(options.connections, provider, std::move(*signer));
    const auto pull = make;
    make = [&, pull](std::size_t connection, std::string& out) {
      const std::string body = receipts->due(connection);
      if (body.empty()) return pull(connection, out);
      out = fmt::format("POST /sekisho/v1/receipts HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{}",
                        a["name"], body.size(), body);
    };
    see = [&](const LoadAnswer& answer) {
      if (!answer.body.starts_with("{\"results\"")) samples.offer(answer);
      receipts->take(answer);
    };
  }
  auto report = run_load(options, make, see);
  if (!report) return fail_with(report.error());
  JsonObject out{{"answers", static_cast<std::int64_t>(report->all_answers)}, {"refused", static_cast<std::int64_t>(report->refused)},
                 {"per_second", report->per_second()},  {"p50_ms", report->percentile_ms(0.5)},
                 {"p95_ms", report->percentile_ms(0.95)}, {"p99_ms", report->percentile_ms(0.99)}};
  if (report->refused > 0) out["first_refusal"] = report->first_refusal.substr(0, 600);
  if (receipts) {
    if (!receipts->fault()) return fail_with(receipts->fault().error());
    // Of all answers, the share that were pulls.
    const double share = static_cast<double>(receipts->pulls()) / static_cast<double>(report->all_answers);
    out["answers"] = static_cast<std::int64_t>(receipts->pulls());
    out["per_second"] = report->per_second() * share;
    out["receipts_logged"] = static_cast<std::int64_t>(receipts->logged());
  }
  if (a.mode != "plain") {
    const auto good = samples.verify(provider);
    if (!good) return fail_with(good.error());
    out["verified"] = static_cast<std::int64_t>(*good);
  }
  fmt::print("{}\n", to_text(Json(std::move(out))));
  return 0;
}

}  // namespace
}  // namespace sekisho::bench

int main(int argc, char** argv) {
  sekisho::bench::Arguments arguments;
  if (argc > 1) arguments.mode = argv[1];
  for (int i = 2; i + 1 < argc; i += 2) arguments.values[std::string(argv[i]).substr(2)] = argv[i + 1];
  if (arguments.mode != "plain" && arguments.mode != "sealed" && arguments.mode != "exchange") return 2;
  return sekisho::bench::run(std::move(arguments));
}
