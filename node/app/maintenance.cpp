#include "node/app/maintenance.hpp"

#include <cstdio>
#include <map>
#include <system_error>

#include <fmt/format.h>

#include "base/core/clock.hpp"
#include "base/core/encoding.hpp"
#include "base/core/file.hpp"
#include "base/core/json.hpp"
#include "node/app/open_stopped.hpp"
#include "node/app/restored.hpp"
#include "node/app/snapshot_watcher.hpp"
#include "node/identity/trust_material.hpp"
#include "node/journal/anchor.hpp"
#include "node/journal/scrub.hpp"
#include "schemas/log.pb.h"
#include "trust/log/checkpoint.hpp"
#include "trust/log/merkle.hpp"

namespace sekisho::node {
namespace {

constexpr std::size_t kMaxNote = 64U << 10;

void say(std::string_view what, std::string_view verdict) { fmt::print("{:<12} {}\n", what, verdict); }

Status check_trust(const Settings& settings, const LocalIdentity& self, const SeenSnapshot& newest) {
  const auto bytes = read_file(settings.snapshot, kMaxSnapshotBytes);
  if (!bytes) return fail(bytes.error());
  const SystemClock clock;
  TrustHolder trust(self.descriptor, clock, newest);
  if (auto taken = trust.replace(*bytes); !taken) return taken;
  const auto own = trust.identify(self.statement_chain, trust::Use::Statement);
  if (!own)
    return fail(own.error().code, "the node's own statement certificate is not valid under the snapshot", own.error());
  const auto state = trust.current();
  say("snapshot", fmt::format("sequence {}, expires {}", state->sequence(), to_rfc3339(state->expires())));
  return {};
}

// Roots of the tree at the sizes of the checkpoints, in one pass over the leaves.
class RootsAt {
 public:
  explicit RootsAt(std::map<std::uint64_t, Digest> wanted) : wanted_(std::move(wanted)) {}
  void leaf(const Digest& hash) {
    frontier_.append(hash);
    const auto found = wanted_.find(frontier_.size());
    if (found != wanted_.end() && frontier_.root() == found->second) ++good_;
  }
  [[nodiscard]] bool all() const { return good_ == wanted_.size(); }

