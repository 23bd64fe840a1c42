#include "cli/commands/node.hpp"

#include <CLI/CLI.hpp>

#include <memory>

#include "cli/commands/zone_files.hpp"
#include "trust/zone/node_folder.hpp"

namespace sekisho::cli {

Facts run_node_init(const NodeInitOptions& options, const Clock& clock) {
  Result<std::optional<trust::KeyWrap>> wrap = wrap_of(options.passphrase_file);
  if (!wrap) return fail(wrap.error());
  const trust::NodeParticulars about{options.dns, options.organization, options.address, options.foreign_name};
  Result<Bytes> request = trust::init_node_folder(options.dir, about, clock.now(), *wrap ? &**wrap : nullptr);
  if (!request) return fail(request.error());
  const Path out = options.request.empty() ? options.dir / "request.pb" : options.request;
  if (Status s = write_file_atomic(out, *request); !s) return fail(s.error());
  return JsonObject{{"node", options.dns}, {"request", out.string()}, {"keys", *wrap ? "wrapped" : "plain, mode 0600"}};
}

Facts run_node_install(const NodeInstallOptions& options) {
  Result<std::optional<trust::KeyWrap>> wrap = wrap_of(options.passphrase_file);
  if (!wrap) return fail(wrap.error());
  Result<Bytes> certificates = read_object(options.certificates);
  if (!certificates) return fail(certificates.error());
  trust::KeyWrap* unlock = *wrap ? &**wrap : nullptr;
  if (Status s = trust::install_node_certificates(options.dir, *certificates, unlock); !s) return fail(s.error());
  Result<trust::NodeFolder> folder = trust::load_node_folder(options.dir, unlock);
  if (!folder) return fail(folder.error());
  return JsonObject{{"node", folder->dns},
                    {"zone", folder->zone},
                    {"tls_certificate", to_hex(folder->tls_cert)},
                    {"statement_certificate", to_hex(folder->statement_cert)}};
}

void add_node_commands(CLI::App& app, Reporter report) {
  if (!report) report = plain_reporter();
  CLI::App* node = app.add_subcommand("node", "make a node's keys and install its certificates");
  node->require_subcommand(1);

  auto init = std::make_shared<NodeInitOptions>();
  CLI::App* command = node->add_subcommand("init", "make keys and the request to the zone");
  command->add_option("--dir", init->dir, "the node's keys folder")->required();
  command->add_option("--dns", init->dns, "the node's DNS name")->required();
  command->add_option("--organization", init->organization)->required();
  command->add_option("--peer-address", init->address, "ip:port of the peer listener")->required();
  command->add_option("--foreign-name", init->foreign_name, "second name with a web certificate");
  command->add_option("--request", init->request, "default: request.pb in the folder");
  command->add_option("--passphrase-file", init->passphrase_file, "wraps the keys; mode 0600");
  command->callback([init, report] { report(run_node_init(*init, SystemClock())); });

  auto install = std::make_shared<NodeInstallOptions>();
  command = node->add_subcommand("install", "install what the zone issued");
  command->add_option("--dir", install->dir, "the node's keys folder")->required();
  command->add_option("certificates", install->certificates, "what `zone enroll` wrote")->required();
  command->add_option("--passphrase-file", install->passphrase_file, "unlocks wrapped keys; mode 0600");
  command->callback([install, report] { report(run_node_install(*install)); });
}

}  // namespace sekisho::cli
