#include <fmt/format.h>

#include "base/core/encoding.hpp"
#include "base/crypto/digest.hpp"
#include "trust/evidence/member_table.hpp"
#include "trust/evidence/reference.hpp"
#include "trust/evidence/statement.hpp"
#include "trust/log/checkpoint.hpp"

namespace sekisho::trust {
namespace {

constexpr std::array<std::string_view, 8> kCommon = {"issuer", "log",       "clock",   "snapshot",
                                                     "rand",   "agreement", "counter", "prev"};
constexpr std::string_view kDidWeb = "did:web:";
constexpr std::size_t kMaxErased = 64;
// DSSE: "DSSEv1" SP length(type) SP type SP length(payload) SP payload
constexpr std::string_view kPaePrefix = "DSSEv1 28 application/vnd.in-toto+json ";
static_assert(kPayloadType.size() == 28);

Result<Digest> hash_member(const JsonObject& object, std::string_view name) {
  const Result<std::string> text = get_string(object, name);
  Result<Digest> digest = text ? digest_from_hex(*text) : Result<Digest>(fail(text.error()));
  if (!digest) return fail(statement_error(name, "is not 64 hex digits").error());
  return digest;
}

Result<std::uint64_t> integer_member(const JsonObject& object, std::string_view name) {
  const Result<std::int64_t> value = get_integer(object, name);
  if (!value || *value < 0 || *value >= (std::int64_t{1} << 53)) {
    return fail(statement_error(name, "is not an integer from 0 to 2^53 - 1").error());
  }
  return static_cast<std::uint64_t>(*value);
}

Result<Instant> time_member(const JsonObject& object, std::string_view name) {
  const Result<std::string> text = get_string(object, name);
  Result<Instant> time = text ? from_rfc3339(*text) : Result<Instant>(fail(text.error()));
  if (!time || to_rfc3339(*time) != *text) {
    return fail(statement_error(name, "is not a time in UTC with microseconds").error());
  }
  return time;
}

// The member as an object of exactly these members.
Result<const JsonObject*> exact_object(const JsonObject& parent, std::string_view name,
                                       std::initializer_list<std::string_view> members) {
  const Result<const JsonObject*> object = get_object(parent, name);
  if (!object || (*object)->size() != members.size() || !only_members(**object, members)) {
    return fail(statement_error(name, "has not exactly its members").error());
  }
  return object;
}

Status read_issuer_and_log(const JsonObject& predicate, Statement& out) {
  const auto issuer = exact_object(predicate, "issuer", {"did", "zone", "cert"});
  if (!issuer) return fail(issuer.error());
  const Result<std::string> did = get_string(**issuer, "did");
  const Result<std::string> zone = get_string(**issuer, "zone");
  if (!did || !did->starts_with(kDidWeb)) return statement_error("issuer.did", "is not a did:web");
  if (!zone || zone->empty() || zone->size() > 64) return statement_error("issuer.zone", "is not a zone's name");
  const Result<Digest> cert = hash_member(**issuer, "cert");
  if (!cert) return fail(cert.error());
  out.issuer = {*did, *zone, *cert};

  const auto log = exact_object(predicate, "log", {"origin", "index", "time"});
  if (!log) return fail(log.error());
  const Result<std::string> origin = get_string(**log, "origin");
  const Result<LogOrigin> parsed = origin ? parse_log_origin(*origin) : Result<LogOrigin>(fail(origin.error()));
  if (!parsed) return statement_error("log.origin", "is not the origin of a Sekisho log");
  if (parsed->dns != std::string_view(*did).substr(kDidWeb.size())) {
    return statement_error("log.origin", "is not of the issuer's host");
  }
  const Result<std::uint64_t> index = integer_member(**log, "index");
  if (!index) return fail(index.error());
  const Result<Instant> time = time_member(**log, "time");
  if (!time) return fail(time.error());
  out.origin = *origin;
  out.index = *index;
  out.time = *time;
  return {};
}

Status read_clock_and_snapshot(const JsonObject& predicate, Statement& out) {
  const auto clock = exact_object(predicate, "clock", {"now", "u"});
  if (!clock) return fail(clock.error());
  const Result<Instant> now = time_member(**clock, "now");
  if (!now) return fail(now.error());
  const Result<std::uint64_t> u = integer_member(**clock, "u");
  if (!u) return fail(u.error());
  out.clock = {*now, std::chrono::microseconds(static_cast<std::int64_t>(*u))};

  const auto snapshot = exact_object(predicate, "snapshot", {"seq", "digest"});
  if (!snapshot) return fail(snapshot.error());
  const Result<std::uint64_t> seq = integer_member(**snapshot, "seq");
  if (!seq) return fail(seq.error());
  const Result<Digest> digest = hash_member(**snapshot, "digest");
  if (!digest) return fail(digest.error());
  out.snapshot_seq = *seq;
  out.snapshot_digest = *digest;

  const Result<std::string> rand = get_string(predicate, "rand");
  const Result<Bytes> octets = rand ? from_hex(*rand) : Result<Bytes>(fail(rand.error()));
  if (!octets || octets->size() != out.rand.size()) return statement_error("rand", "is not 32 hex digits");
  std::copy(octets->begin(), octets->end(), out.rand.begin());
  return {};
}

Status read_chain(const JsonObject& predicate, Statement& out) {
  if (predicate.contains("agreement")) {
    const Result<Digest> agreement = hash_member(predicate, "agreement");
    if (!agreement) return fail(agreement.error());
    out.agreement = *agreement;
  } else if (rule_of(out.kind).agreement == Presence::Required) {
    return statement_error("agreement", "is missing");
  }
  if (predicate.contains("counter") != out.agreement.has_value()) {
    return statement_error("counter", "stands exactly where an agreement is named");
  }
  if (out.agreement) {
    const Result<std::uint64_t> counter = integer_member(predicate, "counter");
    if (!counter) return fail(counter.error());
    out.counter = *counter;
  }
  if (predicate.contains("prev") != (out.counter.value_or(0) > 0)) {
    return statement_error("prev", "stands exactly where the counter is above 0");
  }
  if (predicate.contains("prev")) {
    const Result<Digest> prev = hash_member(predicate, "prev");
    if (!prev) return fail(prev.error());
    out.prev = *prev;
  }
  return {};
}

struct RawSubject {
  std::string name;
  bool commitment = false;
  Digest digest{};
};

Result<RawSubject> read_subject(const Json& value) {
  const auto bad = [] { return fail(statement_error("subject", "is not name and one digest").error()); };
  if (!value.is_object() || value.get_object().size() != 2) return bad();
  const JsonObject& object = value.get_object();
  const Result<std::string> name = get_string(object, "name");
  const Result<const JsonObject*> digest = get_object(object, "digest");
  if (!name || name->empty() || name->size() > 512 || !digest || (*digest)->size() != 1) return bad();
  const auto& [algorithm, hex] = *(*digest)->begin();
  const bool commitment = algorithm == kCommitDigest;
  if ((!commitment && algorithm != kReferenceDigest) || !hex.is_string()) return bad();
  const Result<Digest> octets = digest_from_hex(hex.get_string());
  if (!octets) return bad();
  return RawSubject{*name, commitment, *octets};
}

Status read_subjects(const JsonArray& list, Statement& out) {
  const KindRule& rule = rule_of(out.kind);
  const bool erased = rule.subject == SubjectRule::Erased;
  if (list.empty() || list.size() > (erased ? kMaxErased : 1)) return statement_error("subject", "has a wrong number");
  for (const Json& value : list) {
    const Result<RawSubject> subject = read_subject(value);
    if (!subject) return fail(subject.error());
    if (erased) {
      if (!subject->commitment) return statement_error("subject", "is not a commitment");
      out.subject.push_back({subject->name, subject->digest});
      continue;
    }
    if (subject->name != out.text(rule.subject_member))
      return statement_error("subject", "has not its object's id as name");
    const std::optional<Digest> stated =
        rule.subject == SubjectRule::ContentOrReference ? out.digest("commitment") : std::nullopt;
    const bool content = rule.subject == SubjectRule::Content || stated.has_value();
    if (content != subject->commitment) return statement_error("subject", "has another digest than its kind");
    if (stated && *stated != subject->digest) return statement_error("subject", "is not the member commitment");
    if (content) {
      out.subject.push_back({subject->name, subject->digest});
    } else if (subject->digest != reference_digest(out.rand, subject->name)) {
      return statement_error("subject", "has a reference digest that is not derived from its name");
    }
  }
  return {};
}

}  // namespace

Result<Statement> parse_statement(std::string_view payload) {
  if (payload.size() > kMaxPayloadBytes) return fail(Code::StatementInvalid, "the statement is over its limit");
  Result<Json> json = parse_json(payload, {.bytes = kMaxPayloadBytes, .depth = 8, .values = 512});
  if (!json) return fail(Code::StatementInvalid, "the statement is not strict JSON", json.error());
  if (!json->is_object()) return fail(Code::StatementInvalid, "the statement is not an object");
  JsonObject& top = json->get_object();
  if (top.size() != 4 || !only_members(top, {"_type", "subject", "predicateType", "predicate"})) {
    return fail(statement_error("the top", "has not exactly its members").error());
  }
  const Result<std::string> type = get_string(top, "_type");
  if (!type || *type != "https://in-toto.io/Statement/v1") {
    return fail(statement_error("_type", "is not in-toto Statement v1").error());
  }
  const Result<std::string> predicate_name = get_string(top, "predicateType");
  const auto kind = predicate_name ? kind_of_predicate(*predicate_name) : std::nullopt;
  if (!kind) return fail(statement_error("predicateType", "is unknown").error());
  const Result<const JsonObject*> predicate = get_object(top, "predicate");
  const Result<const JsonArray*> subjects = get_array(top, "subject");
  if (!predicate || !subjects) return fail(statement_error("the top", "has members of another type").error());

  Statement out;
  out.kind = *kind;
  if (Status s = check_members(*kind, **predicate, kCommon); !s) return fail(s.error());
  if (Status s = read_issuer_and_log(**predicate, out); !s) return fail(s.error());
  if (Status s = read_clock_and_snapshot(**predicate, out); !s) return fail(s.error());
  if (Status s = read_chain(**predicate, out); !s) return fail(s.error());
  out.predicate = **predicate;
  if (Status s = read_subjects(**subjects, out); !s) return fail(s.error());
  out.id = statement_id(payload);
  return out;
}

Bytes pae(std::string_view payload) {
  Bytes out;
  const std::string length = fmt::format("{} ", payload.size());
  out.reserve(kPaePrefix.size() + length.size() + payload.size());
  append(out, kPaePrefix);
  append(out, length);
  append(out, payload);
  return out;
}

Digest statement_id(std::string_view payload) {
  const std::string length = fmt::format("{} ", payload.size());
  return sha256({as_bytes(kPaePrefix), as_bytes(length), as_bytes(payload)});
}

}  // namespace sekisho::trust
