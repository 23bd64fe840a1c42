// The command line of `sekisho zone`. Each command owns its options for as long as the app lives.
#include <CLI/CLI.hpp>

#include <iostream>
#include <memory>
#include <tuple>

#include "cli/commands/zone.hpp"

namespace sekisho::cli {

namespace {

template <class Options>
CLI::App* command(CLI::App& zone, const char* name, const char* about, const std::shared_ptr<Options>& o) {
  CLI::App* app = zone.add_subcommand(name, about);
  app->add_option("--dir", o->dir, "the zone's folder")->required();
  app->add_option("--passphrase-file", o->passphrase_file, "unlocks wrapped keys; mode 0600");
  return app;
}

template <class Options>
void on(CLI::App* app, const std::shared_ptr<Options>& o, const Reporter& report,
        Facts (*run)(const Options&, const Clock&)) {
  app->callback([o, report, run] { report(run(*o, SystemClock())); });
}

void add_own(CLI::App& zone, const Reporter& report) {
  auto init = std::make_shared<ZoneInitOptions>();
  CLI::App* app = command(zone, "init", "make a zone: keys, certificates, descriptor", init);
  app->add_option("--zone", init->zone, "zone id, 1 to 8 characters")->required();
  app->add_option("--country", init->country, "two capital letters")->required();
  app->add_option("--dns-suffix", init->dns_suffixes, "names of the zone's nodes end in this; repeatable")->required();
  on(app, init, report, run_zone_init);

  auto exported = std::make_shared<ZoneExportOptions>();
  app = command(zone, "export", "write the signed descriptor for other zones", exported);
  app->add_option("--out", exported->out)->required();
  on(app, exported, report, run_zone_export);

  auto enroll = std::make_shared<ZoneEnrollOptions>();
  app = command(zone, "enroll", "issue a node's certificates", enroll);
  app->add_option("request", enroll->request, "what `node init` wrote")->required();
  app->add_option("--out", enroll->out)->required();
  app->add_option("--level", enroll->level, "low or substantial")->capture_default_str();
  on(app, enroll, report, run_zone_enroll);

  auto publish = std::make_shared<ZonePublishOptions>();
  app = command(zone, "publish", "issue CRLs and the next snapshot", publish);
  app->add_option("--peer-snapshot", publish->peer_snapshots, "a recognised zone's newest snapshot; repeatable");
  app->add_option("--out", publish->out)->required();
  on(app, publish, report, run_zone_publish);

  auto revoke = std::make_shared<ZoneRevokeOptions>();
  app = command(zone, "revoke", "revoke a certificate from the next snapshot on", revoke);
  app->add_option("certificate", revoke->certificate)->required();
  app->add_option("--reason", revoke->reason)->capture_default_str();
  app->add_option("--invalid-since", revoke->invalid_since, "RFC 3339; when the key may have been lost");
  on(app, revoke, report, run_zone_revoke);

  auto file = std::make_shared<Path>();
  app = zone.add_subcommand("show", "say what a zone or node file holds");
  app->add_option("file", *file)->required();
  app->callback([file, report] { report(run_zone_show(*file)); });
}

void add_between(CLI::App& zone, const Reporter& report) {
  auto trusted = std::make_shared<ZoneTrustOptions>();
  CLI::App* app = command(zone, "trust", "keep another zone's descriptor after comparing its fingerprint", trusted);
  app->add_option("--peer", trusted->peer, "its descriptor")->required();
  app->add_option("--fingerprint", trusted->fingerprint, "SHA-256 of its root, from another channel")->required();
  on(app, trusted, report, run_zone_trust);

  auto propose = std::make_shared<ZoneProposeOptions>();
  app = command(zone, "propose", "write the recognition with another zone", propose);
  app->add_option("--peer", propose->peer, "its descriptor")->required();
  app->add_option("--out", propose->out)->required();
  app->add_option("--valid-days", propose->valid_days)->capture_default_str();
  app->add_option("--max-status-age", propose->max_status_age_s, "seconds")->capture_default_str();
  app->add_option("--purpose", propose->purposes, "allowed purpose; repeatable; none: any");
  app->add_option("--category", propose->data_categories, "allowed data category; repeatable; none: any");
  app->add_option("--legal-basis", propose->legal_basis);
  on(app, propose, report, run_zone_propose);

  auto sign = std::make_shared<ZoneSignOptions>();
  app = command(zone, "sign", "add this root's signature to a recognition", sign);
  app->add_option("recognition", sign->recognition)->required();
  on(app, sign, report, run_zone_sign);

  auto challenge = std::make_shared<ZoneChallengeOptions>();
  app = command(zone, "challenge", "ask the other root to prove its key", challenge);
  app->add_option("--recognition", challenge->recognition)->required();
  app->add_option("--out", challenge->out)->required();
  on(app, challenge, report, run_zone_challenge);

  auto prove = std::make_shared<ZoneProveOptions>();
  app = command(zone, "prove", "answer the other zone's challenge", prove);
  app->add_option("--challenge", prove->challenge)->required();
  app->add_option("--out", prove->out)->required();
  on(app, prove, report, run_zone_prove);

  auto check = std::make_shared<ZoneCheckProofOptions>();
  app = command(zone, "check-proof", "check the answer to the own challenge", check);
  app->add_option("proof", check->proof)->required();
  on(app, check, report, run_zone_check_proof);

  auto certify = std::make_shared<ZoneCertifyOptions>();
  app = command(zone, "certify", "issue the cross-certificate for a recognised zone", certify);
  app->add_option("--recognition", certify->recognition, "signed by both roots")->required();
  app->add_option("--peer", certify->peer, "its descriptor, to be sure");
  app->add_option("--out", certify->out, "the cross-certificate, for the peer's lint");
  on(app, certify, report, run_zone_certify);

  auto lint = std::make_shared<ZoneLintOptions>();
  app = command(zone, "lint", "check a cross-certificate that the other zone issued", lint);
  app->add_option("--recognition", lint->recognition)->required();
  app->add_option("certificate", lint->certificate)->required();
  on(app, lint, report, run_zone_lint);

  auto merge = std::make_shared<ZoneMergeOptions>();
  app = zone.add_subcommand("merge", "join the signatures of two files of one recognition");
  app->add_option("first", merge->first)->required();
  app->add_option("second", merge->second)->required();
  app->add_option("--out", merge->out)->required();
  app->callback([merge, report] { report(run_zone_merge(*merge)); });

  for (const auto& [name, about, run] :
       {std::tuple("suspend", "stop trusting a zone for now", &run_zone_suspend),
        std::tuple("resume", "trust a suspended zone again", &run_zone_resume),
        std::tuple("withdraw", "stop trusting a zone and revoke its cross-certificate", &run_zone_withdraw)}) {
    auto state = std::make_shared<ZoneStateOptions>();
    app = command(zone, name, about, state);
    app->add_option("--peer", state->peer, "zone id")->required();
    app->add_option("--reason", state->reason, "stands in the snapshot")->required();
    on(app, state, report, run);
  }
}

std::string text_of(const Json& value) { return value.is_string() ? std::string(value.get_string()) : to_text(value); }

}  // namespace

Reporter plain_reporter() {
  return [](const Facts& facts) {
    if (!facts) {
      std::cerr << facts.error().chain() << '\n';
      throw CLI::RuntimeError(1);
    }
    for (const auto& member : *facts) std::cout << member.key() << ": " << text_of(member.value()) << '\n';
  };
}

void add_zone_commands(CLI::App& app, Reporter report) {
  if (!report) report = plain_reporter();
  CLI::App* zone = app.add_subcommand("zone", "make zones, let them recognise each other, enrol nodes");
  zone->require_subcommand(1);
  add_own(*zone, report);
  add_between(*zone, report);
}

}  // namespace sekisho::cli
