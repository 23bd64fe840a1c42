#include "trust/zone/node_record.hpp"

#include <fmt/format.h>

#include <charconv>

#include "trust/pki/names.hpp"
#include "trust/zone/proto_io.hpp"

namespace sekisho::trust {

namespace {

constexpr int kMaxKeys = 16;

bool is_number(std::string_view text, std::size_t most) {
  return !text.empty() && text.size() <= most && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool is_ipv4(std::string_view text) {
  int parts = 0;
  while (true) {
    const std::size_t dot = text.find('.');
    const std::string_view part = text.substr(0, dot);
    if (!is_number(part, 3) || (part.size() > 1 && part[0] == '0') || std::stoi(std::string(part)) > 255) return false;
    ++parts;
    if (dot == std::string_view::npos) return parts == 4;
    text.remove_prefix(dot + 1);
  }
}

// Only the characters of a literal; the socket layer parses it in full.
bool is_ipv6(std::string_view text) {
  return text.size() >= 2 && text.size() <= 39 && text.find(':') != std::string_view::npos &&
         text.find_first_not_of("0123456789abcdef:") == std::string_view::npos;
}

Status read_keys(const google::protobuf::RepeatedPtrField<pb::NodeKey>& list, std::vector<NodeKey>& out) {
  if (list.size() > kMaxKeys) return fail(Code::LimitExceeded, "a node record with more than 16 keys of a kind");
  for (const pb::NodeKey& m : list) {
    NodeKey key;
    Result<Digest> octets = digest_of(m.key(), "a node's key");
    if (!octets) return fail(octets.error());
    key.key = *octets;
    key.valid_from = instant_of_us(m.valid_from_us());
    key.valid_to = instant_of_us(m.valid_to_us());
    out.push_back(key);
  }
  return {};
}

void write_keys(const std::vector<NodeKey>& keys, google::protobuf::RepeatedPtrField<pb::NodeKey>& out) {
  for (const NodeKey& key : keys) {
    pb::NodeKey* m = out.Add();
    m->set_key(field_of(key.key));
    m->set_valid_from_us(us_of(key.valid_from));
    m->set_valid_to_us(us_of(key.valid_to));
  }
}

}  // namespace

bool is_log_origin(std::string_view origin, std::string_view dns) {
  const std::string prefix = std::string(dns) + "/sekisho/";
  if (!origin.starts_with(prefix)) return false;
  std::string_view rest = origin.substr(prefix.size());
  if (rest.size() < 6 || !is_number(rest.substr(0, 4), 4) || rest[4] != 'h' || (rest[5] != '1' && rest[5] != '2')) {
    return false;
  }
  rest.remove_prefix(6);
  if (rest.empty()) return true;
  return rest[0] == '.' && is_number(rest.substr(1), 4) && rest[1] != '0';
}

std::string log_origin(std::string_view dns, Instant at) {
  const std::chrono::year_month_day day(std::chrono::floor<std::chrono::days>(at));
  return fmt::format("{}/sekisho/{:04}h{}", dns, static_cast<int>(day.year()),
                     static_cast<unsigned>(day.month()) <= 6 ? 1 : 2);
}

std::optional<std::array<std::uint8_t, 32>> NodeRecord::log_key(std::string_view origin, Instant at) const {
  if (!is_log_origin(origin, dns)) return std::nullopt;
  for (auto key = log_keys.rbegin(); key != log_keys.rend(); ++key) {
    if (at >= key->valid_from && at < key->valid_to) return key->key;
  }
  return std::nullopt;
}

Result<std::pair<std::string, std::uint16_t>> parse_peer_address(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return fail(Code::InvalidArgument, "an address is ip:port");
  std::string_view ip = text.substr(0, colon);
  const bool v6 = ip.size() > 2 && ip.front() == '[' && ip.back() == ']';
  if (v6) ip = ip.substr(1, ip.size() - 2);
  const std::string_view digits = text.substr(colon + 1);
  unsigned port = 0;
  const auto [end, ec] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  const bool port_ok = is_number(digits, 5) && ec == std::errc() && port > 0 && port <= 65535 && digits[0] != '0';
  if (!port_ok || !(v6 ? is_ipv6(ip) : is_ipv4(ip))) {
    return fail(Code::InvalidArgument, "an address is a literal ip:port, IPv6 in brackets: " + std::string(text));
  }
  return std::pair(std::string(ip), static_cast<std::uint16_t>(port));
}

Result<NodeRecord> read_node_record(const pb::NodeRecord& m) {
  NodeRecord r;
  r.dns = m.dns();
  r.did = m.did();
  r.zone = m.zone();
  r.organization = m.organization();
  r.foreign_name = m.foreign_name();
  if (!is_dns_name(r.dns) || r.did != did_web(r.dns) || !is_zone_id(r.zone) || r.organization.size() > 256 ||
      (!r.foreign_name.empty() && !is_dns_name(r.foreign_name))) {
    return fail(Code::ProtobufFormat, "a node record with names out of form");
  }
  auto address = parse_peer_address(m.address());
  if (!address) return fail(Code::ProtobufFormat, "the node record of " + r.dns, address.error());
  std::tie(r.ip, r.port) = *address;
  Result<Digest> statement = digest_of(m.statement_certificate(), "a node's statement certificate");
  if (!statement) return fail(statement.error());
  Result<Digest> tls = digest_of(m.tls_certificate(), "a node's TLS certificate");
  if (!tls) return fail(tls.error());
  r.statement_certificate = *statement;
  r.tls_certificate = *tls;
  if (Status s = read_keys(m.log_keys(), r.log_keys); !s) return fail(s.error());
  if (Status s = read_keys(m.witness_keys(), r.witness_keys); !s) return fail(s.error());
  return r;
}

void write_node_record(const NodeRecord& r, pb::NodeRecord& out) {
  out.set_dns(r.dns);
  out.set_did(r.did);
  out.set_zone(r.zone);
  out.set_organization(r.organization);
  const bool v6 = r.ip.find(':') != std::string::npos;
  out.set_address(v6 ? fmt::format("[{}]:{}", r.ip, r.port) : fmt::format("{}:{}", r.ip, r.port));
  out.set_statement_certificate(field_of(r.statement_certificate));
  out.set_tls_certificate(field_of(r.tls_certificate));
  write_keys(r.log_keys, *out.mutable_log_keys());
  write_keys(r.witness_keys, *out.mutable_witness_keys());
  out.set_foreign_name(r.foreign_name);
}

}  // namespace sekisho::trust
