// View documents and the shaper: one line is the view, the rest are records. Shaped twice is shaped once, and a name
// that is dropped at any depth is gone.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/core/json.hpp"
#include "policy/shaper.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sekisho;
  using namespace sekisho::policy;
  const std::string_view text = as_text({data, size});
  const std::size_t line = text.find('\n');
  if (line == std::string_view::npos) return 0;
  const Result<Json> document = parse_json(text.substr(0, line));
  if (!document) return 0;
  const Result<View> view = View::parse(*document);
  if (!view) return 0;
  const Result<View> joined = join(*view, *view);
  if (!joined) std::abort();
  const Bytes root(32, 1);
  const PseudonymDomain domain{root, {}};
  const auto shaper = make_shaper(&*view, &domain);
  if (!shaper) std::abort();
  const Result<Shaped> once = (*shaper)->shape(text.substr(line + 1));
  if (!once) return once.error().code == Code::ViewError ? 0 : (std::abort(), 0);
  // Rows may ask for what the fields leave out; a pseudonym of a pseudonym is another one, and a redaction may write a
  // text where the other operations of a name ask for a number.
  if (!view->rows().empty() || view->pseudonyms()) return 0;
  const Result<Shaped> twice = (*shaper)->shape(once->body);
  if (!twice || twice->body != once->body) std::abort();
  return 0;
}
