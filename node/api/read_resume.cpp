#include "node/api/read_resume.hpp"

#include <charconv>

namespace sekisho::node {
namespace {

std::unexpected<Error> refused(const char* parameter, const char* why) {
  return fail(Error(Code::InvalidArgument, why).with("parameter", parameter));
}

Result<std::optional<ResumeRequest>> read(const std::optional<std::string>& resume,
                                          const std::optional<std::uint64_t>& received) {
  if (!resume) {
    if (received) return refused("received", "received goes with resume");
    return std::optional<ResumeRequest>();
  }
  const auto exchange = uuid_from_text(*resume);
  if (!exchange) return refused("resume", "resume is the exchange of a stream");
  return std::optional(ResumeRequest{*exchange, received});
}

}  // namespace

Result<std::optional<ResumeRequest>> resume_of(const std::map<std::string, std::string>& query) {
  const auto resume = query.find("resume");
  const auto received = query.find("received");
  std::optional<std::uint64_t> octets;
  if (received != query.end()) {
    const std::string& text = received->second;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), octets.emplace());
    if (fault != std::errc() || end != text.data() + text.size())
      return refused("received", "received is a number of octets");
  }
  return read(resume == query.end() ? std::nullopt : std::optional(resume->second), octets);
}

Result<std::optional<ResumeRequest>> resume_of(const JsonObject& body) {
  const auto resume = get_optional_string(body, "resume");
  if (!resume) return fail(resume.error());
  std::optional<std::uint64_t> octets;
  if (body.contains("received")) {
    const auto received = get_integer(body, "received");
    if (!received || *received < 0) return refused("received", "received is a number of octets");
    octets = static_cast<std::uint64_t>(*received);
  }
  return read(*resume, octets);
}

}  // namespace sekisho::node
