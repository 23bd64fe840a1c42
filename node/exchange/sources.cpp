#include "node/exchange/sources.hpp"

#include <fmt/format.h>

#include "base/core/encoding.hpp"
#include "connectors/builtin.hpp"
#include "connectors/source_manifest.hpp"

namespace sekisho::node {

Result<std::shared_ptr<connectors::Connector>> SourceBook::find(const std::string& name) {
  const auto state = catalog_.state();
  const std::lock_guard lock(mutex_);
  if (const auto made = made_.find(name); made != made_.end() && made->second.state == state) return made->second.connector;
  const auto source = state->sources.find(name);
  if (source == state->sources.end()) return fail(Code::SourceFailed, fmt::format("the source '{}' was removed", name));
  const auto manifest = connectors::parse_source_manifest(source->second.manifest);
  if (!manifest) return fail(Code::SourceFailed, fmt::format("the manifest of source '{}'", name), manifest.error());
  auto connector = connectors::make_connector(*manifest, context_);
  if (!connector) return fail(Code::SourceFailed, fmt::format("the source '{}' cannot be used", name), connector.error());
  std::shared_ptr<connectors::Connector> shared = std::move(*connector);
  made_[name] = Made{state, shared};
  return shared;
}

std::string reader_of(const Digest& agreement) {
  constexpr std::size_t kOctets = 8;  // brokers bound client ids
  return to_hex(BytesView(agreement).first(kOctets));
}

std::vector<std::pair<std::string, connectors::Health>> SourceBook::health() {
  std::vector<std::pair<std::string, connectors::Health>> out;
  const std::lock_guard lock(mutex_);
  for (const auto& [name, made] : made_) out.emplace_back(name, made.connector->health());
  return out;
}

}  // namespace sekisho::node
