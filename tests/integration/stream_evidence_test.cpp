// What both nodes export of a stream proves every release window offline, and nothing of it can be changed or left out
// unseen.
#include <fstream>

#include "base/core/encoding.hpp"
#include "base/core/random.hpp"
#include "tests/integration/stream_world.hpp"
#include "trust/evidence/bundle.hpp"
#include "trust/evidence/statement.hpp"
#include "trust/evidence/verify_bundle.hpp"

namespace sekisho::test {
namespace {

using Members = std::map<std::string, Bytes>;

std::string print(const trust::VerificationReport& report) {
  std::string out(trust::verdict_info(report.verdict).name);
  for (const trust::Finding& f : report.findings) {
    if (!f.ok()) out += "\n  " + f.group + " " + f.member + ": " + f.detail;
  }
  return out;
}

class StreamEvidence : public StreamWorld {
 protected:
  void SetUp() override {
    std::ofstream bulk(world.folder.path() / "large.ndjson");
    for (int n = 0; n < 3000; ++n) bulk << "{\"n\":" << n << ",\"text\":\"" << std::string(1005, 'x') << "\"}\n";
    bulk.close();
    world.start();
  }
  void take(LoopbackNode& node, const std::string& exchange, Members& out) {
    const auto answer = node.service("POST", "/v1/audit/export", "{\"exchange\":\"" + exchange + "\"}",
                                     {{"Authorization", "Bearer " + node.auditor}});
    ASSERT_EQ(answer.status, 200) << answer.body;
    std::istringstream lines(answer.body);
    for (std::string line; std::getline(lines, line);) {
      const JsonObject row = object_in(line);
      const auto name = get_string(row, "name");
      if (!name) continue;
      out[*name] = from_base64(get_string(row, "data").value_or("")).value();
    }
  }
  Members members(const std::string& exchange) {
    Members out;
    take(world.farm, exchange, out);
    take(world.trade, exchange, out);
    return out;
  }
  trust::VerificationReport judge(const Members& members) {
    trust::BundleWriter writer;
    for (const auto& [name, content] : members) EXPECT_TRUE(writer.add(name, content)) << name;
    return trust::verify_bundle(writer.finish().value(),
                                {{"jp", world.jp.state->root_digest()}, {"eu", world.eu.state->root_digest()}});
  }
  // The statement members of one kind, the newest last.
  static std::vector<std::string> of_kind(const Members& members, trust::StatementKind kind) {
    std::map<Instant, std::string> found;
    for (const auto& [name, content] : members) {
      if (!name.starts_with("statements/")) continue;
      const auto statement = trust::parse_statement(trust::decode_envelope(content).value().payload);
      if (statement && statement->kind == kind) found[statement->time] = name;
    }
    std::vector<std::string> out;
    for (const auto& [time, name] : found) out.push_back(name);
    return out;
  }
  // The same envelope with the text replaced in its payload.
  static Bytes altered(const Bytes& envelope, const std::string& from, const std::string& to) {
    trust::Envelope e = trust::decode_envelope(envelope).value();
    const auto at = e.payload.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    if (at != std::string::npos) e.payload.replace(at, from.size(), to);
    return trust::encode_envelope(e);
  }
};

TEST_F(StreamEvidence, EveryWindowIsProvenAndNothingIsChangedUnseen) {
  StreamCall call(world.trade, data_target("large"));
  ASSERT_TRUE(eventually([&] { return call.done(); }));
  ASSERT_TRUE(call.whole()) << call.error();
  ASSERT_TRUE(eventually([this] { return count(world.farm, "NRR_IN") == 1; }));
  const Members whole = members(call.header("Sekisho-Exchange"));
  const auto heads = of_kind(whole, trust::StatementKind::StreamHead);
  const auto receipts = of_kind(whole, trust::StatementKind::Receipt);
  ASSERT_EQ(heads.size(), 3U);
  ASSERT_EQ(receipts.size(), 1U);
  const auto report = judge(whole);
  EXPECT_LE(report.verdict, trust::Verdict::ValidUnconfirmed) << print(report);
  ASSERT_EQ(report.facts.size(), 1U);
  EXPECT_EQ(report.facts[0].outcome, "released, verified");

  // With the data of the client each window is checked too.
  Members disclosed = whole;
  const auto open = of_kind(whole, trust::StatementKind::StreamOpen);
  ASSERT_EQ(open.size(), 1U);
  const auto id = digest_from_hex(open[0].substr(std::string_view("statements/").size()));
  ASSERT_TRUE(id);
  trust::Disclosure disclosure{*id, digest_from_hex(call.header("Sekisho-Salt")).value(), to_bytes(call.body())};
  disclosed[trust::disclosure_member(*id)] = to_bytes(trust::format_disclosure(disclosure));
  EXPECT_LE(judge(disclosed).verdict, trust::Verdict::ValidUnconfirmed) << print(judge(disclosed));
  (*disclosure.data)[2U << 20] ^= 1;
  disclosed[trust::disclosure_member(*id)] = to_bytes(trust::format_disclosure(disclosure));

  struct Case {
    const char* name;
    Members members;
    std::string member;
  };
  const auto with = [&whole](const std::string& name, Bytes content) {
    Members out = whole;
    out[name] = std::move(content);
    return out;
  };
  const auto without = [&whole](const std::string& name) {
    Members out = whole;
    out.erase(name);
    return out;
  };
  const Case cases[] = {
      {"data of a window", disclosed, trust::disclosure_member(*id)},
      {"a head's octets", with(heads[1], altered(whole.at(heads[1]), "\"bytes\":2097152", "\"bytes\":2097151")),
       heads[1]},
      {"a head left out", without(heads[1]), ""},
      {"the last head left out", without(heads[2]), ""},
      {"the receipt's outcome", with(receipts[0], altered(whole.at(receipts[0]), "verified", "rejected")), receipts[0]},
      {"a head in place of another", with(heads[1], whole.at(heads[0])), heads[1]},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    const auto changed = judge(c.members);
    EXPECT_GT(changed.verdict, trust::Verdict::ValidUnconfirmed);
    if (c.member.empty()) continue;
    EXPECT_NE(print(changed).find(c.member), std::string::npos) << print(changed);
  }
}

// What left before a cut still verifies.
TEST_F(StreamEvidence, AStreamThatWasCutVerifiesAsFarAsItCame) {
  std::ofstream bulk(world.folder.path() / "large.ndjson");
  for (int n = 0; n < 40 * 1024; ++n) bulk << "{\"n\":" << n << ",\"text\":\"" << std::string(1005, 'x') << "\"}\n";
  bulk.close();
  StreamCall call(world.trade, data_target("large"));
  ASSERT_TRUE(eventually([&] { return call.size() > 0; })) << call.error();
  call.hold();
  const Json remove = JsonObject{{"remove", JsonArray{JsonObject{{"kind", "offer"}, {"id", "offer-large"}}}}};
  ASSERT_EQ(world.farm.operate("POST", "/apply", to_text(remove)).status, 200);
  ASSERT_TRUE(ends_with(world.farm, "STREAM_END_OUT", "OFFER_UNKNOWN"));
  call.go_on();
  ASSERT_TRUE(eventually([&] { return call.done(); }));
  ASSERT_TRUE(eventually([this] { return entries(world.farm, "NRR_IN").find("\"partial\"") != std::string::npos; }));
  const auto report = judge(members(call.header("Sekisho-Exchange")));
  EXPECT_LE(report.verdict, trust::Verdict::Indeterminate) << print(report);
  ASSERT_EQ(report.facts.size(), 1U);
  EXPECT_EQ(report.facts[0].outcome, "released, unconfirmed") << print(report);
}

}  // namespace
}  // namespace sekisho::test
