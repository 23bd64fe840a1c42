#include "node/dataspace/certificate_book.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "base/core/encoding.hpp"
#include "base/crypto/digest.hpp"
#include "node/dataspace/process.hpp"
#include "node/journal/materials.hpp"
#include "trust/pki/path.hpp"

namespace sekisho::node {
namespace {

constexpr std::size_t kMaxChain = 8;
constexpr std::size_t kChainLimit = 64 * 1024;

std::unexpected<Error> invalid(std::string message) { return fail(Code::EvidenceInvalid, std::move(message)); }
std::unexpected<Error> invalid(std::string message, Error cause) {
  return fail(Code::EvidenceInvalid, std::move(message), std::move(cause));
}

// The log a statement claims to lie in must be one of its issuer's own host.
bool own_log(std::string_view origin, std::string_view dns) {
  return origin.size() > dns.size() + 1 && origin.starts_with(dns) && origin[dns.size()] == '/';
}

// Whatever else a peer sent with its certificate would be archived, and stand in bundles, as if the leaf had bound it.
Result<std::vector<Bytes>> bound_chain(std::span<const Bytes> sent) {
  const Result<std::vector<trust::Certificate>> parsed = trust::parse_chain(sent);
  if (!parsed) return fail(parsed.error());
  std::vector<Bytes> chain;
  for (const trust::Certificate& certificate : trust::bound_part(*parsed)) chain.push_back(certificate.der());
  return chain;
}

}  // namespace

CertificateBook::CertificateBook(const LocalIdentity& self, const TrustHolder& trust, PeerChannel& peers,
                                 Journal& journal, const Storage& storage, std::size_t entries)
    : self_(self), trust_(trust), peers_(peers), journal_(journal), storage_(storage), capacity_(entries) {}

std::shared_ptr<const StatementCertificate> CertificateBook::cached(const std::string& dns, const Digest& certificate) {
  const std::lock_guard lock(mutex_);
  const auto found = cache_.find(certificate);
  if (found == cache_.end() || found->second->identity.dns != dns) return nullptr;
  return found->second;
}

Result<std::shared_ptr<const StatementCertificate>> CertificateBook::judge(const std::string& dns,
                                                                           const Digest& certificate,
                                                                           std::vector<Bytes> chain) {
  if (chain.empty() || chain.size() > kMaxChain || sha256(chain.front()) != certificate) {
    return invalid(fmt::format("the chain is not that of certificate {}", to_hex(certificate)));
  }
  Result<trust::PeerIdentity> identity = trust_.identify(chain, trust::Use::Statement);
  if (!identity) return fail(identity.error());
  if (identity->dns != dns) return invalid(fmt::format("certificate {} is not of {}", to_hex(certificate), dns));
  auto found = std::make_shared<StatementCertificate>();
  found->chain = std::move(chain);
  found->key.octets = identity->statement_key;
  found->identity = std::move(*identity);
  std::shared_ptr<const StatementCertificate> kept = std::move(found);
  const std::lock_guard lock(mutex_);
  if (!cache_.insert_or_assign(certificate, kept).second) return kept;
  order_.push_back(certificate);
  if (order_.size() > capacity_) {
    cache_.erase(order_.front());
    order_.pop_front();
  }
  return kept;
}

async::Task<Result<std::shared_ptr<const StatementCertificate>>> CertificateBook::find(std::string dns,
                                                                                       Digest certificate,
                                                                                       async::Deadline deadline) {
  const std::shared_ptr<const StatementCertificate> known = cached(dns, certificate);
  if (known) co_return judge(dns, certificate, known->chain);
  Result<std::optional<std::vector<Bytes>>> archived = find_chain(storage_, certificate);
  if (!archived) co_return fail(archived.error());
  if (*archived) co_return judge(dns, certificate, std::move(**archived));

  Result<std::vector<Bytes>> chain = co_await ask(dns, certificate, deadline);
  if (!chain) co_return fail(chain.error());
  Result<std::shared_ptr<const StatementCertificate>> judged = judge(dns, certificate, std::move(*chain));
  if (!judged) co_return judged;
  Unit unit;
  unit.mutations.push_back(archive_chain((*judged)->chain));
  Result<Committed> committed = co_await journal_.commit(std::move(unit));
  if (!committed) co_return fail(committed.error());
  co_return judged;
}

async::Task<Result<std::vector<Bytes>>> CertificateBook::ask(std::string dns, Digest certificate,
                                                             async::Deadline deadline) {
  PeerRequest request;
  request.dns = dns;
  request.method = "GET";
  request.target = fmt::format("/sekisho/v1/certificates/{}", to_hex(certificate));
  request.headers.add("Accept", "application/octet-stream");
  request.answer_limit = kChainLimit;
  request.deadline = deadline;
  Result<http::ClientResponse> answer = co_await peers_.send(std::move(request));
  if (!answer) co_return fail(answer.error());
  if (answer->status != 200) {
    co_return invalid(
        fmt::format("{} answered {} for its own certificate {}", dns, answer->status, to_hex(certificate)));
  }
  Result<std::vector<Bytes>> chain = split_chain(as_bytes(answer->body));
  if (!chain) co_return invalid(fmt::format("{} sent no certificate chain", dns), chain.error());
  co_return bound_chain(*chain);
}

async::Task<Result<CheckedStatement>> CertificateBook::check(trust::PeerIdentity peer, std::string envelope_text,
                                                             trust::StatementKind kind, async::Deadline deadline) {
  Result<Bytes> octets = from_base64url(envelope_text);
  if (!octets) co_return invalid("the statement is not base64url", octets.error());
  Result<trust::Envelope> envelope = trust::decode_envelope(*octets);
  if (!envelope) co_return invalid("the statement is not an envelope", envelope.error());
  co_return co_await check_envelope(std::move(peer), std::move(*envelope), kind, deadline);
}

async::Task<Result<CheckedStatement>> CertificateBook::check_envelope(trust::PeerIdentity peer,
                                                                      trust::Envelope envelope,
                                                                      trust::StatementKind kind,
                                                                      async::Deadline deadline) {
  Result<trust::Statement> statement = trust::parse_statement(envelope.payload);
  if (!statement) co_return invalid(fmt::format("the statement of {} cannot be read", peer.dns), statement.error());
  if (statement->kind != kind) {
    co_return invalid(fmt::format("{} sent a statement of kind {} for one of kind {}", peer.dns,
                                  trust::kind_name(statement->kind), trust::kind_name(kind)));
  }
  if (statement->issuer.did != peer.did || statement->issuer.zone != peer.zone) {
    co_return invalid(fmt::format("the statement is of {}, not of {}", statement->issuer.did, peer.did));
  }
  if (!own_log(statement->origin, peer.dns))
    co_return invalid(fmt::format("the log {} is not of {}", statement->origin, peer.dns));
  Result<std::shared_ptr<const StatementCertificate>> certificate =
      co_await find(peer.dns, statement->issuer.cert, deadline);
  if (!certificate && transient(certificate.error().code)) co_return fail(certificate.error());
  if (!certificate)
    co_return invalid(fmt::format("the statement certificate of {} is not valid", peer.dns), certificate.error());
  const trust::PeerIdentity& signer = (*certificate)->identity;
  if (signer.did != peer.did || signer.zone != peer.zone)
    co_return invalid(fmt::format("the certificate is not of {}", peer.did));
  Status sealed = seals_.verify(envelope.payload, envelope.seal, (*certificate)->key);
  if (!sealed) co_return invalid(fmt::format("the seal of {} does not verify", peer.dns), sealed.error());
  const Instant now = trust_.now();
  if (statement->time > now + kClockSkew) {
    const auto ahead = std::chrono::duration_cast<std::chrono::seconds>(statement->time - now);
    co_return fail(Code::ClocksDiffer, fmt::format("a statement of {} is dated {} ahead", peer.dns, ahead));
  }
  co_return CheckedStatement{std::move(*statement), std::move(envelope)};
}

Result<Bytes> CertificateBook::serve(const Digest& certificate) const {
  if (certificate == self_.statement_cert) return join_chain(self_.statement_chain);
  Result<std::optional<std::vector<Bytes>>> archived = find_chain(storage_, certificate);
  if (!archived) return fail(archived.error());
  if (!*archived) return fail(Code::NotFound, fmt::format("no certificate {}", to_hex(certificate)));
  return join_chain(**archived);
}

Status CertificateBook::archive_own() {
  Unit unit;
  unit.mutations.push_back(archive_chain(self_.statement_chain));
  Result<Committed> committed = journal_.commit_blocking(std::move(unit));
  if (!committed) return fail(committed.error());
  return {};
}

}  // namespace sekisho::node
