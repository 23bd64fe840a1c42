// Where the time of one sealed pull goes: each step alone, on one core, as microseconds of median over many calls. The
// network, TLS and the disk are not in it; the journal's own share is journal_bench's append_cpu_us.
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <vector>

#include <unistd.h>

#include <fmt/format.h>

#include "base/async/blocking_pool.hpp"
#include "base/async/sync_wait.hpp"
#include "base/core/encoding.hpp"
#include "base/core/uuid.hpp"
#include "base/crypto/system_random.hpp"
#include "connectors/builtin.hpp"
#include "node/exchange/intents.hpp"
#include "node/identity/tokens.hpp"
#include "policy/shaper.hpp"
#include "trust/evidence/commitment.hpp"
#include "trust/evidence/envelope.hpp"
#include "trust/evidence/statement.hpp"

namespace {

using namespace sekisho;

void step(const char* name, int calls, const std::function<void()>& work) {
  std::vector<double> times;
  for (int round = 0; round < 51; ++round) {
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < calls; ++i) work();
    times.push_back(std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - begin).count() / calls);
  }
  std::nth_element(times.begin(), times.begin() + 25, times.end());
  fmt::print("{:<58} {:>8.2f} us\n", name, times[25]);
}

std::string record() {
  return R"({"lot":"BENCH","type":"ObjectEvent","value":4.25,"grower":{"name":"Yamada Hanako"},"note":")" + std::string(900, 'x') + "\"}\n";
}

async::Task<Status> read_all(connectors::Connector& connector) {
  auto reader = co_await connector.open(async::Deadline::never());
  if (!reader) co_return fail(reader.error());
  const connectors::Credits credits{4096, 1U << 20, async::Deadline::never()};
  auto batch = co_await (*reader)->read(credits);
  if (!batch) co_return fail(batch.error());
  co_return Status();
}

void token_step() {
  SystemRandom random;
  SystemClock clock(std::chrono::milliseconds(100));
  const auto key = std::make_shared<const EcdsaPrivateKey>(EcdsaPrivateKey::generate(Curve::P256));
  node::TokenService tokens("did:web:farm.jp.example", key, clock, random);
  const Digest certificate = random.digest32();
  const auto token = tokens.issue("urn:uuid:1", "did:web:trade.eu.example", certificate);
  step("authenticate: token, verified before", 2000, [&] { (void)tokens.verify(token->token, certificate).has_value(); });
}

void fetch_step(const std::filesystem::path& folder) {
  std::ofstream(folder / "record.ndjson") << record();
  connectors::Context context;
  context.blocking = std::make_shared<async::BlockingPool>(1, 16);
  auto connector = connectors::make_connector(connectors::FileSource{folder.string()}, context);
  step("fetch: the file, opened and read each time", 50, [&] { (void)async::sync_wait(read_all(**connector)).has_value(); });
}

void shape_step() {
  const auto view = policy::View::parse(
      parse_json(R"({"media":"application/x-ndjson","rows":[{"pointer":"/lot","op":"eq","value":"BENCH"}],
                     "fields":{"/lot":"keep","/type":"keep","/value":"keep","/note":"keep","/grower":"drop"}})")
          .value());
  const auto shaper = policy::make_shaper(&*view);
  const std::string content = record();
  step("shape: one row filtered, one member dropped", 1000, [&] { (void)(*shaper)->shape(content).has_value(); });
}

void record_steps() {
  SystemRandom random;
  const std::string body = record();
  const Digest salt = random.digest32();
  step("record: salt and commitment of 1 KiB", 2000, [&] { (void)trust::commit(random.digest32(), as_bytes(body)); });
  step("authorize: digest of the question", 1000,
       [&] { (void)node::request_digest("GET", "cold-chain-events", std::nullopt, "*/*"); });
  const std::string hex = to_hex(salt);
  const Uuid exchange = make_uuid_v7(SystemClock().now(), random.bytes(10));
  const auto draft = [&] {
    trust::Draft out;
    out.kind = trust::StatementKind::Release;
    out.agreement = salt;
    out.subject.push_back(trust::Subject{to_text(exchange), salt});
    out.members = JsonObject{{"terms", hex},   {"exchange", to_text(exchange)}, {"intent", hex},  {"request", hex},
                             {"tlsCert", hex}, {"decision", hex},               {"media", "application/x-ndjson"}};
    return out;
  };
  trust::Assigned assigned;
  assigned.issuer = trust::Issuer{"did:web:farm.jp.example", "jp", salt};
  assigned.origin = "farm.jp.example/sekisho/2026h2";
  assigned.counter = 7;
  assigned.prev = salt;
  step("record: the release's draft", 1000, [&] { (void)draft(); });
  const trust::Draft made = draft();
  step("record: payload assembled and its id", 1000, [&] { (void)trust::statement_id(trust::assemble(made, assigned)); });
  KeySigner signer(Ed25519PrivateKey::generate(random));
  std::vector<trust::SealInput> inputs(32, trust::SealInput{salt, "payload"});
  step("record: seal, share of one in a batch of 32", 100, [&] { (void)trust::seal_batch(std::span(inputs).first(32), signer).has_value(); });
  fmt::print("    (the line above is the whole batch: divide by 32)\n");
  const trust::Envelope envelope{trust::assemble(made, assigned), trust::seal_batch(inputs, signer).value()[5]};
  step("answer: the statement as a header", 1000, [&] { (void)trust::envelope_header(envelope).has_value(); });
}

}  // namespace

int main() {
  const auto folder = std::filesystem::temp_directory_path() / ("steps_bench." + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  token_step();
  fetch_step(folder);
  shape_step();
  record_steps();
  std::filesystem::remove_all(folder);
  return 0;
}
