// The settings of one node, as its YAML file gives them (formats.md 8): what the process is. What the node offers,
// and to whom, lives in its store and is set by `sekisho apply`.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace sekisho::node {

// An address to listen on. Port 0 takes a free port, which `status` names.
struct Endpoint {
  std::string address;  // IPv4 or IPv6 literal
  std::uint16_t port = 0;
};

struct Limits {
  std::size_t open_exchanges = 1024;                 // releases of an agreement without a receipt
  std::chrono::milliseconds open_exchange_age{60'000};  // the oldest of them
  std::size_t retries = 3;                           // of an unconfirmed release that do not count again
  std::chrono::milliseconds retry_time{3'600'000};   // after the release
  std::size_t connections = 4096;                    // of a listener
  std::size_t connections_per_address = 1024;
  std::size_t requests = 1024;                       // running at once, on all listeners
  std::uint64_t source_bytes = 1ULL << 30;           // held of sources at once, by all crossings
  std::size_t journal_queue = 8192;                  // units that wait for the writer
  std::size_t agreements_per_peer = 65'536;          // that this node provided and keeps
  std::size_t voids_per_minute = 600;                // of one peer
  std::chrono::milliseconds request_time{30'000};
};

// A host that data may be pushed to.
struct PushHost {
  std::string host;                // lower-case DNS name, exact
  std::uint16_t port = 443;
  std::string address;             // IP literal to connect to; empty: the name is resolved, and only to public addresses
  std::filesystem::path ca;        // PEM roots of its certificate; empty: those of the machine
  std::optional<std::string> key;  // SHA-256 of its certificate's SubjectPublicKeyInfo, 64 hex digits
};

struct Settings {
  std::filesystem::path file;  // where they came from
  std::string dns;
  std::filesystem::path data;
  std::filesystem::path keys;
  std::filesystem::path anchor;
  std::filesystem::path snapshot;
  std::optional<std::filesystem::path> passphrase_file;
  Endpoint peer;
  Endpoint service;
  std::filesystem::path service_certificate;
  std::filesystem::path service_key;
  std::filesystem::path operator_socket;
  std::vector<std::string> cors_origins;
  std::vector<std::string> egress;  // exact host:port
  std::vector<PushHost> push_allow;
  std::optional<std::chrono::microseconds> clock_uncertainty;
  std::chrono::milliseconds snapshot_poll{500};
  std::chrono::milliseconds catalog_refresh{300'000};  // 0: peers' catalogues are not kept
  std::size_t workers = 0;  // 0: one for each core
  std::string log_level = "info";
  Limits limits;
};

}  // namespace sekisho::node
