// `sekisho zone …`: what an officer of a zone does, on files, as two ministries would exchange them. Each function is
// one command without its command line: options in, facts out, files written. Errors are those of trust/zone.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/core/clock.hpp"
#include "cli/commands/zone_reporter.hpp"

namespace CLI {
class App;
}

namespace sekisho::cli {

using Path = std::filesystem::path;

struct ZoneDir {
  Path dir;              // the zone's folder
  Path passphrase_file;  // empty: keys lie plain at 0600
};

struct ZoneInitOptions : ZoneDir {
  std::string zone, country;
  std::vector<std::string> dns_suffixes;
};
[[nodiscard]] Facts run_zone_init(const ZoneInitOptions& options, const Clock& clock);

struct ZoneExportOptions : ZoneDir {
  Path out;
};
[[nodiscard]] Facts run_zone_export(const ZoneExportOptions& options, const Clock& clock);

struct ZoneTrustOptions : ZoneDir {
  Path peer;                // the peer's descriptor
  std::string fingerprint;  // SHA-256 of its root certificate, as compared over another channel
};
[[nodiscard]] Facts run_zone_trust(const ZoneTrustOptions& options, const Clock& clock);

struct ZoneProposeOptions : ZoneDir {
  Path peer;  // the peer's descriptor, trusted before
  Path out;
  std::uint32_t valid_days = 365;
  std::uint32_t max_status_age_s = 24 * 3600;
  std::uint32_t max_cross_certificate_days = 366;
  std::vector<std::string> purposes, data_categories;
  std::string legal_basis;
};
[[nodiscard]] Facts run_zone_propose(const ZoneProposeOptions& options, const Clock& clock);

struct ZoneSignOptions : ZoneDir {
  Path recognition;  // signed in place
};
[[nodiscard]] Facts run_zone_sign(const ZoneSignOptions& options, const Clock& clock);

struct ZoneMergeOptions {
  Path first, second, out;
};
[[nodiscard]] Facts run_zone_merge(const ZoneMergeOptions& options);

struct ZoneChallengeOptions : ZoneDir {
  Path recognition, out;
};
[[nodiscard]] Facts run_zone_challenge(const ZoneChallengeOptions& options, const Clock& clock);

struct ZoneProveOptions : ZoneDir {
  Path challenge, out;
};
[[nodiscard]] Facts run_zone_prove(const ZoneProveOptions& options, const Clock& clock);

struct ZoneCheckProofOptions : ZoneDir {
  Path proof;
};
[[nodiscard]] Facts run_zone_check_proof(const ZoneCheckProofOptions& options, const Clock& clock);

struct ZoneCertifyOptions : ZoneDir {
  Path recognition;
  Path peer;  // optional: must be the trusted descriptor
  Path out;   // optional: the cross-certificate, for the peer's lint
};
[[nodiscard]] Facts run_zone_certify(const ZoneCertifyOptions& options, const Clock& clock);

struct ZoneLintOptions : ZoneDir {
  Path recognition, certificate;
};
[[nodiscard]] Facts run_zone_lint(const ZoneLintOptions& options, const Clock& clock);

struct ZoneEnrollOptions : ZoneDir {
  Path request, out;
  std::string level = "substantial";
};
[[nodiscard]] Facts run_zone_enroll(const ZoneEnrollOptions& options, const Clock& clock);

struct ZonePublishOptions : ZoneDir {
  std::vector<Path> peer_snapshots;
  Path out;
};
[[nodiscard]] Facts run_zone_publish(const ZonePublishOptions& options, const Clock& clock);

struct ZoneStateOptions : ZoneDir {
  std::string peer;    // zone id
  std::string reason;  // stands in the snapshot
};
[[nodiscard]] Facts run_zone_suspend(const ZoneStateOptions& options, const Clock& clock);
[[nodiscard]] Facts run_zone_resume(const ZoneStateOptions& options, const Clock& clock);
[[nodiscard]] Facts run_zone_withdraw(const ZoneStateOptions& options, const Clock& clock);

struct ZoneRevokeOptions : ZoneDir {
  Path certificate;           // PEM (its first certificate), DER, or what `zone enroll` wrote (both leaves)
  std::string reason = "unspecified";
  std::string invalid_since;  // RFC 3339; empty: not said
};
[[nodiscard]] Facts run_zone_revoke(const ZoneRevokeOptions& options, const Clock& clock);

// What any zone or node file says, after its signatures were checked.
[[nodiscard]] Facts run_zone_show(const Path& file);

// `sekisho zone` with all its commands. The app outlives parsing; an empty reporter is plain_reporter().
void add_zone_commands(CLI::App& app, Reporter report = {});

}  // namespace sekisho::cli
