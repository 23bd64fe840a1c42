#include "node/config/definition.hpp"

#include <array>

#include <fmt/format.h>

#include "node/config/values.hpp"

namespace sekisho::node {
namespace {

template <class T>
Status store(Result<T> value, T& place) {
  if (!value) return fail(value.error());
  place = std::move(*value);
  return {};
}

template <class T>
Status store_ms(Result<T> value, std::chrono::milliseconds& place) {
  if (!value) return fail(value.error());
  place = std::chrono::duration_cast<std::chrono::milliseconds>(*value);
  return {};
}

Status read_level(const Json& v, Settings& s) {
  auto text = read_text(v);
  if (!text) return fail(text.error());
  for (const std::string_view level : {"debug", "info", "warn", "error"}) {
    if (*text == level) {
      s.log_level = *text;
      return {};
    }
  }
  return fail(Code::SettingInvalid, "expected debug, info, warn or error");
}

Status read_uncertainty(const Json& v, Settings& s) {
  auto value = read_duration(v);
  if (!value) return fail(value.error());
  s.clock_uncertainty = *value;
  return {};
}

Status read_passphrase_file(const Json& v, Settings& s) {
  auto value = read_path(v, s);
  if (!value) return fail(value.error());
  s.passphrase_file = std::move(*value);
  return {};
}

constexpr auto kRows = std::to_array<SettingRow>({
    {"node.dns", "DNS name", "", true, "The node's name; its identifier is did:web:<name>.",
     [](const Json& v, Settings& s) { return store(read_dns_name(v), s.dns); }},
    {"data", "path", "", true, "The data folder: database, disclosure store, lock. One node, one folder.",
     [](const Json& v, Settings& s) { return store(read_path(v, s), s.data); }},
    {"keys", "path", "", true, "The folder that `sekisho node init` and `sekisho node install` fill.",
     [](const Json& v, Settings& s) { return store(read_path(v, s), s.keys); }},
    {"anchor", "path", "<data>/anchor", false,
     "The anchor file: the newest checkpoint ever released. Best on another disk than the data folder.",
     [](const Json& v, Settings& s) { return store(read_path(v, s), s.anchor); }},
    {"passphrase_file", "path", "", false,
     "Holds the passphrase that unwraps the key files; without it they lie plain.", read_passphrase_file},
    {"listeners.peer.address", "address:port", "", true, "Where other nodes connect (TLS 1.3, Dataspace Protocol).",
     [](const Json& v, Settings& s) { return store(read_endpoint(v), s.peer); }},
    {"listeners.service.address", "address:port", "", true, "Where clients and auditors of this organization connect.",
     [](const Json& v, Settings& s) { return store(read_endpoint(v), s.service); }},
    {"listeners.service.certificate", "path", "", true,
     "PEM chain of the service listener, one that ordinary clients trust.",
     [](const Json& v, Settings& s) { return store(read_path(v, s), s.service_certificate); }},
    {"listeners.service.key", "path", "", true, "PEM private key of that certificate, mode 0600.",
     [](const Json& v, Settings& s) { return store(read_path(v, s), s.service_key); }},
    {"listeners.service.cors_origins", "list of origins", "[]", false,
     "Exact origins whose pages may call the service listener; empty switches CORS off.",
     [](const Json& v, Settings& s) { return store(read_text_list(v), s.cors_origins); }},
    {"listeners.operator.socket", "path", "<data>/operator.sock", false, "The operator's Unix socket, mode 0600.",
     [](const Json& v, Settings& s) { return store(read_path(v, s), s.operator_socket); }},
    {"trust.snapshot", "path", "", true, "The zone's newest trust snapshot; watched, the sequence must rise.",
     [](const Json& v, Settings& s) { return store(read_path(v, s), s.snapshot); }},
    {"trust.poll", "duration", "500ms", false, "How often the snapshot file is looked at.",
     [](const Json& v, Settings& s) { return store_ms(read_duration(v), s.snapshot_poll); }},
    {"catalog.refresh", "duration", "5m", false,
     "How often each known peer is asked what it offers, for searches; 0s: never.",
     [](const Json& v, Settings& s) { return store_ms(read_duration(v), s.catalog_refresh); }},
    {"egress", "list of host:port", "[]", false, "Where sources may be fetched from; nothing else is ever called.",
     [](const Json& v, Settings& s) { return store(read_text_list(v), s.egress); }},
    {"transfers.push.allow", "list of hosts", "[]", false,
     "Where data may be pushed to: maps of host, port (443), address (an IP instead of DNS, for laboratories), ca (PEM "
     "roots), key (SHA-256 of the certificate's public key). Empty: nowhere.",
     [](const Json& v, Settings& s) { return store(read_push_hosts(v, s), s.push_allow); }},
    {"clock.uncertainty", "duration", "the kernel's", false,
     "How far the clock may be off. A bound within it is unknown, and unknown never grants.", read_uncertainty},
    {"workers", "number", "0", false, "Threads that serve connections; 0 takes one for each core.",
     [](const Json& v, Settings& s) { return store(read_count(v, 0, 256), s.workers); }},
    {"log.level", "level", "info", false, "debug, info, warn or error; lines of JSON on standard error.", read_level},
    {"limits.open_exchanges", "number", "1024", false,
     "Releases of one agreement that wait for a receipt; above it 429.",
     [](const Json& v, Settings& s) { return store(read_count(v, 1, 1'000'000), s.limits.open_exchanges); }},
    {"limits.open_exchange_age", "duration", "60s", false,
     "The oldest release that may wait for a receipt; above it 429.",
     [](const Json& v, Settings& s) { return store_ms(read_duration(v), s.limits.open_exchange_age); }},
    {"limits.retries", "number", "3", false,
     "How often a release that was not confirmed is repeated without counting again.",
     [](const Json& v, Settings& s) { return store(read_count(v, 0, 255), s.limits.retries); }},
    {"limits.retry_time", "duration", "1h", false, "How long after that release.",
     [](const Json& v, Settings& s) { return store_ms(read_duration(v), s.limits.retry_time); }},
    {"limits.connections", "number", "4096", false, "Connections of one listener.",
     [](const Json& v, Settings& s) { return store(read_count(v, 1, 1'000'000), s.limits.connections); }},
    {"limits.connections_per_address", "number", "1024", false, "Connections of one remote address.",
     [](const Json& v, Settings& s) { return store(read_count(v, 1, 1'000'000), s.limits.connections_per_address); }},
    {"limits.requests", "number", "1024", false, "Requests that run at once; above it 503 with Retry-After.",
     [](const Json& v, Settings& s) { return store(read_count(v, 1, 1'000'000), s.limits.requests); }},
    {"limits.source_bytes", "number", "1073741824", false,
     "Octets of their sources that all pulls and pushes may hold at once, one peer at most half of them: 2 MiB each "
     "while it is read, 8 MiB while it streams, and what the source itself holds (two pages); above it 503 with "
     "Retry-After.",
     [](const Json& v, Settings& s) { return store(read_count(v, 32U << 20, 1ULL << 40), s.limits.source_bytes); }},
    {"limits.request_time", "duration", "30s", false, "The time one request may take.",
     [](const Json& v, Settings& s) { return store_ms(read_duration(v), s.limits.request_time); }},
    {"limits.journal_queue", "number", "8192", false, "Units of work that wait for the log's writer; above it 503.",
     [](const Json& v, Settings& s) { return store(read_count(v, 16, 1'000'000), s.limits.journal_queue); }},
    {"limits.agreements_per_peer", "number", "65536", false,
     "Agreements that this node provided to one peer, withdrawn and expired ones, too: they are kept for ever, some 10 "
     "KiB each; above it 429.",
     [](const Json& v, Settings& s) { return store(read_count(v, 1, 100'000'000), s.limits.agreements_per_peer); }},
    {"limits.voids_per_minute", "number", "600", false, "Void statements that one peer may cause in a minute.",
     [](const Json& v, Settings& s) { return store(read_count(v, 1, 1'000'000), s.limits.voids_per_minute); }},
});

}  // namespace

std::span<const SettingRow> setting_rows() { return kRows; }

}  // namespace sekisho::node
