// Manifests of MQTT sources: what is taken keeps its rules (TLS but to this machine, whole wildcards, bounded numbers).
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "connectors/mqtt/mqtt_source.hpp"

using namespace sekisho;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto document = parse_json(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!document || !document->is_object()) return 0;
  const auto source = connectors::parse_mqtt_source(document->get_object());
  if (!source) return 0;
  const bool local = source->host == "127.0.0.1" || source->host == "::1" || source->host == "localhost";
  if (source->port == 0 || source->window == 0 || source->window > 4096 || (source->ca.empty() && !local)) std::abort();
  if (source->version != 4 && source->version != 5) std::abort();
  if (source->topics.empty() || source->topics.size() > 32 || source->client_id.empty()) std::abort();
  for (const std::string& topic : source->topics) {
    const std::size_t hash = topic.find('#');
    if (topic.empty() || (hash != std::string::npos && hash + 1 != topic.size())) std::abort();
    if (std::ranges::any_of(topic, [](char c) { return static_cast<unsigned char>(c) < 0x20; })) std::abort();
  }
  return 0;
}
