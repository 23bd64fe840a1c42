#include "trust/zone/ca_book.hpp"

namespace sekisho::trust {

void note_issued(pb::CaBook& book, const Certificate& certificate) {
  book.add_issued()->set_certificate(field_of(certificate.der()));
}

Status mark_revoked(pb::CaBook& book, const Certificate& certificate, int reason, std::optional<Instant> invalid_since,
                    Instant now) {
  for (pb::IssuedCertificate& issued : *book.mutable_issued()) {
    if (issued.certificate() != as_text(certificate.der())) continue;
    if (issued.revoked_us() != 0) return {};
    issued.set_revoked_us(us_of(now));
    issued.set_reason(reason);
    if (invalid_since) issued.set_invalid_since_us(us_of(*invalid_since));
    return {};
  }
  return fail(Code::NotFound, "this CA did not issue " + certificate.subject());
}

Status renew_crl(pb::CaBook& book, const CaKey& ca, Instant now, std::chrono::seconds validity) {
  std::optional<Instant> last;
  if (!book.crl().empty()) {
    Result<Crl> crl = Crl::parse(as_bytes(book.crl()));
    if (!crl) return fail(crl.error());
    last = crl->this_update();
  }
  std::vector<RevokedEntry> revoked;
  for (const pb::IssuedCertificate& issued : book.issued()) {
    if (issued.revoked_us() == 0) continue;
    Result<Certificate> c = Certificate::parse(as_bytes(issued.certificate()));
    if (!c) return fail(c.error());
    RevokedEntry entry{c->serial(), instant_of_us(issued.revoked_us()), std::nullopt, issued.reason()};
    if (issued.invalid_since_us() != 0) entry.invalid_since = instant_of_us(issued.invalid_since_us());
    revoked.push_back(std::move(entry));
  }
  const Instant next = std::chrono::floor<std::chrono::seconds>(now) + validity;
  Result<Crl> crl = issue_crl(ca, revoked, {book.crl_number() + 1, next_crl_time(now, last), next});
  if (!crl) return fail(crl.error());
  book.set_crl_number(book.crl_number() + 1);
  book.set_crl(field_of(crl->der()));
  return {};
}

bool crl_is_due(const pb::CaBook& book, Instant now, std::chrono::seconds validity) {
  Result<Crl> crl = Crl::parse(as_bytes(book.crl()));
  if (!crl || !crl->next_update() || *crl->next_update() - now < validity / 2) return true;
  for (const pb::IssuedCertificate& issued : book.issued()) {
    if (issued.revoked_us() == 0) continue;
    Result<Certificate> c = Certificate::parse(as_bytes(issued.certificate()));
    if (!c || !crl->revocation(*c)) return true;
  }
  return false;
}

}  // namespace sekisho::trust
