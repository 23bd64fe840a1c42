#include "connectors/builtin.hpp"

#include <array>

#include "connectors/file/file_connector.hpp"
#include "connectors/http/http_connector.hpp"
#include "connectors/http/plan_connector.hpp"
#include "connectors/mqtt/mqtt_connector.hpp"

namespace sekisho::connectors {

namespace {

// One visitor per kind: a kind without a maker does not compile.
struct Maker {
  const Context& context;

  Result<std::unique_ptr<Connector>> operator()(const FileSource& source) const {
    return make_file_connector(source, context);
  }
  Result<std::unique_ptr<Connector>> operator()(const HttpSource& source) const {
    return make_http_connector(source, context);
  }
  Result<std::unique_ptr<Connector>> operator()(const HttpPlan& plan) const { return make_plan_connector(plan, context); }
  Result<std::unique_ptr<Connector>> operator()(const MqttSource& source) const {
    return make_mqtt_connector(source, context);
  }
};

constexpr std::array<Spec, std::variant_size_v<SourceManifest>> kKinds{kFileSpec, kHttpSpec, kMqttSpec, kHttpPlanSpec};

}  // namespace

std::span<const Spec> builtin_kinds() { return kKinds; }

Result<std::unique_ptr<Connector>> make_connector(const SourceManifest& manifest, const Context& context) {
  return std::visit(Maker{context}, manifest);
}

}  // namespace sekisho::connectors
