// Masking of texts. Internal to the shaper.
#pragma once

#include <string>
#include <string_view>

namespace sekisho::policy {

// **** and the last `shown` characters; of a text that has no more than that, stars only, so that short values stay
// hidden and lengths do too. Masking what was masked changes nothing. text: UTF-8. Appends a JSON string.
void append_masked(std::string& out, std::string_view text, unsigned shown);

}  // namespace sekisho::policy
