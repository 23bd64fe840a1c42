#include "trust/zone/trust_state.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "trust/zone/apart.hpp"
#include "trust/zone/as_of.hpp"

namespace sekisho::trust {

namespace {

constexpr std::size_t kCacheEntries = 4096;

std::unexpected<Error> invalid(std::string rule) { return fail(Code::SnapshotInvalid, std::move(rule)); }
std::unexpected<Error> invalid(std::string rule, Error cause) {
  return fail(Code::SnapshotInvalid, std::move(rule), std::move(cause));
}

// Each list is signed by one of the zone's CAs, no CA has two, every list has a number.
Status check_crls(std::span<const Crl> crls, std::span<const Certificate> cas) {
  std::vector<bool> seen(cas.size());
  for (const Crl& crl : crls) {
    std::size_t i = 0;
    while (i < cas.size() && !crl.signed_by(cas[i])) ++i;
    if (i == cas.size()) return invalid("a CRL that no CA of the zone signed");
    if (seen[i]) return invalid("two CRLs of " + cas[i].subject());
    if (!crl.number()) return invalid("a CRL without a number");
    seen[i] = true;
  }
  return {};
}

Status check_nodes(std::span<const NodeRecord> nodes, const ZoneDescriptor& zone) {
  for (const NodeRecord& node : nodes) {
    const bool inside =
        std::ranges::any_of(zone.space.dns_suffixes, [&](const auto& s) { return within_suffix(node.dns, s); });
    if (node.zone != zone.zone || !inside) return invalid("the node " + node.dns + " is outside zone " + zone.zone);
  }
  return {};
}

Status check_foreign(const ForeignZone& f, const ZoneDescriptor& own, const LoadOptions& options) {
  Status signatures = signed_by_both(f.recognition, own, f.descriptor);
  if (!signatures && options.allow_one_sided && signed_by(f.recognition, own)) {
    signatures = names_parties(f.recognition, own, f.descriptor);
  }
  if (!signatures) return invalid("the recognition of zone " + f.descriptor.zone, signatures.error());
  if (f.state == RecognitionState::Active) {
    const CrossTerms terms = f.recognition.cross_terms(own.zone);
    if (Status s = check_cross_certificate(*f.cross_certificate, own.cross_ca, f.descriptor.root, terms); !s) {
      return invalid("the cross-certificate for zone " + f.descriptor.zone, s.error());
    }
  }
  std::vector<Certificate> cas = f.descriptor.issuing_cas;
  cas.push_back(f.descriptor.root);
  if (Status s = check_crls(f.crls, cas); !s) return invalid("the status of zone " + f.descriptor.zone, s.error());
  return check_nodes(f.nodes, f.descriptor);
}

Status check_apart_from_all(const TrustSnapshot& s, const ZoneDescriptor& zone) {
  if (Status ok = check_apart(s.descriptor, zone); !ok) return ok;
  for (const ForeignZone& f : s.foreign) {
    if (f.descriptor.zone == zone.zone) return {};
    if (Status ok = check_apart(f.descriptor, zone); !ok) return ok;
  }
  return {};
}

Status check_snapshot(const TrustSnapshot& s, const LoadOptions& options) {
  const ZoneDescriptor& own = s.descriptor;
  std::vector<Certificate> cas = own.issuing_cas;
  cas.push_back(own.root);
  cas.push_back(own.cross_ca);
  if (Status ok = check_crls(s.crls, cas); !ok) return ok;
  if (Status ok = check_nodes(s.nodes, own); !ok) return ok;
  std::vector<std::string> zones = {own.zone};
  for (const ForeignZone& f : s.foreign) {
    if (std::ranges::find(zones, f.descriptor.zone) != zones.end()) {
      return invalid("zone " + f.descriptor.zone + " stands twice in the snapshot");
    }
    zones.push_back(f.descriptor.zone);
    if (f.descriptor.root.digest() == own.root.digest()) return invalid("a foreign zone under the own root");
    if (Status ok = check_apart_from_all(s, f.descriptor); !ok)
      return invalid("the names of zone " + f.descriptor.zone, ok.error());
    if (Status ok = check_foreign(f, own, options); !ok) return ok;
  }
  return {};
}

struct Anchor {
  Digest root{};
  std::uint64_t sequence = 0;
};

Result<Anchor> read_anchor(BytesView bytes, const TrustSnapshot& snapshot) {
  if (std::ranges::equal(bytes, snapshot.descriptor.signed_bytes)) {
    return Anchor{snapshot.descriptor.root.digest(), snapshot.descriptor.sequence};
  }
  // DER begins with SEQUENCE (0x30), a signed object with field 1 (0x0a).
  if (!bytes.empty() && bytes[0] == 0x30) {
    Result<Certificate> root = Certificate::parse(bytes);
    if (!root) return fail(root.error());
    if (Status s = check_root(*root); !s) return fail(s.error());
    return Anchor{root->digest(), 0};
  }
  Result<ZoneDescriptor> descriptor = ZoneDescriptor::parse(bytes);
  if (!descriptor) return fail(descriptor.error());
  return Anchor{descriptor->root.digest(), descriptor->sequence};
}

}  // namespace

Result<std::shared_ptr<const TrustState>> TrustState::load(BytesView anchor_bytes, BytesView snapshot, Instant now,
                                                           const LoadOptions& options) {
  Result<TrustSnapshot> parsed = TrustSnapshot::parse(snapshot);
  if (!parsed) return fail(parsed.error());
  Result<Anchor> anchor = read_anchor(anchor_bytes, *parsed);
  if (!anchor) return fail(Code::SnapshotInvalid, "the own zone's anchor does not verify", anchor.error());
  if (parsed->descriptor.root.digest() != anchor->root)
    return invalid("the snapshot is under another root than the anchor");
  if (parsed->descriptor.sequence < anchor->sequence)
    return invalid("the snapshot's descriptor is older than the anchor");
  if (parsed->sequence < options.min_sequence) {
    return fail(Code::SnapshotRollback, fmt::format("snapshot {} of zone {} after {} was seen", parsed->sequence,
                                                    parsed->zone, options.min_sequence));
  }
  Result<std::shared_ptr<const TrustState>> state = prepare(std::move(*parsed), options);
  if (!state) return state;
  if (Status s = (*state)->in_time(now); !s) return fail(s.error());
  return state;
}

Status TrustState::in_time(Instant at) const {
  if (snapshot_.created > at + kSnapshotSkew) return invalid("the snapshot is from the future");
  if (at > snapshot_.expires) {
    return fail(Code::SnapshotStale,
                fmt::format("snapshot {} expired at {}", snapshot_.sequence, to_rfc3339(snapshot_.expires)));
  }
  if (at > snapshot_.descriptor.valid_to) return fail(Code::SnapshotStale, "the descriptor of the own zone has ended");
  return {};
}

Result<std::shared_ptr<const TrustState>> TrustState::prepare(TrustSnapshot parsed, const LoadOptions& options) {
  if (Status s = check_snapshot(parsed, options); !s) return fail(s.error());
  std::shared_ptr<TrustState> state(new TrustState());
  state->snapshot_ = std::move(parsed);
  const TrustSnapshot& held = state->snapshot_;
  // Foreign roots never enter the store: paths end at the own root and pass the cross-certificate's constraints.
  std::vector<Certificate> trusted = {held.descriptor.root, held.descriptor.cross_ca};
  std::vector<Crl> crls = held.crls;
  for (const NodeRecord& node : held.nodes) state->nodes_.emplace(node.dns, &node);
  for (const ForeignZone& f : held.foreign) {
    // Status of every zone, so that a peer's own copy of an inactive cross-certificate fails by the allow-list.
    crls.insert(crls.end(), f.crls.begin(), f.crls.end());
    if (f.state != RecognitionState::Active) continue;
    trusted.push_back(*f.cross_certificate);
    for (const NodeRecord& node : f.nodes) state->nodes_.emplace(node.dns, &node);
  }
  Result<PathStore> store = PathStore::build(trusted, crls);
  if (!store) return fail(store.error());
  state->store_ = std::move(*store);
  return std::shared_ptr<const TrustState>(std::move(state));
}

Result<PeerIdentity> TrustState::judge(std::span<const Bytes> chain_der, Use use, Instant at, Assurance needed) const {
  const CacheKey key{chain_digest(chain_der), use, needed};
  {
    const std::lock_guard lock(cache_mutex_);
    const auto found = cache_.find(key);
    if (found != cache_.end() && at >= found->second.from && at <= found->second.to) return found->second.identity;
  }
  Result<Cached> judged = judge_uncached(chain_der, use, at, needed);
  if (!judged) return fail(judged.error());
  PeerIdentity identity = judged->identity;
  const std::lock_guard lock(cache_mutex_);
  if (cache_.size() >= kCacheEntries) cache_.clear();
  cache_.insert_or_assign(key, std::move(*judged));
  return identity;
}

const NodeRecord* TrustState::node(std::string_view dns) const {
  const auto found = nodes_.find(std::string(dns));
  return found == nodes_.end() ? nullptr : found->second;
}

const ForeignZone* TrustState::foreign_zone(std::string_view zone) const {
  for (const ForeignZone& f : snapshot_.foreign) {
    if (f.descriptor.zone == zone) return &f;
  }
  return nullptr;
}

RecognitionState TrustState::recognition_state(std::string_view zone) const {
  const ForeignZone* f = foreign_zone(zone);
  return f == nullptr ? RecognitionState::None : f->state;
}

}  // namespace sekisho::trust
