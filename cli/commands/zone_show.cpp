// `sekisho zone show FILE`: whichever zone or node object the file holds, in words, its signatures checked.
#include <fmt/format.h>

#include "cli/commands/zone_files.hpp"
#include "trust/zone/enrolment.hpp"
#include "trust/zone/snapshot.hpp"

namespace sekisho::cli {

namespace {

JsonArray texts(const std::vector<std::string>& list) {
  JsonArray out;
  for (const std::string& text : list) out.push_back(Json(text));
  return out;
}

JsonArray nodes_of(const std::vector<trust::NodeRecord>& nodes) {
  JsonArray out;
  for (const trust::NodeRecord& n : nodes) {
    out.push_back(JsonObject{{"dns", n.dns}, {"organization", n.organization}, {"address", fmt::format("{}:{}", n.ip, n.port)}});
  }
  return out;
}

JsonObject show(const trust::ZoneDescriptor& d) {
  return {{"kind", "zone descriptor"},          {"zone", d.zone},
          {"root", to_hex(d.root.digest())},    {"descriptor", to_hex(d.id)},
          {"sequence", d.sequence},             {"dns_suffixes", texts(d.space.dns_suffixes)},
          {"countries", texts(d.space.countries)}, {"valid_to", to_rfc3339(d.valid_to)}};
}

JsonObject show(const trust::Recognition& r) {
  return {{"kind", "recognition"},
          {"recognition", to_hex(r.id)},
          {"zones", JsonArray{Json(r.a.zone), Json(r.b.zone)}},
          {"signatures", r.object.signatures.size()},
          {"valid_from", to_rfc3339(r.terms.valid_from)},
          {"valid_to", to_rfc3339(r.terms.valid_to)},
          {"max_status_age_s", r.terms.max_status_age_s},
          {"purposes", texts(r.terms.purposes)},
          {"data_categories", texts(r.terms.data_categories)},
          {"legal_basis", r.terms.legal_basis}};
}

JsonObject show(const trust::TrustSnapshot& s) {
  JsonArray foreign;
  for (const trust::ForeignZone& f : s.foreign) {
    foreign.push_back(JsonObject{{"zone", f.descriptor.zone},
                                 {"state", trust::name_of(f.state)},
                                 {"since", to_rfc3339(f.since)},
                                 {"reason", f.reason},
                                 {"recognition", to_hex(f.recognition.id)},
                                 {"peer_sequence", f.peer_sequence},
                                 {"nodes", nodes_of(f.nodes)}});
  }
  return {{"kind", "trust snapshot"},       {"zone", s.zone},
          {"sequence", s.sequence},         {"snapshot", to_hex(s.id)},
          {"created", to_rfc3339(s.created)}, {"expires", to_rfc3339(s.expires)},
          {"nodes", nodes_of(s.nodes)},     {"foreign", std::move(foreign)}};
}

}  // namespace

Facts run_zone_show(const Path& file) {
  Result<Bytes> bytes = read_object(file);
  if (!bytes) return fail(bytes.error());
  if (auto d = trust::ZoneDescriptor::parse(*bytes)) return show(*d);
  if (auto r = trust::Recognition::parse(*bytes)) return show(*r);
  if (auto q = trust::NodeRequest::parse(*bytes)) {
    return JsonObject{{"kind", "node request"}, {"dns", q->dns}, {"organization", q->organization}, {"address", q->address}};
  }
  if (auto c = trust::NodeCertificates::parse(*bytes)) {
    return JsonObject{{"kind", "node certificates"},
                      {"dns", c->tls.dns_names().front()},
                      {"tls_certificate", to_hex(c->tls.digest())},
                      {"statement_certificate", to_hex(c->statement.digest())},
                      {"until", to_rfc3339(c->tls.not_after())}};
  }
  auto s = trust::TrustSnapshot::parse(*bytes);
  if (s) return show(*s);
  return fail(Code::InvalidArgument, file.string() + " is no valid descriptor, recognition, request, certificates or snapshot",
              s.error());
}

}  // namespace sekisho::cli
