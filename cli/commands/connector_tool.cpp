#include "cli/commands/connector_tool.hpp"

#include <map>

#include <CLI/CLI.hpp>

#include "base/core/file.hpp"
#include "base/http/client.hpp"

namespace sekisho::cli {
namespace {

using SecretFiles = std::map<std::string, std::filesystem::path>;

Result<SecretFiles> secret_files(const std::vector<std::string>& given) {
  SecretFiles out;
  for (const std::string& pair : given) {
    const std::size_t mark = pair.find('=');
    if (mark == std::string::npos || mark == 0) return fail(Code::InvalidArgument, "--secret is NAME=FILE");
    out[pair.substr(0, mark)] = pair.substr(mark + 1);
  }
  return out;
}

Result<Secret> read_secret(const SecretFiles& files, const std::string& name) {
  const auto file = files.find(name);
  if (file == files.end()) return fail(Code::NotFound, "there is no --secret " + name);
  Result<Bytes> octets = read_private_file(file->second, 64U << 10);
  if (!octets) return fail(octets.error());
  while (!octets->empty() && octets->back() == '\n') octets->pop_back();
  return Secret::take(std::move(*octets));
}

Result<std::shared_ptr<http::Client>> make_client() {
  http::TlsClientOptions tls;
  tls.ca_pem = "system";
  auto made = http::TlsClientContext::make(std::move(tls));
  if (!made) return fail(made.error());
  http::ClientOptions options;
  options.tls = std::move(*made);
  return std::make_shared<http::Client>(std::move(options));
}

}  // namespace

CLI::App* add_source_command(CLI::App& group, const char* name, const char* about, SourceOptions& options) {
  CLI::App* command = group.add_subcommand(name, about);
  command->add_option("--manifest", options.manifest, "the source's manifest (docs/writing-a-manifest.md)")->required();
  command->add_option("--egress", options.egress, "host:port that may be called; nothing else is");
  command->add_option("--secret", options.secrets, "NAME=FILE, a private file (0600)");
  command->add_option("--timeout-ms", options.timeout_ms, "for the whole command")->check(CLI::Range(1, 86'400'000));
  command->add_flag("--json", options.json);
  return command;
}

Result<std::unique_ptr<SourceTool>> make_source_tool(const SourceOptions& options) {
  const Result<Bytes> text = read_file(options.manifest, 64U << 10);
  if (!text) return fail(text.error());
  auto manifest = connectors::parse_source_manifest_text(as_text(*text));
  if (!manifest) return fail(manifest.error());
  auto files = secret_files(options.secrets);
  if (!files) return fail(files.error());
  auto client = make_client();
  if (!client) return fail(client.error());
  auto tool = std::make_unique<SourceTool>();
  tool->manifest = std::move(*manifest);
  tool->context.base = options.manifest.parent_path();
  tool->context.egress = options.egress;
  tool->context.secret = [files = std::move(*files)](const std::string& name) { return read_secret(files, name); };
  tool->context.http = std::move(*client);
  return tool;
}

}  // namespace sekisho::cli
