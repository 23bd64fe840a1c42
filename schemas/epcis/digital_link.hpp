// GS1 keys in one spelling: EPC URNs (EPC Tag Data Standard 1.13, section 6) and any GS1 Digital Link (1.2) become the
// canonical Digital Link on id.gs1.org with the finest key only, without query string and consumer product variant.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sekisho::schemas::epcis {

// Nothing when the text carries no GS1 key in a known form; then it identifies by its own spelling.
[[nodiscard]] std::optional<std::string> canonical_digital_link(std::string_view uri);

// The canonical form or the text itself: what two spellings of one thing have in common.
[[nodiscard]] std::string canonical_id(std::string_view uri);

}  // namespace sekisho::schemas::epcis
