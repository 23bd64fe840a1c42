// The one table of error codes. docs/errors.md is generated from it. A name is never reused or renamed;
// a new code is a new row at the end of its group.
//
// http   the status a peer or client gets.   title  one line for the reader of the answer.
// mend   what an operator or client does about it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sekisho {

// X(enumerator, public name, HTTP status, title, mend)
#define SEKISHO_CODES(X)                                                                                              \
  /* general */                                                                                                       \
  X(Internal, "INTERNAL", 500, "the node failed", "report it with the correlation id; the operator's log has the chain") \
  X(InvalidArgument, "INVALID_ARGUMENT", 400, "the request is not understood", "correct the member that the pointer names") \
  X(NotFound, "NOT_FOUND", 404, "there is no such thing", "check the path or the id")                                 \
  X(Conflict, "CONFLICT", 409, "the state does not allow it", "read the current state and decide again")              \
  X(Busy, "BUSY", 503, "the node is at a limit", "wait Retry-After and repeat")                                       \
  X(Deadline, "DEADLINE", 504, "the time allowed ran out", "repeat; look at the slow part that the cause names")      \
  X(Cancelled, "CANCELLED", 503, "the work was cancelled", "repeat when the node serves again")                       \
  X(Io, "IO", 500, "a file or socket failed", "the cause names the file or address")                                  \
  X(LimitExceeded, "LIMIT_EXCEEDED", 400, "an input is over its limit", "send less; docs name the limits")            \
  X(Unsupported, "UNSUPPORTED", 501, "this is not supported", "see the documents for what is")                        \
  /* parsers */                                                                                                       \
  X(JsonSyntax, "JSON_SYNTAX", 400, "not strict JSON", "send RFC 8259 JSON without duplicate names")                  \
  X(JsonShape, "JSON_SHAPE", 400, "JSON of another shape", "correct the member that the pointer names")               \
  X(YamlSyntax, "YAML_SYNTAX", 400, "not strict YAML", "correct the line that the message names")                     \
  X(Encoding, "ENCODING", 400, "not a valid encoding", "send strict hex or base64url without padding")                \
  X(UriSyntax, "URI_SYNTAX", 400, "not a valid URL", "correct the URL")                                               \
  X(GzipFormat, "GZIP_FORMAT", 400, "not valid gzip or too large", "send less, uncompressed")                         \
  X(ProtobufFormat, "PROTOBUF_FORMAT", 400, "not the expected message", "use a peer of a compatible version")         \
  /* settings and files of the operator */                                                                           \
  X(SettingUnknown, "SETTING_UNKNOWN", 400, "the settings file has an unknown key", "remove or correct the key; docs/settings.md lists all") \
  X(SettingInvalid, "SETTING_INVALID", 400, "a setting has a wrong value", "correct the setting that the message names") \
  X(SettingMissing, "SETTING_MISSING", 400, "a required setting is missing", "add the setting that the message names") \
  X(KeyFile, "KEY_FILE", 500, "a key file is missing, unreadable or of another kind", "check path, owner and format") \
  X(KeyFileMode, "KEY_FILE_MODE", 500, "a key file is readable by others", "chmod 0600 the file that the message names") \
  X(PortInUse, "PORT_IN_USE", 500, "the address is in use", "stop the other process or change the listener")          \
  X(DataFolderForeign, "DATA_FOLDER_FOREIGN", 500, "the data folder belongs to another node", "use the folder of this node or an empty one") \
  X(SchemaNewer, "SCHEMA_NEWER", 500, "the data are of a newer version than this program", "run the newer program")   \
  X(DatabaseLocked, "DATABASE_LOCKED", 500, "another process has the database open", "stop it; two nodes never share a folder") \
  X(DatabaseDamaged, "DATABASE_DAMAGED", 500, "the database is damaged", "do not delete anything; run sekishod check, then restore or open a successor log") \
  X(DatabaseRolledBack, "DATABASE_ROLLED_BACK", 500, "the database is older than its anchor file", "restore the newest data, or sekishod backup --restore opens a successor log") \
  X(DiskFull, "DISK_FULL", 503, "the disk is full", "free space, then start the node again")                          \
  /* connection and framing */                                                                                       \
  X(Framing, "FRAMING", 400, "the HTTP framing is not accepted", "send one Content-Length or exactly one chunked coding") \
  X(LengthRequired, "LENGTH_REQUIRED", 411, "a body without a length", "send Content-Length or chunked")              \
  X(BodyTooLarge, "BODY_TOO_LARGE", 413, "the body is over the limit of this route", "send less; limit_bytes names the limit") \
  X(HeaderTooLarge, "HEADER_TOO_LARGE", 431, "the header block is too large", "send smaller or fewer headers")        \
  X(TransferCoding, "TRANSFER_CODING", 501, "a transfer coding that is not accepted", "use at most one chunked coding") \
  X(MethodNotAllowed, "METHOD_NOT_ALLOWED", 405, "the method is not allowed here", "the Allow header names the methods") \
  X(NotAcceptable, "NOT_ACCEPTABLE", 406, "the dataset is not offered in that media type", "accept the media type that help names") \
  X(UnsupportedMedia, "UNSUPPORTED_MEDIA_TYPE", 415, "the body has another media type", "send application/json")      \
  X(Connection, "CONNECTION", 502, "the peer cannot be reached", "check its address, its process and the network")    \
  X(TlsHandshake, "TLS_HANDSHAKE", 502, "the TLS handshake failed", "check certificates and clocks of both sides")    \
  X(Truncated, "TRUNCATED", 502, "the peer closed in the middle of a message", "repeat; if it persists, ask the peer's operator") \
  X(TooManyRequests, "TOO_MANY_REQUESTS", 429, "too many requests", "wait Retry-After")                               \
  X(Draining, "DRAINING", 503, "the node is stopping", "repeat against the node after its restart")                   \
  /* who asks */                                                                                                      \
  X(Unauthenticated, "UNAUTHENTICATED", 401, "the caller is not known", "present a client certificate of a recognised zone, or a valid token") \
  X(TokenInvalid, "TOKEN_INVALID", 401, "the token is not valid here", "renew the token, and use it over the connection it is bound to") \
  X(CertificateInvalid, "CERTIFICATE_INVALID", 401, "the certificate does not verify", "the operator's log names the failing rule") \
  X(CertificateRevoked, "CERTIFICATE_REVOKED", 401, "the certificate is revoked", "enrol again")                      \
  X(CertificateProfile, "CERTIFICATE_PROFILE", 401, "the certificate breaks the profile", "issue it by the zone's profile") \
  X(ZoneNotRecognised, "ZONE_NOT_RECOGNISED", 401, "the zone of the caller is not recognised", "the two zones must recognise each other first") \
  X(RecognitionSuspended, "RECOGNITION_SUSPENDED", 401, "the recognition between the zones is suspended", "ask the zone authority; repeat after it resumes") \
  X(SnapshotStale, "SNAPSHOT_STALE", 503, "the trust snapshot is too old", "publish a new snapshot in the zone")      \
  X(SnapshotInvalid, "SNAPSHOT_INVALID", 500, "the trust snapshot does not verify", "fetch it again from the zone's trust service") \
  X(SnapshotRollback, "SNAPSHOT_ROLLBACK", 500, "a trust snapshot with a lower sequence", "use the newest; a lower one is an attack or a mistake") \
  X(Forbidden, "FORBIDDEN", 403, "the caller may not do this", "use a token with the scope that help names")          \
  X(PeerUnknown, "PEER_UNKNOWN", 404, "no such peer in the trust snapshot", "check the DNS name; the peer must be enrolled and its zone recognised") \
  /* policy */                                                                                                        \
  X(PolicyRefused, "POLICY_REFUSED", 422, "the policy cannot be enforced here", "the report lists each term that is not supported") \
  X(NoPermission, "NO_PERMISSION", 403, "no permission of the agreement covers this", "negotiate an agreement that does") \
  X(Prohibited, "PROHIBITED", 403, "the agreement prohibits this", "the agreement names the prohibition")             \
  X(PurposeMismatch, "PURPOSE_MISMATCH", 403, "the purpose is not one of the agreement", "use a purpose that help lists") \
  X(Expired, "EXPIRED", 403, "the permission has ended", "negotiate a new agreement")                                 \
  X(NotYet, "NOT_YET", 403, "the permission has not begun", "repeat when it has")                                     \
  X(Quota, "QUOTA", 403, "the quota of the agreement is spent", "negotiate a new agreement")                          \
  X(Jurisdiction, "JURISDICTION", 403, "the recipient's zone is not one of the agreement", "ask the provider for an offer to your zone") \
  X(ClaimMissing, "CLAIM_MISSING", 403, "something the decision needs was not presented", "present what help lists")  \
  X(ClockUncertain, "CLOCK", 403, "the clock is too uncertain for a bound of the agreement", "synchronise the clock of the node") \
  X(ClocksDiffer, "CLOCKS_DIFFER", 503, "a statement is dated ahead of this node's clock", "synchronise the clocks of both nodes; it is taken when they agree") \
  X(PolicyVoid, "POLICY_VOID", 403, "the policy contradicts itself", "the provider must mend its offer")              \
  X(ViewError, "VIEW_ERROR", 500, "a record did not fit its view", "the provider must mend the source or the view; nothing was sent") \
  X(OfferUnknown, "OFFER_UNKNOWN", 404, "no such offer is made to you", "read the catalogue again")                   \
  X(OfferMismatch, "OFFER_MISMATCH", 400, "the offer is not the one that was made", "send the offer as the catalogue shows it") \
  /* exchange */                                                                                                      \
  X(DatasetUnknown, "DATASET_UNKNOWN", 404, "no such dataset is offered to you", "help lists nothing on purpose; read the catalogue") \
  X(ExchangeReplayed, "EXCHANGE_REPLAYED", 409, "this exchange id was used before", "the evidence is at the link; use a new id for a new exchange") \
  X(ExchangeRunning, "EXCHANGE_RUNNING", 409, "this exchange is still running", "wait Retry-After and ask for its evidence") \
  X(ExchangeId, "EXCHANGE_ID", 400, "the exchange id is not acceptable", "use a UUIDv7 whose time is within 24 h")    \
  X(OpenExchanges, "OPEN_EXCHANGES", 429, "too many exchanges without a receipt", "send the receipts, then repeat after Retry-After") \
  X(AgreementUnknown, "AGREEMENT_UNKNOWN", 404, "no such agreement", "negotiate one")                                 \
  X(TransferUnknown, "TRANSFER_UNKNOWN", 404, "no such transfer", "request a transfer under the agreement")           \
  X(TransferNotStarted, "TRANSFER_NOT_STARTED", 409, "the transfer is not in state STARTED", "start or resume the transfer") \
  X(NegotiationFailed, "NEGOTIATION_FAILED", 502, "the negotiation did not end in an agreement", "the cause names the peer's reason") \
  X(StateTransition, "STATE_TRANSITION", 400, "the message is not allowed in this state", "read the state of the process") \
  X(ConsentWithdrawn, "CONSENT_WITHDRAWN", 403, "the consent that the data need was withdrawn", "ask the provider when it is given again") \
  X(SourceFailed, "SOURCE_FAILED", 502, "the source of the data failed", "the provider's operator sees why; repeat later") \
  X(SourceTimeout, "SOURCE_TIMEOUT", 504, "the source of the data was too slow", "repeat later")                      \
  X(AnswerTooLarge, "ANSWER_TOO_LARGE", 507, "the source holds a record or a page over the limit", "offer smaller records") \
  X(PeerRefused, "PEER_REFUSED", 502, "the providing node refused", "peer_code in help is the provider's code")       \
  X(EvidenceInvalid, "EVIDENCE_INVALID", 502, "the provider's evidence does not verify; no data was passed on", "keep the correlation id; the exchange is on record as rejected") \
  X(IdempotencyMismatch, "IDEMPOTENCY_MISMATCH", 422, "the Idempotency-Key was used for another request", "use a new key") \
  X(IdempotencyRunning, "IDEMPOTENCY_RUNNING", 409, "the request with this Idempotency-Key is running", "wait Retry-After") \
  X(IdempotencyDelivered, "IDEMPOTENCY_DELIVERED", 409, "the request with this Idempotency-Key was answered", "the evidence is at the link; bodies are not kept") \
  X(ReceiptInvalid, "RECEIPT_INVALID", 422, "a receipt does not verify or fits no release", "send the receipt for a release of this node") \
  X(AgreementWithdrawn, "AGREEMENT_WITHDRAWN", 403, "a party withdrew the agreement", "negotiate a new one; by in help names who withdrew it") \
  X(AgreementLimit, "AGREEMENT_LIMIT", 429, "as many agreements are kept with this peer as may be", "use an agreement that is in force, or ask the provider for more (limits.agreements_per_peer)") \
  X(PushRefused, "PUSH_REFUSED", 403, "the data may not be pushed there", "why in help names the rule; push to an endpoint that the provider permits") \
  X(PushFailed, "PUSH_FAILED", 502, "the endpoint of the push does not take the data", "the cause names its answer; mend the endpoint and request the transfer again") \
  /* log and evidence */                                                                                              \
  X(JournalStopped, "JOURNAL_STOPPED", 503, "the log cannot be written; nothing is released", "look at the disk, then start the node again") \
  X(JournalIndeterminate, "JOURNAL_INDETERMINATE", 503, "a write may or may not be durable; the node reopens", "repeat with the same exchange id after Retry-After") \
  X(SignatureInvalid, "SIGNATURE_INVALID", 422, "a signature does not verify", "the object was altered or is of another key") \
  X(StatementInvalid, "STATEMENT_INVALID", 422, "a statement is not of a known kind and shape", "use a peer of a compatible version") \
  X(ProofInvalid, "PROOF_INVALID", 422, "a proof does not verify", "the log, the entry or the proof was altered")     \
  X(CheckpointInvalid, "CHECKPOINT_INVALID", 422, "a checkpoint does not verify", "the checkpoint was altered or is of another log") \
  X(NoteFormat, "NOTE_FORMAT", 400, "not a signed note", "see C2SP signed-note")                                      \
  X(CommitmentMismatch, "COMMITMENT_MISMATCH", 422, "the data do not fit the commitment", "the data or the salt was altered") \
  X(BundleFormat, "BUNDLE_FORMAT", 422, "not a bundle, or one with missing, extra or altered members", "export the bundle again") \
  X(TwinMissing, "TWIN_MISSING", 422, "the other party's copy is missing or differs", "export from both nodes")        \
  X(PathInvalid, "PATH_INVALID", 422, "no valid certificate path as of the exchange", "the message names the failing rule") \
  X(Misconduct, "MISCONDUCT", 422, "two statements of one issuer contradict each other", "keep the evidence file; it convicts the issuer by itself")

enum class Code : std::uint16_t {
#define SEKISHO_CODE(e, n, h, t, m) e,
  SEKISHO_CODES(SEKISHO_CODE)
#undef SEKISHO_CODE
};

struct CodeInfo {
  Code code;
  std::string_view name;
  int http;
  std::string_view title;
  std::string_view mend;
};

inline constexpr auto kCodeTable = std::to_array<CodeInfo>({
#define SEKISHO_CODE(e, n, h, t, m) {Code::e, n, h, t, m},
    SEKISHO_CODES(SEKISHO_CODE)
#undef SEKISHO_CODE
});

[[nodiscard]] const CodeInfo& code_info(Code code);

}  // namespace sekisho
