// The preset over every resource of the Synthea bundles, and one small resource of each type that they do not have.
#include <algorithm>
#include <cctype>
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "base/core/encoding.hpp"
#include "policy/preset.hpp"
#include "policy/shaper.hpp"
#include "tests/support/test_data.hpp"
#include "tests/unit/policy/policies.hpp"

namespace sekisho::policy {
namespace {

View preset() { return View::parse(JsonObject{{"preset", kFhirDeidentify1}}).value(); }

std::string shaped(std::string_view ndjson, std::uint8_t agreement = 1) {
  const Bytes root(32, 9);
  PseudonymDomain domain{root, {}};
  domain.agreement[0] = agreement;
  const View view = preset();
  const Result<Shaped> out = make_shaper(&view, &domain).value()->shape(ndjson);
  return out ? out->body : out.error().chain();
}

using Visit = std::function<void(std::string_view parent, std::string_view name, const Json& value)>;

// Every value, with its own name and that of the member that its object belongs to; elements have their array's.
void walk(const Json& value, std::string_view parent, std::string_view name, const Visit& visit) {
  visit(parent, name, value);
  if (value.is_array()) {
    for (const Json& item : value.get_array()) walk(item, parent, name, visit);
  }
  if (!value.is_object()) return;
  for (const auto& member : value.get_object()) walk(member.value(), name, member.key(), visit);
}

std::string text_of(const Json& value) { return std::string(std::string_view(value.get_string())); }

// As a server holds them: in-bundle references are Type/id.
std::vector<Json> synthea(const std::filesystem::path& folder) {
  std::vector<Json> found;
  std::map<std::string, std::string> types;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    if (file.path().extension() != ".json") continue;
    const Json bundle = test::json(sekisho::test::read_text(file.path()));
    for (const Json& entry : bundle.at("entry").get_array()) {
      const Json& resource = entry.at("resource");
      types[text_of(entry.at("fullUrl"))] = text_of(resource.at("resourceType")) + "/" + text_of(resource.at("id"));
      found.push_back(resource);
    }
  }
  const std::function<void(Json&)> relink = [&](Json& value) {
    if (value.is_array()) std::ranges::for_each(value.get_array(), relink);
    if (!value.is_object()) return;
    for (auto& member : value.get_object()) {
      if (member.key() == "reference" && member.value().is_string() && types.contains(text_of(member.value())))
        member.value() = types[text_of(member.value())];
      relink(member.value());
    }
  };
  std::ranges::for_each(found, relink);
  return found;
}

std::string ndjson(const std::vector<Json>& resources) {
  std::string out;
  for (const Json& one : resources) out += sekisho::to_text(one) + "\n";
  return out;
}

std::vector<Json> records(std::string_view ndjson) {
  std::vector<Json> out;
  LineSplitter lines(ndjson);
  for (std::string_view line; lines.next(line);) out.push_back(test::json(line));
  return out;
}

bool has_day(std::string_view text) {
  return text.size() >= 7 && std::ranges::all_of(text.substr(0, 4), [](char c) { return c >= '0' && c <= '9'; }) &&
         text[4] == '-' && text[5] >= '0' && text[5] <= '1';
}

// What would tell a person, a place of care or a record: ids, identifiers, names, addresses, telecoms, exact dates.
std::set<std::string> canaries(const std::vector<Json>& resources) {
  std::set<std::string> found;
  const std::set<std::string_view> kIn{"telecom", "identifier"},
      kNames{"family", "given", "line", "city", "postalCode", "valueString", "div"},
      kReferences{"subject",  "patient",   "individual", "serviceProvider",
                  "provider", "requester", "member",     "managingOrganization",
                  "location", "insurer",   "coverage",   "payor"};
  for (const Json& resource : resources) {
    walk(resource, "", "", [&](std::string_view parent, std::string_view name, const Json& value) {
      if (!value.is_string()) return;
      const std::string text = text_of(value);
      const bool tells = (name == "id" && parent.empty()) || (name == "value" && kIn.contains(parent)) ||
                         kNames.contains(name) || (name == "display" && kReferences.contains(parent)) ||
                         (name == "name" && parent.empty()) || has_day(text);
      if (tells && text.size() >= 3) found.insert(text);
    });
  }
  return found;
}

// Of the references of each resource, those that name one of these resources or one contained in it.
std::pair<std::size_t, std::size_t> references(const std::vector<Json>& resources) {
  std::set<std::string> known;
  for (const Json& one : resources) known.insert(text_of(one.at("resourceType")) + "/" + text_of(one.at("id")));
  std::size_t all = 0, good = 0;
  for (const Json& one : resources) {
    std::set<std::string> inside;
    if (const Json* contained = one.get_object().if_contains("contained")) {
      for (const Json& inner : contained->get_array()) inside.insert("#" + text_of(inner.at("id")));
    }
    walk(one, "", "", [&](std::string_view, std::string_view name, const Json& value) {
      if (name != "reference" || !value.is_string()) return;
      ++all;
      if (known.contains(text_of(value)) || inside.contains(text_of(value))) ++good;
    });
  }
  return {all, good};
}

TEST(FhirPreset, NothingOfSyntheaTellsWhoItIsAbout) {
  SEKISHO_DATA_OR_SKIP(folder, "fhir");
  const std::vector<Json> in = synthea(folder);
  const std::string text = shaped(ndjson(in)), other = shaped(ndjson(in), 2);
  const std::vector<Json> out = records(text);
  ASSERT_EQ(out.size(), in.size());

  std::size_t identifiers = 0;
  const std::set<std::string> searched = canaries(in);
  for (const std::string& canary : searched) {
    // Short ones are words of code systems too, and a postal code stands inside one of their codes: as a whole, then.
    const bool digits = std::ranges::all_of(canary, [](char c) { return c >= '0' && c <= '9'; });
    const std::string needle = canary.size() >= 5 && !digits ? canary : "\"" + canary + "\"";
    if (text.find(needle) == std::string::npos) continue;
    ++identifiers;
    ADD_FAILURE() << "found: " << canary;
  }
  std::size_t days = 0, empties = 0, nulls = 0;
  std::set<std::string> tokens;
  for (const Json& one : out) {
    walk(one, "", "", [&](std::string_view, std::string_view name, const Json& value) {
      if (value.is_string()) {
        const std::string written = text_of(value);
        if (has_day(written) && !written.ends_with("-01-01T00:00:00Z")) ++days;
        if (name == "id") tokens.insert(written);
      }
      if ((value.is_object() && value.get_object().empty()) || (value.is_array() && value.get_array().empty()))
        ++empties;
      if (value.is_null()) ++nulls;
    });
  }
  EXPECT_EQ(days, 0U);
  EXPECT_EQ(empties, 0U);
  EXPECT_EQ(nulls, 0U);
  const auto [all, good] = references(out);
  EXPECT_EQ(references(in), std::pair(all, good));
  EXPECT_EQ(all, good);
  std::size_t linked = 0;
  for (const std::string& token : tokens) linked += other.find(token) != std::string::npos ? 1 : 0;
  EXPECT_EQ(linked, 0U);
  sekisho::test::print_cases(
      fmt::format("FHIR resources in, {} out, {} strings searched, {} identifiers found, {} of {} "
                  "references resolve, {} of {} pseudonyms in another agreement",
                  out.size(), searched.size(), identifiers, good, all, linked, tokens.size()),
      in.size());
}

struct Case {
  const char* type;
  std::string_view in, out;  // out: with <id> for a token
};

// A token is not to be known beforehand.
std::string without_tokens(std::string text) {
  for (std::size_t at = 0; at + kTokenLength <= text.size(); ++at) {
    if (is_token(std::string_view(text).substr(at, kTokenLength))) text.replace(at, kTokenLength, "<id>");
  }
  return text;
}

TEST(FhirPreset, Types) {
  const Case cases[] =
      {
          {"Patient",
           R"({"resourceType":"Patient","id":"p1","name":[{"family":"Sato"}],"birthDate":"1950-03-04","gender":"female","address":[{"city":"Kyoto"}],"contact":[{"name":{"text":"x"}}],"deceasedDateTime":"2020-01-02T03:04:05+09:00","photo":[{"data":"aaaa"}],"identifier":[{"system":"urn:mrn","value":"77","assigner":{"display":"Clinic"}}],"multipleBirthInteger":3,"newMember":"?"})",
           R"({"resourceType":"Patient","id":"<id>","birthDate":"1950","gender":"female","deceasedDateTime":"2020","identifier":[{"system":"urn:mrn","value":"<id>"}]})"},
          {"Provenance",
           R"({"resourceType":"Provenance","id":"a","target":[{"reference":"Patient/p1","display":"Sato"}],"recorded":"2015-02-07T13:28:17.239+02:00","agent":[{"who":{"display":"Dr. Ito"}}],"signature":[{"data":"aa"}]})",
           R"({"resourceType":"Provenance","id":"<id>","target":[{"reference":"Patient/<id>","display":"masked"}],"recorded":"2015-01-01T00:00:00Z","agent":[{"who":{"display":"masked"}}]})"},
          {"CarePlan",
           R"({"resourceType":"CarePlan","status":"active","intent":"plan","title":"for Sato","subject":{"reference":"Patient/p1"},"activity":[{"reference":{"reference":"ServiceRequest/s1","display":"x"},"progress":[{"text":"well"}]},{"detail":{"status":"completed","description":"of Sato","code":{"text":"knee of Sato"}}}]})",
           R"({"resourceType":"CarePlan","status":"active","intent":"plan","subject":{"reference":"Patient/<id>"},"activity":[{"reference":{"reference":"ServiceRequest/<id>"}},{"detail":{"status":"completed","code":{"text":"masked"}}}]})"},
          {"Observation",
           R"({"resourceType":"Observation","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"8302-2","display":"Body Height"}],"text":"height of Sato"},"valueString":"tall","note":[{"text":"Sato"}],"issued":"2011-04-20T16:29:03.639-04:00","component":[{"code":{"coding":[{"code":"a"}]},"valueQuantity":{"value":79.125,"unit":"mm[Hg]"}}],"referenceRange":[{"text":"as for Sato"}]})",
           R"({"resourceType":"Observation","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"8302-2","display":"Body Height"}],"text":"masked"},"issued":"2011-01-01T00:00:00Z","component":[{"code":{"coding":[{"code":"a"}]},"valueQuantity":{"value":79.125,"unit":"mm[Hg]"}}]})"},
          {"Claim",
           R"({"resourceType":"Claim","total":{"value":129.1651,"currency":"USD"},"item":[{"sequence":1,"net":{"value":28.104000000000003,"currency":"USD"}}],"insurance":[{"sequence":1,"focal":true,"coverage":{"display":"Blue Cross"}}]})",
           R"({"resourceType":"Claim","total":{"value":129.17,"currency":"USD"},"item":[{"sequence":1,"net":{"value":28.10,"currency":"USD"}}],"insurance":[{"sequence":1,"focal":true,"coverage":{"display":"masked"}}]})"},
          {"Immunization",
           R"({"resourceType":"Immunization","vaccineCode":{"text":"flu"},"lotNumber":"L1","manufacturer":{"display":"Acme"},"recorded":"2011-04-20","statusReason":{"text":"refused"},"education":[{"reference":"http://x"}]})",
           R"({"resourceType":"Immunization","vaccineCode":{"text":"masked"},"recorded":"2011-01-01T00:00:00Z"})"},
          {"ImagingStudy", R"({"resourceType":"ImagingStudy","started":"2011-04-20T10:00:00Z","description":"of Sato","series":[{"uid":"1.2.3","modality":{"system":"s","code":"CT","display":"CT"},"instance":[{"uid":"1.2.3.4","sopClass":{"code":"c"},"title":"Sato"}]}]})", R"({"resourceType":"ImagingStudy","started":"2011","series":[{"uid":"<id>","modality":{"system":"s","code":"CT","display":"CT"},"instance":[{"uid":"<id>","sopClass":{"code":"c"}}]}]})"},
          {"MedicationRequest",
           R"({"resourceType":"MedicationRequest","dosageInstruction":[{"text":"for Sato","patientInstruction":"x"},{"timing":{"repeat":{"frequency":2,"period":1.5,"periodUnit":"d"}},"doseAndRate":[{"doseQuantity":{"value":2,"unit":"tab"}}]}],"groupIdentifier":{"value":"g"},"note":[{"text":"n"}]})",
           R"({"resourceType":"MedicationRequest","dosageInstruction":[{"timing":{"repeat":{"frequency":2,"period":1.5,"periodUnit":"d"}},"doseAndRate":[{"doseQuantity":{"value":2,"unit":"tab"}}]}],"groupIdentifier":{"value":"<id>"}})"},
          {"Coverage",
           R"({"resourceType":"Coverage","subscriberId":"S9","dependent":"0","class":[{"type":{"coding":[{"code":"group"}]},"value":"G-7","name":"Acme"}],"payor":[{"display":"Acme"}],"beneficiary":{"reference":"Patient/p1"}})",
           R"({"resourceType":"Coverage","class":[{"type":{"coding":[{"code":"group"}]},"value":"<id>"}],"payor":[{"display":"masked"}],"beneficiary":{"reference":"Patient/<id>"}})"},
          {"Practitioner",
           R"({"resourceType":"Practitioner","name":[{"family":"Ito"}],"telecom":[{"value":"555"}],"active":true,"meta":{"lastUpdated":"2011-04-20T16:29:03Z","versionId":"3","source":"#x","profile":["http://p"]},"extension":[{"url":"u","valueInteger":27}]})",
           R"({"resourceType":"Practitioner","active":true,"meta":{"lastUpdated":"2011-01-01T00:00:00Z","profile":["http://p"]}})"},
          {"Goal is not released", R"({"resourceType":"Goal","description":{"text":"Sato walks"}})", ""},
          {"a type of its own is not released", R"({"resourceType":"Private","id":"1"})", ""},
          {"no type is not released", R"({"id":"1"})", ""},
      };
  for (const Case& c : cases) {
    const std::string expected = c.out.empty() ? std::string() : std::string(c.out) + "\n";
    EXPECT_EQ(without_tokens(shaped(c.in)), expected) << c.type;
  }
}

