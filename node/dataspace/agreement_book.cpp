#include "node/dataspace/agreement_book.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/core/encoding.hpp"

namespace sekisho::node {
namespace {

std::string dataset_key(std::string_view dns, std::string_view dataset) {
  std::string key(dns);
  key.push_back('\0');
  return key.append(dataset);
}

Status read_texts(const JsonObject& row, AgreementRecord& record, std::string& role) {
  struct Text {
    std::string_view name;
    std::string& out;
  };
  for (const Text& text : {Text{"role", role}, Text{"peerDid", record.peer_did}, Text{"peerDns", record.peer_dns},
                           Text{"peerZone", record.peer_zone}, Text{"dataset", record.dataset},
                           Text{"offer", record.offer}, Text{"source", record.source}, Text{"media", record.media}}) {
    Result<std::string> value = get_string(row, text.name);
    if (!value) return fail(value.error());
    text.out = std::move(*value);
  }
  return {};
}

}  // namespace

Status complete_record(AgreementRecord& record, const std::optional<Json>& view, BytesView root) {
  Result<std::shared_ptr<const policy::Agreement>> agreement = policy::Agreement::parse(record.document);
  if (!agreement) return fail(agreement.error());
  record.agreement = std::move(*agreement);
  record.id = record.agreement->id;
  record.digest = record.agreement->digest;
  if (record.role == Role::Consumer) return {};
  if (view) {
    Result<policy::View> parsed = policy::View::parse(*view);
    if (!parsed) return fail(parsed.error());
    record.view = std::make_shared<const policy::View>(std::move(*parsed));
  }
  const policy::PseudonymDomain domain{root, record.digest};
  Result<std::shared_ptr<const policy::Shaper>> shaper =
      policy::make_shaper(record.view.get(), root.empty() ? nullptr : &domain);
  if (!shaper) return fail(shaper.error());
  record.shaper = std::move(*shaper);
  return {};
}

Json to_row(const AgreementRecord& record) {
  JsonObject row{{"agreement", record.document},
                 {"digest", to_hex(record.digest)},
                 {"role", record.role == Role::Provider ? "provider" : "consumer"},
                 {"peerDid", record.peer_did},
                 {"peerDns", record.peer_dns},
                 {"peerZone", record.peer_zone},
                 {"dataset", record.dataset},
                 {"offer", record.offer},
                 {"source", record.source},
                 {"media", record.media}};
  if (record.view) row["view"] = record.view->document();
  return row;
}

Result<std::shared_ptr<const AgreementRecord>> agreement_from_row(const Json& row, BytesView root) {
  if (!row.is_object()) return fail(Code::DatabaseDamaged, "an agreement's row is not an object");
  const JsonObject& object = row.get_object();
  auto record = std::make_shared<AgreementRecord>();
  std::string role;
  Status texts = read_texts(object, *record, role);
  if (!texts) return fail(texts.error());
  record->role = role == "provider" ? Role::Provider : Role::Consumer;
  Result<const JsonObject*> document = get_object(object, "agreement");
  if (!document) return fail(document.error());
  record->document = Json(**document);
  std::optional<Json> view;
  if (const Json* member = object.if_contains("view")) view = *member;
  Status complete = complete_record(*record, view, root);
  if (!complete) return fail(complete.error());
  Result<std::string> digest = get_string(object, "digest");
  if (!digest || *digest != to_hex(record->digest)) {
    return fail(Code::DatabaseDamaged, fmt::format("agreement {} is not the one that was stored", record->id));
  }
  return record;
}

Status AgreementBook::load(const Storage& storage, BytesView root) {
  Status damaged;
  Status scanned = storage.scan(Family::Agreement, {}, {}, [&](BytesView key, BytesView value) {
    Result<Json> json = parse_json(as_text(value));
    Result<std::shared_ptr<const AgreementRecord>> record =
        json ? agreement_from_row(*json, root) : Result<std::shared_ptr<const AgreementRecord>>(fail(json.error()));
    if (!record) {
      damaged = fail(Code::DatabaseDamaged, fmt::format("agreement {} cannot be read", as_text(key)), record.error());
      return false;
    }
    insert(std::move(*record));
    return true;
  });
  if (!scanned) return scanned;
  return damaged;
}

void AgreementBook::insert(std::shared_ptr<const AgreementRecord> record) {
  const std::lock_guard lock(mutex_);
  by_digest_[record->digest] = record;
  if (record->role == Role::Provider && !by_id_.contains(record->id)) ++provided_[record->peer_did];
  if (record->role == Role::Consumer) by_dataset_[dataset_key(record->peer_dns, record->dataset)].push_back(record);
  by_id_[record->id] = std::move(record);
}

void AgreementBook::remove(std::string_view id) {
  const std::lock_guard lock(mutex_);
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return;
  const std::shared_ptr<const AgreementRecord> record = found->second;
  by_digest_.erase(record->digest);
  if (record->role == Role::Provider) --provided_[record->peer_did];
  const auto list = by_dataset_.find(dataset_key(record->peer_dns, record->dataset));
  if (list != by_dataset_.end()) std::erase(list->second, record);
  by_id_.erase(found);
}

std::shared_ptr<const AgreementRecord> AgreementBook::find(std::string_view id) const {
  const std::lock_guard lock(mutex_);
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : found->second;
}

std::shared_ptr<const AgreementRecord> AgreementBook::find(const Digest& digest) const {
  const std::lock_guard lock(mutex_);
  const auto found = by_digest_.find(digest);
  return found == by_digest_.end() ? nullptr : found->second;
}

std::vector<std::shared_ptr<const AgreementRecord>> AgreementBook::with(std::string_view provider_dns,
                                                                        std::string_view dataset) const {
  const std::lock_guard lock(mutex_);
  const auto found = by_dataset_.find(dataset_key(provider_dns, dataset));
  if (found == by_dataset_.end()) return {};
  std::vector<std::shared_ptr<const AgreementRecord>> records = found->second;
  std::ranges::stable_sort(records, std::greater<>(), [](const auto& record) { return record->agreement->timestamp; });
  return records;
}

std::size_t AgreementBook::provided_to(const std::string& peer_did) const {
  const std::lock_guard lock(mutex_);
  const auto found = provided_.find(peer_did);
  return found == provided_.end() ? 0 : found->second;
}

std::vector<std::shared_ptr<const AgreementRecord>> AgreementBook::all() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::shared_ptr<const AgreementRecord>> records;
  records.reserve(by_id_.size());
  for (const auto& [id, record] : by_id_) records.push_back(record);
  return records;
}

}  // namespace sekisho::node
