#include "connectors/mqtt/mqtt_client_id.hpp"

#include <mutex>
#include <set>
#include <utility>

namespace sekisho::connectors {
namespace {

struct Taken {
  std::mutex mutex;
  std::set<std::pair<std::string, std::string>> ids;  // broker, client id
};

}  // namespace

MqttClientId take_client_id(const std::string& broker, const std::string& manifest_id, const std::string& reader) {
  static const auto taken = std::make_shared<Taken>();
  const std::string own = reader.empty() ? manifest_id : manifest_id + "-" + reader;
  MqttClientId out;
  out.text = own;
  const std::lock_guard lock(taken->mutex);
  for (int beside = 2; !taken->ids.emplace(broker, out.text).second; ++beside) {
    out.text = own + "-" + std::to_string(beside);
    out.lasting = false;
  }
  const auto free = [all = taken, key = std::pair(broker, out.text)](const void*) {
    const std::lock_guard gone(all->mutex);
    all->ids.erase(key);
  };
  out.held = std::shared_ptr<const void>(taken.get(), free);
  return out;
}

}  // namespace sekisho::connectors
