#include "base/http/write_head.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace sekisho::http {
namespace {

bool is_token_octet(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool is_value_octet(char c) { return c == '\t' || (c >= 0x20 && c <= 0x7e) || static_cast<unsigned char>(c) >= 0x80; }

}  // namespace

bool valid_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_token_octet);
}

bool valid_fields(const Headers& headers) {
  return std::all_of(headers.begin(), headers.end(), [](const Header& field) {
    return valid_token(field.name) && std::all_of(field.value.begin(), field.value.end(), is_value_octet);
  });
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  out += name;
  out += ": ";
  out += value;
  out += "\r\n";
}

std::string http_date(std::time_t second) {
  constexpr std::array<std::string_view, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::tm utc{};
  ::gmtime_r(&second, &utc);
  return fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} GMT", kDays[static_cast<std::size_t>(utc.tm_wday)], utc.tm_mday,
                     kMonths[static_cast<std::size_t>(utc.tm_mon)], utc.tm_year + 1900, utc.tm_hour, utc.tm_min,
                     utc.tm_sec);
}

}  // namespace sekisho::http
