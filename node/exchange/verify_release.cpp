#include "node/exchange/verify_release.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "node/dataspace/certificate_book.hpp"

namespace sekisho::node {
namespace {

std::unexpected<Error> differs(std::string_view member) {
  return fail(Code::EvidenceInvalid, fmt::format("the release has another {} than was asked", member));
}

}  // namespace

Status check_release(const trust::Statement& release, const OpenIntent& intent, const Digest& terms,
                     const Digest& own_tls_cert) {
  if (release.exchange() != intent.exchange) return differs("exchange");
  if (release.agreement != intent.agreement) return differs("agreement");
  if (release.digest("intent") != intent.intent) return differs("intent");
  if (release.digest("request") != intent.request) return differs("request");
  // Whether it counts again is the provider's to say; of what it repeats it says nothing else than was asked.
  const auto retried = release.text("retryOf");
  if (retried && (!intent.retry_of || *retried != to_text(*intent.retry_of))) return differs("retryOf");
  // Of an answer that is older than the question no one could say later which word of the zones held for it.
  if (release.time < uuid_v7_time(intent.exchange) - kClockSkew) return differs("time");
  if (release.digest("terms") != terms) return differs("terms");
  if (release.digest("tlsCert") != own_tls_cert) return differs("tlsCert");
  const bool opening = release.kind == trust::StatementKind::StreamOpen;  // its heads state the content
  if (release.subject.size() != (opening ? 0U : 1U)) return differs("subject");
  // It becomes a header field of the client's answer.
  const std::string media = release.text("media").value_or("");
  const auto visible = [](char c) { return c >= 0x20 && c < 0x7f; };
  if (media.empty() || media.size() > 255 || !std::all_of(media.begin(), media.end(), visible)) return differs("media");
  return {};
}

Result<trust::Commitment> check_content(const trust::Statement& release, const Digest& salt, std::string_view body) {
  const trust::Commitment received = trust::commit(salt, as_bytes(body));
  if (release.subject.size() != 1 || release.subject[0].commitment != received.value) {
    return fail(Code::CommitmentMismatch, "the data do not fit the commitment of the release");
  }
  return received;
}

}  // namespace sekisho::node
