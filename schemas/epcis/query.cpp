#include "schemas/epcis/query.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

#include "base/core/clock.hpp"
#include "base/core/json_number.hpp"

namespace sekisho::schemas::epcis {
namespace {

enum class Form { Text, List, Time, Number, Count, Boolean, Direction };

struct Parameter {
  std::string_view name;
  Form form;
};

constexpr std::array kParameters{Parameter{"perPage", Form::Count},
                                 Parameter{"nextPageToken", Form::Text},
                                 Parameter{"second", Form::Text},
                                 Parameter{"minute", Form::Text},
                                 Parameter{"hour", Form::Text},
                                 Parameter{"dayOfMonth", Form::Text},
                                 Parameter{"month", Form::Text},
                                 Parameter{"dayOfWeek", Form::Text},
                                 Parameter{"reportIfEmpty", Form::Boolean},
                                 Parameter{"stream", Form::Boolean},
                                 Parameter{"initialRecordTime", Form::Time},
                                 Parameter{"eventType", Form::List},
                                 Parameter{"GE_eventTime", Form::Time},
                                 Parameter{"LT_eventTime", Form::Time},
                                 Parameter{"GE_recordTime", Form::Time},
                                 Parameter{"LT_recordTime", Form::Time},
                                 Parameter{"EQ_action", Form::List},
                                 Parameter{"EQ_bizStep", Form::List},
                                 Parameter{"EQ_disposition", Form::List},
                                 Parameter{"EQ_persistentDisposition_set", Form::List},
                                 Parameter{"EQ_persistentDisposition_unset", Form::List},
                                 Parameter{"EQ_readPoint", Form::List},
                                 Parameter{"WD_readPoint", Form::List},
                                 Parameter{"EQ_bizLocation", Form::List},
                                 Parameter{"WD_bizLocation", Form::List},
                                 Parameter{"EQ_transformationID", Form::List},
                                 Parameter{"MATCH_epc", Form::List},
                                 Parameter{"MATCH_parentID", Form::List},
                                 Parameter{"MATCH_inputEPC", Form::List},
                                 Parameter{"MATCH_outputEPC", Form::List},
                                 Parameter{"MATCH_anyEPC", Form::List},
                                 Parameter{"MATCH_epcClass", Form::List},
                                 Parameter{"MATCH_inputEPCClass", Form::List},
                                 Parameter{"MATCH_outputEPCClass", Form::List},
                                 Parameter{"MATCH_anyEPCClass", Form::List},
                                 Parameter{"EQ_quantity", Form::Number},
                                 Parameter{"GT_quantity", Form::Number},
                                 Parameter{"GE_quantity", Form::Number},
                                 Parameter{"LT_quantity", Form::Number},
                                 Parameter{"LE_quantity", Form::Number},
                                 Parameter{"EQ_eventID", Form::List},
                                 Parameter{"EXISTS_errorDeclaration", Form::Boolean},
                                 Parameter{"GE_errorDeclarationTime", Form::Time},
                                 Parameter{"LT_errorDeclarationTime", Form::Time},
                                 Parameter{"EQ_errorReason", Form::List},
                                 Parameter{"EQ_correctiveEventID", Form::List},
                                 Parameter{"orderBy", Form::Text},
                                 Parameter{"orderDirection", Form::Direction},
                                 Parameter{"eventCountLimit", Form::Count},
                                 Parameter{"maxEventCount", Form::Count},
                                 Parameter{"GE_startTime", Form::Time},
                                 Parameter{"LT_startTime", Form::Time},
                                 Parameter{"GE_endTime", Form::Time},
                                 Parameter{"LT_endTime", Form::Time},
                                 Parameter{"EQ_type", Form::List},
                                 Parameter{"EQ_deviceID", Form::List},
                                 Parameter{"EQ_dataProcessingMethod", Form::List},
                                 Parameter{"EQ_microorganism", Form::List},
                                 Parameter{"EQ_chemicalSubstance", Form::List},
                                 Parameter{"EQ_bizRules", Form::List},
                                 Parameter{"EQ_stringValue", Form::List},
                                 Parameter{"EQ_hexBinaryValue", Form::List},
                                 Parameter{"EQ_uriValue", Form::List},
                                 Parameter{"EQ_booleanValue", Form::Boolean}};
static_assert(kParameters.size() == 64);

constexpr std::string_view kValues[] = {"value", "minValue", "maxValue", "meanValue", "sDev", "percRank", "percValue"};

// GE_value_CEL: a comparison, a member of a sensor report, a unit of UN/CEFACT recommendation 20.
bool with_unit(std::string_view name) {
  const auto first = name.find('_');
  const auto last = name.rfind('_');
  if (first == std::string_view::npos || last == first) return false;
  constexpr std::string_view kComparisons[] = {"EQ", "GT", "GE", "LT", "LE"};
  const auto unit = name.substr(last + 1);
  const bool code = unit.size() >= 2 && unit.size() <= 3 && std::all_of(unit.begin(), unit.end(), [](char c) {
                      return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
                    });
  return code &&
         std::find(std::begin(kComparisons), std::end(kComparisons), name.substr(0, first)) != std::end(kComparisons) &&
         std::find(std::begin(kValues), std::end(kValues), name.substr(first + 1, last - first - 1)) !=
             std::end(kValues);
}

// Members of extensions carry a prefix or an IRI; sources, destinations and transactions their type.
bool by_pattern(std::string_view name) {
  for (const std::string_view start : {"EQ_source_", "EQ_destination_", "EQ_bizTransaction_", "EQATTR_", "HASATTR_"}) {
    if (name.starts_with(start) && name.size() > start.size()) return true;
  }
  for (const std::string_view start : {"EQ_", "GT_", "GE_", "LT_", "LE_", "EXISTS_"}) {
    if (name.starts_with(start) && name.find(':') != std::string_view::npos && name.back() != ':') return true;
  }
  return false;
}

bool fits(Form form, std::string_view value) {
  switch (form) {
    case Form::Text:
    case Form::List: return !value.empty() && value.size() <= 8192;
    case Form::Time: return from_rfc3339(value).has_value();
    case Form::Number: return json_number_form(value) != NumberForm::None;
    case Form::Count: {
      unsigned count = 0;
      const auto read = std::from_chars(value.data(), value.data() + value.size(), count);
      return read.ec == std::errc() && read.ptr == value.data() + value.size() && count > 0;
    }
    case Form::Boolean: return value == "true" || value == "false";
    case Form::Direction: return value == "ASC" || value == "DESC";
  }
  return false;
}

Error wrong(std::string_view name, const char* what) {
  return Error(Code::InvalidArgument, what).with("parameter", std::string(name));
}

}  // namespace

Status check_parameter(std::string_view name, std::string_view value) {
  const auto* known =
      std::find_if(kParameters.begin(), kParameters.end(), [&](const Parameter& p) { return p.name == name; });
  if (known == kParameters.end() && !with_unit(name) && !by_pattern(name))
    return fail(wrong(name, "no query parameter of EPCIS 2.0"));
  const Form form = known != kParameters.end() ? known->form : with_unit(name) ? Form::Number : Form::Text;
  if (!fits(form, value)) return fail(wrong(name, "a query parameter has a value of another form"));
  return {};
}

Status check_query(const std::vector<std::pair<std::string, std::string>>& parameters) {
  std::set<std::string_view> seen;
  for (const auto& [name, value] : parameters) {
    if (auto good = check_parameter(name, value); !good) return good;
    if (!seen.insert(name).second) return fail(wrong(name, "a query parameter stands twice"));
  }
  if (seen.contains("eventCountLimit") && seen.contains("maxEventCount")) {
    return fail(wrong("maxEventCount", "eventCountLimit and maxEventCount exclude each other"));
  }
  if (seen.contains("orderDirection") && !seen.contains("orderBy"))
    return fail(wrong("orderDirection", "a direction without orderBy"));
  return {};
}

}  // namespace sekisho::schemas::epcis
