#include "connectors/http/bundle.hpp"

#include "connectors/http/page.hpp"

namespace sekisho::connectors {

namespace {

bool is_text(const Json* value, std::string_view wanted) {
  return value != nullptr && value->is_string() && std::string_view(value->get_string()) == wanted;
}

bool is_resource(const Json& document, std::string_view type) {
  return is_text(value_at(document, "/resourceType"), type);
}

Error outcome_error(const Json& outcome) {
  return {Code::SourceFailed, "the source answered an OperationOutcome" + outcome_word(outcome)};
}

// Of the severities fatal, error, warning and information the first two mean that the search failed.
bool tells_of_failure(const Json& outcome) {
  const Json* issues = value_at(outcome, "/issue");
  if (issues == nullptr || !issues->is_array()) return true;
  for (const Json& issue : issues->get_array()) {
    const Json* severity = value_at(issue, "/severity");
    if (!is_text(severity, "warning") && !is_text(severity, "information")) return true;
  }
  return false;
}

bool is_foreign(std::string_view reference, const http::Url& base) {
  if (!reference.starts_with("http:") && !reference.starts_with("https:")) return false;
  const Result<http::Url> url = http::parse_url(reference.substr(0, reference.find('#')));
  return !url || url->host != base.host || url->port != base.port || url->scheme != base.scheme;
}

}  // namespace

Status check_bundle(const Json& document) {
  if (is_resource(document, "OperationOutcome")) return fail(outcome_error(document));
  if (!is_resource(document, "Bundle")) return fail(Code::SourceFailed, "the answer is no Bundle");
  return {};
}

Result<bool> is_outcome(const Json& entry) {
  const Json* resource = value_at(entry, "/resource");
  const bool outcome = is_text(value_at(entry, "/search/mode"), "outcome");
  if (resource == nullptr) return outcome;
  if (!outcome && !is_resource(*resource, "OperationOutcome")) return false;
  if (tells_of_failure(*resource)) return fail(outcome_error(*resource));
  return true;
}

Status check_references(const Json& resource, const http::Url& base) {
  if (resource.is_array()) {
    for (const Json& element : resource.get_array()) {
      Status checked = check_references(element, base);
      if (!checked) return checked;
    }
  }
  if (!resource.is_object()) return {};
  for (const auto& member : resource.get_object()) {
    const Json& value = member.value();
    const bool foreign = member.key() == "reference" && value.is_string() && is_foreign(value.get_string(), base);
    if (foreign) return fail(Code::SourceFailed, "a resource refers to another host");
    Status checked = check_references(value, base);
    if (!checked) return checked;
  }
  return {};
}

std::string bundle_next(const Json& document) {
  const Json* links = value_at(document, "/link");
  if (links == nullptr || !links->is_array()) return {};
  for (const Json& link : links->get_array()) {
    const Json* url = value_at(link, "/url");
    if (is_text(value_at(link, "/relation"), "next") && url != nullptr && url->is_string())
      return std::string(url->get_string());
  }
  return {};
}

std::string outcome_word(const Json& document) {
  const Json* code = is_resource(document, "OperationOutcome") ? value_at(document, "/issue/0/code") : nullptr;
  return code == nullptr ? std::string() : plain_word(*code);
}

}  // namespace sekisho::connectors
