#include "connectors/http/refusal.hpp"

#include "connectors/http/bundle.hpp"
#include "connectors/http/page.hpp"

namespace sekisho::connectors {

namespace {

struct HubCode {
  std::string_view code;
  std::string_view meaning;
};
// Those that the published tests of the DynamicApi hub show.
constexpr HubCode kHubCodes[] = {{"E10402", "a document breaks the resource's schema"},
                                 {"E10422", "the resource has no such property"},
                                 {"E10426", "the hub cannot read the filter"},
                                 {"E10502", "the hub does not accept the token"}};

std::string with_meaning(std::string word) {
  for (const HubCode& known : kHubCodes) {
    if (word == " (" + std::string(known.code) + ")") {
      word.insert(word.size() - 1, ": " + std::string(known.meaning));
      break;
    }
  }
  return word;
}

std::string word_in(const std::string& body) {
  const Result<Json> document = parse_json(body, {.bytes = 64U << 10, .depth = 16, .values = 10'000});
  if (!document) return {};
  if (const Json* code = value_at(*document, "/error_code"); code != nullptr) return with_meaning(plain_word(*code));
  return outcome_word(*document);
}

}  // namespace

std::string refusal_of(const http::ClientResponse& answer) {
  return "answered " + std::to_string(answer.status) + word_in(answer.body);
}

}  // namespace sekisho::connectors
