#include "node/app/open_stopped.hpp"

#include <fmt/format.h>

#include "base/core/log.hpp"
#include "trust/keys/key_file.hpp"
#include "trust/zone/node_folder.hpp"

namespace sekisho::node {

Result<LocalIdentity> open_identity(const Settings& settings, bool complete) {
  std::optional<trust::KeyWrap> wrap;
  if (settings.passphrase_file) {
    auto opened = trust::KeyWrap::from_passphrase_file(*settings.passphrase_file);
    if (!opened) return fail(opened.error());
    wrap.emplace(std::move(*opened));
  }
  auto self = load_local_identity(settings.keys, wrap ? &*wrap : nullptr);
  if (!self) return fail(self.error());
  if (self->dns != settings.dns) {
    return fail(Code::SettingInvalid, fmt::format("'node.dns' is {}, but the keys in {} are of {}", settings.dns, settings.keys.string(), self->dns));
  }
  if (complete && !self->pseudonym_key) {
    auto made = trust::make_pseudonym_key(settings.keys, self->keys_wrapped ? &*wrap : nullptr);
    if (made) {
      self->pseudonym_key = std::move(*made);
      log_warn("keys.pseudonym_made", {{"folder", settings.keys.string()}});
    } else {
      // A folder that cannot be written, perhaps: only what is written under pseudonyms needs the key.
      log_warn("keys.pseudonym_missing", {{"folder", settings.keys.string()}, {"error", made.error().chain()}});
    }
  }
  return self;
}

Result<std::shared_ptr<RocksDbStorage>> open_stopped_storage(const Settings& settings, const LocalIdentity& self) {
  RocksDbOptions options;
  options.path = settings.data / "log";
  options.did = self.did;
  if (!std::filesystem::exists(options.path)) {
    return fail(Code::NotFound, fmt::format("{} holds no database", settings.data.string()));
  }
  auto opened = RocksDbStorage::open(std::move(options));
  if (!opened) return fail(opened.error());
  return std::shared_ptr<RocksDbStorage>(std::move(*opened));
}

}  // namespace sekisho::node