 private:
  std::map<std::uint64_t, Digest> wanted_;
  trust::Frontier frontier_;
  std::size_t good_ = 0;
};

Result<std::map<std::uint64_t, Digest>> read_checkpoints(const std::vector<std::filesystem::path>& files,
                                                         const std::string& origin, const LocalIdentity& self) {
  std::map<std::uint64_t, Digest> out;
  const trust::VerifierKey key{origin, trust::NoteKeyType::Ed25519, self.log_signer->public_key()};
  for (const auto& file : files) {
    const auto text = read_file(file, kMaxNote);
    if (!text) return fail(text.error());
    const auto opened = trust::open_checkpoint(as_text(*text), key);
    if (!opened) return fail(opened.error().code, fmt::format("{} does not verify", file.string()), opened.error());
    const auto& checkpoint = opened->checkpoint;
    const auto [at, fresh] = out.emplace(checkpoint.size, checkpoint.root);
    if (!fresh && at->second != checkpoint.root) {
      return fail(Code::Misconduct, fmt::format("two checkpoints of size {} have different roots", checkpoint.size));
    }
  }
  return out;
}

std::string decoded(Family family, BytesView value) {
  if (family == Family::Entry) {
    pb::Entry entry;
    if (entry.ParseFromArray(value.data(), static_cast<int>(value.size()))) {
      return entry.payload().empty() ? entry.detail() : entry.payload();
    }
  }
  return std::string(as_text(value));
}

}  // namespace

Status check_node(const Settings& settings) {
  say("settings", settings.file.string());
  auto self = open_identity(settings);
  if (!self) return fail(self.error());
  say("keys",
      fmt::format("{} in zone {}, {}", self->did, self->zone, self->keys_wrapped ? "wrapped" : "plain files at 0600"));
  if (!std::filesystem::exists(settings.data / "log")) {
    if (auto trusted = check_trust(settings, *self, {}); !trusted) return trusted;
    say("database", "none yet; it is made at the first start");
    return {};
  }
  auto storage = open_stopped_storage(settings, *self);
  if (!storage) return fail(storage.error());
  const auto newest = newest_snapshot(**storage);
  if (!newest) return fail(newest.error());
  if (auto trusted = check_trust(settings, *self, *newest); !trusted) return trusted;
  if (auto sums = (*storage)->verify_checksums(); !sums) return sums;
  const auto report = scrub(**storage);
  if (!report) return fail(report.error());
  say("database", fmt::format("{} entries of {}", report->entries, report->origin));
  const auto anchor = read_anchor(settings.anchor.string());
  if (!anchor) return fail(anchor.error());
  if (*anchor) {
    const trust::VerifierKey key{report->origin, trust::NoteKeyType::Ed25519, self->log_signer->public_key()};
    const auto opened = trust::open_checkpoint((*anchor)->note, key);
    if (!opened)
      return fail(opened.error().code, fmt::format("the anchor file {} does not verify", settings.anchor.string()),
                  opened.error());
    if (opened->checkpoint.size > report->entries) {
      return fail(Code::DatabaseRolledBack, fmt::format("the anchor file knows {} entries, the database has {}",
                                                        opened->checkpoint.size, report->entries));
    }
    say("anchor", fmt::format("size {}", opened->checkpoint.size));
  } else {
    say("anchor", "none yet");
  }
  return {};
}

Status scrub_node(const Settings& settings, const std::vector<std::filesystem::path>& checkpoints) {
  auto self = open_identity(settings);
  if (!self) return fail(self.error());
  auto storage = open_stopped_storage(settings, *self);
  if (!storage) return fail(storage.error());
  const auto origin = stored_origin(**storage);
  if (!origin) return fail(origin.error());
  if (!*origin) return fail(Code::NotFound, "the database holds no log yet");
  const auto wanted = read_checkpoints(checkpoints, **origin, *self);
  if (!wanted) return fail(wanted.error());
  RootsAt roots(*wanted);
  ScrubOptions options;
  options.statement_key = self->statement_signer->public_key();
  options.each_leaf = [&roots](std::uint64_t, const Digest& leaf) { roots.leaf(leaf); };
  const auto report = scrub(**storage, options);
  if (!report) return fail(report.error());
  if (!roots.all()) return fail(Code::Misconduct, "a released checkpoint is not consistent with the log");
  fmt::print("{} entries, {} own and {} foreign statements, {} seals verified\n", report->entries,
             report->own_statements, report->foreign_statements, report->seals_verified);
  fmt::print("0 faults, {} entries, {} checkpoints consistent\n", report->entries, wanted->size());
  return {};
}

Status backup_node(const Settings& settings, const std::filesystem::path& to) {
  auto self = open_identity(settings);
  if (!self) return fail(self.error());
  auto storage = open_stopped_storage(settings, *self);
  if (!storage) return fail(storage.error());
  std::error_code ec;
  if (std::filesystem::exists(to)) return fail(Code::Conflict, fmt::format("{} is there already", to.string()));
  std::filesystem::create_directories(to, ec);
  if (ec) return fail(Code::Io, fmt::format("{} cannot be made: {}", to.string(), ec.message()));
  if (auto copied = (*storage)->checkpoint_to(to / "log"); !copied) return copied;
  if (std::filesystem::exists(settings.data / "disclosures")) {
    std::filesystem::copy(settings.data / "disclosures", to / "disclosures", std::filesystem::copy_options::recursive,
                          ec);
    if (ec) return fail(Code::Io, fmt::format("the disclosures cannot be copied: {}", ec.message()));
  }
  const auto about = canonical_json(JsonObject{{"did", self->did}, {"made", to_rfc3339(SystemClock().now())}});
  if (!about) return fail(about.error());
  if (auto written = write_file_atomic(to / "backup.json", as_bytes(*about), 0600); !written) return written;
  fmt::print("backup of {} in {}; keys and settings are not in it\n", self->did, to.string());
  return {};
}

Status restore_node(const Settings& settings, const std::filesystem::path& from) {
  const auto about = read_file(from / "backup.json", 64U << 10);
  if (!about) return fail(about.error().code, fmt::format("{} is no backup", from.string()), about.error());
  auto self = open_identity(settings);
  if (!self) return fail(self.error());
  const auto document = parse_json(as_text(*about));
  if (!document || !document->is_object()) return fail(Code::JsonShape, "backup.json is malformed");
  const auto did = get_string(document->get_object(), "did");
  const auto made = get_string(document->get_object(), "made");
  if (!did || !made) return fail(Code::JsonShape, "backup.json is malformed");
  if (*did != self->did)
    return fail(Code::DataFolderForeign, fmt::format("the backup is of {}, the node is {}", *did, self->did));
  std::error_code ec;
  if (std::filesystem::exists(settings.data / "log")) {
    return fail(Code::Conflict,
                fmt::format("{} holds a database; move it away, do not delete it", settings.data.string()));
  }
  std::filesystem::create_directories(settings.data, ec);
  if (auto marked = mark_restored(settings.data, "restored from the backup of " + *made); !marked) return marked;
  for (const char* part : {"log", "disclosures"}) {
    if (!std::filesystem::exists(from / part)) continue;
    std::filesystem::copy(from / part, settings.data / part, std::filesystem::copy_options::recursive, ec);
    if (ec) return fail(Code::Io, fmt::format("{} cannot be copied: {}", part, ec.message()));
  }
  fmt::print("restored; the next start opens a successor log, because entries after {} are missing here\n", *made);
  return {};
}

Status dump_node(const Settings& settings) {
  auto self = open_identity(settings);
  if (!self) return fail(self.error());
  auto storage = open_stopped_storage(settings, *self);
  if (!storage) return fail(storage.error());
  for (std::size_t f = 0; f < kFamilies; ++f) {
    const auto family = static_cast<Family>(f);
    const auto scanned = (*storage)->scan(family, {}, {}, [family](BytesView key, BytesView value) {
      const Json row = JsonObject{{"family", family_name(family)},
                                  {"key", to_hex(key)},
                                  {"value", to_hex(value)},
                                  {"text", to_base64(as_bytes(decoded(family, value)))}};
      std::fputs((to_text(row) + "\n").c_str(), stdout);
      return true;
    });
    if (!scanned) return scanned;
  }
  return {};
}

}  // namespace sekisho::node
