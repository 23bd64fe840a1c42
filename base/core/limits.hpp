// Every numeric limit that more than one room or a foreign party meets, each with its reason. Limits that a single
// parser has by its format stand beside that parser. Settings may lower some of them, never raise one.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace sekisho::limits {

inline constexpr std::size_t kKiB = 1024;
inline constexpr std::size_t kMiB = 1024 * kKiB;

// HTTP framing. A request's header block: a bearer token and two evidence headers fit several times over.
inline constexpr std::size_t kRequestHeaderBytes = 8 * kKiB;
// An answer's header block is larger: release and receipt travel as headers, with a path of up to 10 digests each.
inline constexpr std::size_t kResponseHeaderBytes = 16 * kKiB;
inline constexpr std::size_t kRequestTargetBytes = 4 * kKiB;
inline constexpr std::size_t kRequestHeaders = 64;
// Bodies by route: control messages (negotiation, catalogue, tokens) are a few KiB, one whole request of a peer is
// one record batch at most, an administrator may load a catalogue.
inline constexpr std::size_t kControlBodyBytes = 64 * kKiB;
inline constexpr std::size_t kRequestBodyBytes = kMiB;
inline constexpr std::size_t kAdminBodyBytes = 4 * kMiB;
// One answer is committed to and handed over as a whole; longer ones are streams.
inline constexpr std::size_t kAnswerBytes = kMiB;

// One record. An NDJSON line over this is no record but a file in disguise.
inline constexpr std::size_t kRecordBytes = kMiB;
inline constexpr std::size_t kRecordDepth = 32;
inline constexpr std::size_t kRecordValues = 100'000;
// What a connector may hold for one reader: a few records of full size.
inline constexpr std::size_t kBatchBytes = 4 * kMiB;
inline constexpr std::size_t kBatchRecords = 4096;

// Parsed documents. The depth bounds the stack of everything that walks a document.
inline constexpr std::size_t kJsonBytes = kMiB;
inline constexpr std::size_t kJsonDepth = 32;
inline constexpr std::size_t kJsonValues = 100'000;
// Greatest integer that every JSON reader reads as the same number (I-JSON, RFC 7493 section 2.2).
inline constexpr std::int64_t kJsonInteger = std::int64_t{1} << 53;
inline constexpr std::size_t kYamlBytes = kMiB;

// gzip. A ratio of 100 admits the best that NDJSON of one shape gives and refuses bombs early.
inline constexpr std::size_t kGzipRatio = 100;
inline constexpr std::size_t kGzipRatioFloor = 64 * kKiB;

// Evidence. 1,024 statements under one signature: a path of 10 digests, 320 octets (formats.md 2).
inline constexpr std::size_t kSealBatch = 1024;
inline constexpr std::size_t kStatementBytes = 32 * kKiB;
inline constexpr std::size_t kJwsBytes = 16 * kKiB;

// Files of the operator: keys and tokens are short, certificates and descriptors are not long.
inline constexpr std::size_t kKeyFileBytes = 16 * kKiB;
inline constexpr std::size_t kCertificateFileBytes = kMiB;

// Deadlines of one whole exchange and of a single control call.
inline constexpr std::chrono::seconds kExchangeDeadline{30};
inline constexpr std::chrono::seconds kControlDeadline{10};

// A log line is cut at this, so that no input can flood the operator's log with one event.
inline constexpr std::size_t kLogValueBytes = 1024;
// Distinct label sets of one metric; beyond it the series "other" counts (labels may come from peers).
inline constexpr std::size_t kMetricSeries = 1000;

}  // namespace sekisho::limits