TEST(FhirPreset, AConditionalReferenceKeepsNothingOfItsQuery) {
  const std::string out =
      shaped(R"({"resourceType":"Encounter","subject":{"reference":"Patient?identifier=urn:ssn|999-12-3456"}})");
  EXPECT_EQ(without_tokens(out), "{\"resourceType\":\"Encounter\",\"subject\":{\"reference\":\"Patient/<id>\"}}\n");
}

// What an agreement's view digest names: a change is a new preset, not this one.
TEST(FhirPreset, StaysWhatItIs) {
  EXPECT_EQ(to_hex(preset().digest()), "08fb1aabc5015ad4e577ed8c89b3eda73a0f656a6170127c991ad8b4caeb20d3");
  EXPECT_EQ(View::parse(preset().document())->digest(), preset().digest());
  EXPECT_FALSE(View::parse(JsonObject{{"preset", "fhir-deidentify@0"}}).has_value());
}

TEST(FhirPreset, ADocumentOnlyTakesAwayFromIt) {
  const View view =
      View::parse(
          test::json(
              R"({"preset":"fhir-deidentify@1","fields":{"/**/birthDate":"drop","/**/name":"keep","/subject":"drop"},)"
              R"("rows":[{"pointer":"/resourceType","op":"eq","value":"Observation"}]})"))
          .value();
  EXPECT_EQ(view.at_any_depth("birthDate").kind, FieldOp::Kind::Drop);
  EXPECT_EQ(view.at_any_depth("name").kind, FieldOp::Kind::Drop);
  EXPECT_EQ(view.effective("/subject").kind, FieldOp::Kind::Drop);
  EXPECT_EQ(view.rows().size(), 2U);
  EXPECT_TRUE(view.drop_empty());
  EXPECT_TRUE(view.pseudonyms());
}

}  // namespace
}  // namespace sekisho::policy
