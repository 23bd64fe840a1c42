#include "node/admin/opaque.hpp"

#include <variant>

#include "connectors/source_manifest.hpp"

namespace sekisho::node {
namespace {

// The media type of an opaque source; nullopt for one of records.
std::optional<std::string> opaque_media(const SourceObject& source) {
  const auto manifest = connectors::parse_source_manifest(source.manifest);
  if (!manifest) return std::nullopt;
  if (const auto* file = std::get_if<connectors::FileSource>(&*manifest)) {
    return file->media == connectors::kNdjson ? std::nullopt : std::optional(file->media);
  }
  const auto* plan = std::get_if<connectors::HttpPlan>(&*manifest);
  if (plan == nullptr || plan->streams.empty()) return std::nullopt;
  // The first stream is the one that is read.
  const connectors::StreamPlan& stream = plan->streams.front();
  return stream.format == connectors::BodyFormat::Opaque ? std::optional(stream.media) : std::nullopt;
}

Error refused(const std::string& id, const std::string& why) {
  return Error(Code::InvalidArgument, "dataset " + id + ": " + why).with("object", id);
}

}  // namespace

Status check_opaque(const CatalogState& state) {
  for (const auto& [id, dataset] : state.datasets) {
    const auto source = state.sources.find(dataset->object.source);
    if (source == state.sources.end()) continue;  // the catalogue's own check
    const auto media = opaque_media(source->second);
    if (!media) continue;
    if (dataset->view) return fail(refused(id, "its source has no records that a view could be applied to"));
    if (!media->empty() && dataset->object.media != *media)
      return fail(refused(id, "its source has the media type " + *media));
  }
  return {};
}

}  // namespace sekisho::node
