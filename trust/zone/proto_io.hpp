// Between Protobuf's strings and the project's types, for trust/zone. A message is accepted only in its one encoding:
// unknown fields, reordered fields and padding are refused, because the bytes are what was signed.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "base/core/bytes.hpp"
#include "base/core/clock.hpp"
#include "base/core/result.hpp"
#include "schemas/zone.pb.h"
#include "trust/zone/wire_shape.hpp"

namespace sekisho::trust {

template <class Message>
Result<Message> parse_exact(BytesView bytes, std::string_view what) {
  const google::protobuf::LogSilencer quiet;  // the parser would write a line about a peer's bytes
  Message message;
  if (bytes.size() > (8U << 20) || !message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return fail(Code::ProtobufFormat, std::string(what) + " does not parse");
  }
  if (!known_fields_only(bytes, shape_of(message)) || message.SerializeAsString() != as_text(bytes)) {
    return fail(Code::ProtobufFormat, std::string(what) + " has unknown fields or another encoding");
  }
  return message;
}

inline Result<Digest> digest_of(std::string_view field, std::string_view what) {
  Digest out{};
  if (field.size() != out.size()) return fail(Code::ProtobufFormat, std::string(what) + " is not 32 octets");
  std::ranges::copy(as_bytes(field), out.begin());
  return out;
}

inline std::string field_of(BytesView bytes) { return std::string(as_text(bytes)); }
inline Instant instant_of_us(std::int64_t us) { return Instant(std::chrono::microseconds(us)); }
inline std::int64_t us_of(Instant at) { return at.time_since_epoch().count(); }

template <class Repeated>
std::vector<std::string> strings_of(const Repeated& field) {
  return {field.begin(), field.end()};
}

}  // namespace sekisho::trust
