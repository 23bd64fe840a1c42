#include "node/app/open_stopped.hpp"

#include <fmt/format.h>

#include "trust/keys/key_file.hpp"

namespace sekisho::node {

Result<LocalIdentity> open_identity(const Settings& settings) {
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
