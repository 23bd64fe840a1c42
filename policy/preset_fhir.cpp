// fhir-deidentify@1, for FHIR R4 (4.0.1). Its allow-list is by name, since R4 gives a name one meaning nearly
// everywhere; where it does not (value, display, text, reference), the name of the parent decides. A name that means
// free text in one of the types and a code in another (statusReason, manufacturer, detail of a Goal) is not listed, or
// its type is not.
#include <array>
#include <string>

#include "policy/preset.hpp"

namespace sekisho::policy {
namespace {

constexpr std::string_view kClass = "id";
constexpr std::string_view kMasked = "masked";  // as the code of data-absent-reason

// Resources of other types stay at the provider.
constexpr std::array kTypes = std::to_array<std::string_view>(
    {"AllergyIntolerance", "CarePlan",     "CareTeam",         "Claim",          "Condition",
     "Coverage",           "Device",       "DiagnosticReport", "Encounter",      "ExplanationOfBenefit",
     "ImagingStudy",       "Immunization", "Location",         "Medication",     "MedicationAdministration",
     "MedicationRequest",  "Observation",  "Organization",     "Patient",        "Practitioner",
     "PractitionerRole",   "Procedure",    "Provenance",       "ServiceRequest", "Specimen"});

constexpr std::array kKept = std::to_array<std::string_view>(
    {// resources and data types
     "resourceType", "meta", "profile", "security", "tag", "contained", "coding", "system", "code", "version",
     "userSelected", "type", "use", "status", "active", "identifier", "period", "unit", "comparator", "currency", "low",
     "high", "numerator", "denominator",
     // who
     "gender", "deceasedBoolean", "maritalStatus", "communication", "language", "preferred", "generalPractitioner",
     "managingOrganization", "partOf", "qualification", "issuer", "practitioner", "organization", "specialty", "mode",
     "physicalType", "participant", "individual", "member", "role", "performer", "function", "actor", "onBehalfOf",
     "requester", "recorder", "asserter", "author", "collector", "provider", "insurer", "payor", "beneficiary",
     "subscriber", "policyHolder", "who", "owner", "referrer", "interpreter", "resultsInterpreter", "serviceProvider",
     // of what
     "subject", "patient", "encounter", "context", "focus", "basedOn", "derivedFrom", "hasMember", "target", "what",
     "entity", "agent", "location", "device", "specimen", "report", "result", "condition", "episodeOfCare",
     // what
     "class", "category", "serviceType", "priority", "intent", "kind", "clinicalStatus", "verificationStatus",
     "criticality", "severity", "bodySite", "laterality", "method", "interpretation", "dataAbsentReason", "outcome",
     "reasonCode", "reasonReference", "reason", "stage", "summary", "assessment", "evidence", "detail", "component",
     "referenceRange", "appliesTo", "age", "complication", "complicationDetail", "followUp", "usedCode",
     "usedReference", "conclusionCode", "reaction", "substance", "manifestation", "exposureRoute", "diagnosis", "rank",
     "procedure", "hospitalization", "admitSource", "dischargeDisposition", "reAdmission", "relationship",
     "doNotPerform",
     // measured
     "valueQuantity", "valueCodeableConcept", "valueBoolean", "valueInteger", "valueRange", "valueRatio", "valuePeriod",
     "valueReference", "onsetAge", "onsetPeriod", "abatementAge", "abatementPeriod", "effectivePeriod",
     "performedPeriod", "occurrencePeriod", "occurredPeriod", "collectedPeriod", "length",
     // medication and vaccines
     "vaccineCode", "primarySource", "reportOrigin", "site", "route", "doseQuantity", "isSubpotent", "subpotentReason",
     "programEligibility", "fundingSource", "reported", "protocolApplied", "targetDisease", "doseNumberPositiveInt",
     "seriesDosesPositiveInt", "medicationCodeableConcept", "medicationReference", "reportedBoolean",
     "courseOfTherapyType", "groupIdentifier", "dosageInstruction", "additionalInstruction", "timing", "repeat",
     "boundsDuration", "boundsPeriod", "count", "countMax", "frequency", "frequencyMax", "periodMax", "periodUnit",
     "dayOfWeek", "when", "offset", "asNeededBoolean", "asNeededCodeableConcept", "doseAndRate", "doseRange",
     "rateQuantity", "rateRatio", "maxDosePerPeriod", "dispenseRequest", "initialFill", "validityPeriod",
     "numberOfRepeatsAllowed", "quantity", "expectedSupplyDuration", "substitution", "allowedBoolean",
     "allowedCodeableConcept", "dosage", "dose", "form", "ingredient", "itemCodeableConcept", "itemReference",
     "isActive", "strength",
     // plans
     "careTeam", "addresses", "goal", "activity", "outcomeCodeableConcept", "outcomeReference", "replaces",
     // images and specimens
     "modality", "numberOfSeries", "numberOfInstances", "procedureCode", "procedureReference", "series", "instance",
     "sopClass", "number", "collection", "requisition", "accessionIdentifier",
     // claims
     "billablePeriod", "prescription", "payee", "party", "referral", "facility", "sequence", "responsible",
     "supportingInfo", "timingPeriod", "diagnosisCodeableConcept", "diagnosisReference", "onAdmission", "packageCode",
     "procedureCodeableConcept", "insurance", "focal", "coverage", "claim", "claimResponse", "item", "careTeamSequence",
     "diagnosisSequence", "procedureSequence", "informationSequence", "revenue", "productOrService", "modifier",
     "programCode", "servicedPeriod", "locationCodeableConcept", "unitPrice", "factor", "net", "subSite",
     "adjudication", "amount", "noteNumber", "total", "payment", "adjustment", "adjustmentReason", "formCode",
     "benefitPeriod"});

constexpr std::array kYears = std::to_array<std::string_view>({"birthDate",
                                                               "deceasedDateTime",
                                                               "start",
                                                               "end",
                                                               "date",
                                                               "created",
                                                               "started",
                                                               "onset",
                                                               "onsetDateTime",
                                                               "abatementDateTime",
                                                               "recordedDate",
                                                               "effectiveDateTime",
                                                               "performedDateTime",
                                                               "occurrenceDateTime",
                                                               "occurredDateTime",
                                                               "collectedDateTime",
                                                               "receivedTime",
                                                               "authoredOn",
                                                               "lastOccurrence",
                                                               "timingDate",
                                                               "servicedDate",
                                                               "valueDateTime"});
constexpr std::array kInstants =
    std::to_array<std::string_view>({"lastUpdated", "issued", "recorded", "effectiveInstant"});
constexpr std::array kIds = std::to_array<std::string_view>({"id", "uid"});

// Whose "value" is what.
constexpr std::array kIdentifiers =
    std::to_array<std::string_view>({"identifier", "groupIdentifier", "requisition", "accessionIdentifier", "class"});
constexpr std::array kMoney = std::to_array<std::string_view>({"net", "unitPrice", "amount", "total", "adjustment"});
constexpr std::array kQuantities = std::to_array<std::string_view>(
    {"valueQuantity", "low", "high", "numerator", "denominator", "quantity", "doseQuantity", "rateQuantity", "dose",
     "length", "boundsDuration", "expectedSupplyDuration", "onsetAge", "abatementAge", "adjudication"});

// A display of a coding is the code system's; every other one is a name.
constexpr std::array kCodings = std::to_array<std::string_view>({"coding", "class", "modality", "sopClass"});
// R4 requires these, and a source may give nothing but a text.
constexpr std::array kRequiredReferences =
    std::to_array<std::string_view>({"subject", "patient", "provider", "insurer", "coverage", "beneficiary", "payor",
                                     "who", "what", "actor", "target", "location"});
constexpr std::array kRequiredConcepts =
    std::to_array<std::string_view>({"code", "vaccineCode", "medicationCodeableConcept", "productOrService", "category",
                                     "type", "manifestation", "language", "itemCodeableConcept"});

std::string any(std::string_view name) { return "/**/" + std::string(name); }
std::string below(std::string_view parent, std::string_view name) {
  return "/**/" + std::string(parent) + "/" + std::string(name);
}

Json fhir_deidentify_1() {
  const Json id = JsonObject{{"pseudonym", kClass}};
  JsonObject fields{{"", "keep"}, {any("*"), "drop"}};
  for (const std::string_view name : kKept) fields[any(name)] = "keep";
  for (const std::string_view name : kYears) fields[any(name)] = JsonObject{{"generalise", "year"}};
  for (const std::string_view name : kInstants)
    fields[any(name)] = JsonObject{{"generalise", "year"}, {"as", "instant"}};
  for (const std::string_view name : kIds) fields[any(name)] = id;
  fields[any("reference")] = JsonObject{{"pseudonym", kClass}, {"reference", true}};
  fields[below("activity", "reference")] = "keep";  // CarePlan: an object that holds the reference
  for (const std::string_view parent : kIdentifiers) fields[below(parent, "value")] = id;
  for (const std::string_view parent : kMoney) fields[below(parent, "value")] = JsonObject{{"round", 2}};
  for (const std::string_view parent : kQuantities) fields[below(parent, "value")] = "keep";
  for (const std::string_view parent : kCodings) fields[below(parent, "display")] = "keep";
  for (const std::string_view parent : kRequiredReferences)
    fields[below(parent, "display")] = JsonObject{{"redact", kMasked}};
  for (const std::string_view parent : kRequiredConcepts)
    fields[below(parent, "text")] = JsonObject{{"redact", kMasked}};
  JsonArray types;
  for (const std::string_view type : kTypes) types.emplace_back(type);
  return JsonObject{
      {"empty", "drop"},
      {"rows", JsonArray{JsonObject{{"pointer", "/resourceType"}, {"op", "in"}, {"value", std::move(types)}}}},
      {"fields", std::move(fields)}};
}

}  // namespace

std::optional<Json> preset_document(std::string_view name) {
  if (name == kFhirDeidentify1) return fhir_deidentify_1();
  return std::nullopt;
}

}  // namespace sekisho::policy
