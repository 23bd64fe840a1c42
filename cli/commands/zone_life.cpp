// The commands of one zone alone: init, export, enroll, publish, revoke.
#include <array>

#include "cli/commands/zone_files.hpp"
#include "trust/zone/enrolment.hpp"
#include "trust/zone/trust_state.hpp"

namespace sekisho::cli {

namespace {

constexpr std::array kReasons = {std::pair("unspecified", 0),        std::pair("keyCompromise", 1),
                                 std::pair("affiliationChanged", 3), std::pair("superseded", 4),
                                 std::pair("cessationOfOperation", 5)};

Result<int> reason_of(std::string_view text) {
  for (const auto& [name, number] : kReasons) {
    if (text == name) return number;
  }
  return fail(Code::InvalidArgument,
              "a reason is unspecified, keyCompromise, affiliationChanged, superseded or cessationOfOperation");
}

Result<std::vector<trust::Certificate>> certificates_in(const Path& path) {
  Result<Bytes> bytes = read_object(path);
  if (!bytes) return fail(bytes.error());
  if (Result<trust::NodeCertificates> node = trust::NodeCertificates::parse(*bytes)) {
    return std::vector<trust::Certificate>{node->tls, node->statement};
  }
  Result<std::vector<Bytes>> pem = trust::chain_from_pem(as_text(*bytes));
  Result<trust::Certificate> one = trust::Certificate::parse(pem ? pem->front() : *bytes);
  if (!one) return fail(Code::CertificateInvalid, "no certificate in " + path.string(), one.error());
  return std::vector<trust::Certificate>{std::move(*one)};
}

JsonObject zone_facts(const trust::ZoneDescriptor& d) {
  return {{"zone", d.zone}, {"root", to_hex(d.root.digest())}, {"descriptor", to_hex(d.id)}};
}

}  // namespace

Facts run_zone_init(const ZoneInitOptions& options, const Clock& clock) {
  Result<std::optional<trust::KeyWrap>> wrap = wrap_of(options.passphrase_file);
  if (!wrap) return fail(wrap.error());
  trust::ZoneProfile profile;
  profile.zone = options.zone;
  profile.country = options.country;
  profile.dns_suffixes = options.dns_suffixes;
  Result<trust::Authority> authority = trust::Authority::create(profile, clock.now());
  if (!authority) return fail(authority.error());
  Result<ZoneFolder> folder = ZoneFolder::create(options.dir, std::move(*authority), *wrap ? &**wrap : nullptr);
  if (!folder) return fail(folder.error());
  JsonObject facts = zone_facts(folder->authority().descriptor());
  facts["keys"] = *wrap ? "wrapped" : "plain, mode 0600";
  return facts;
}

Facts run_zone_export(const ZoneExportOptions& options, const Clock&) {
  return in_folder(options, [&](trust::Authority& authority) -> Result<Done> {
    return Done{zone_facts(authority.descriptor()), options.out, authority.descriptor().signed_bytes};
  });
}

Facts run_zone_enroll(const ZoneEnrollOptions& options, const Clock& clock) {
  Result<Bytes> bytes = read_object(options.request);
  if (!bytes) return fail(bytes.error());
  Result<trust::NodeRequest> request = trust::NodeRequest::parse(*bytes);
  if (!request) return fail(request.error());
  Result<trust::Assurance> level = trust::assurance_from_text(options.level);
  if (!level) return fail(level.error());
  return in_folder(options, [&](trust::Authority& authority) -> Result<Done> {
    Result<trust::NodeCertificates> out = authority.enroll(*request, *level, clock.now());
    if (!out) return fail(out.error());
    return Done{{{"node", request->dns},
                 {"organization", request->organization},
                 {"level", options.level},
                 {"tls_certificate", to_hex(out->tls.digest())},
                 {"statement_certificate", to_hex(out->statement.digest())},
                 {"until", to_rfc3339(out->tls.not_after())}},
                options.out,
                out->encode()};
  });
}

Facts run_zone_publish(const ZonePublishOptions& options, const Clock& clock) {
  std::vector<Bytes> peers;
  for (const Path& path : options.peer_snapshots) {
    Result<Bytes> bytes = read_object(path);
    if (!bytes) return fail(bytes.error());
    peers.push_back(std::move(*bytes));
  }
  return in_folder(options, [&](trust::Authority& authority) -> Result<Done> {
    for (const Bytes& peer : peers) {
      if (Status s = authority.import_peer_snapshot(peer, clock.now()); !s) return fail(s.error());
    }
    Result<Bytes> bytes = authority.publish(clock.now());
    if (!bytes) return fail(bytes.error());
    Result<trust::TrustSnapshot> snapshot = trust::TrustSnapshot::parse(*bytes);
    if (!snapshot) return fail(snapshot.error());
    return Done{{{"zone", snapshot->zone},
                 {"sequence", snapshot->sequence},
                 {"snapshot", to_hex(snapshot->id)},
                 {"nodes", snapshot->nodes.size()},
                 {"foreign_zones", snapshot->foreign.size()},
                 {"expires", to_rfc3339(snapshot->expires)}},
                options.out,
                std::move(*bytes)};
  });
}

Facts run_zone_revoke(const ZoneRevokeOptions& options, const Clock& clock) {
  Result<int> reason = reason_of(options.reason);
  if (!reason) return fail(reason.error());
  std::optional<Instant> since;
  if (!options.invalid_since.empty()) {
    Result<Instant> read = from_rfc3339(options.invalid_since);
    if (!read) return fail(read.error());
    since = *read;
  }
  Result<std::vector<trust::Certificate>> certificates = certificates_in(options.certificate);
  if (!certificates) return fail(certificates.error());
  return in_folder(options, [&](trust::Authority& authority) -> Result<Done> {
    JsonArray revoked;
    for (const trust::Certificate& c : *certificates) {
      if (Status s = authority.revoke(c, *reason, since, clock.now()); !s) return fail(s.error());
      revoked.push_back(Json(to_hex(c.digest())));
    }
    return Done{{{"revoked", std::move(revoked)}, {"takes_effect", "with the next zone publish"}}};
  });
}

}  // namespace sekisho::cli
