// shape_view VIEW.json AGREEMENT < records: what of NDJSON records a view lets pass, with pseudonyms of a key of tests.
#include <cstdio>
#include <iostream>
#include <iterator>

#include "base/core/file.hpp"
#include "base/crypto/digest.hpp"
#include "policy/shaper.hpp"

int main(int argc, char** argv) {
  using namespace sekisho;
  if (argc != 3) return 2;
  const Result<Bytes> text = read_file(argv[1], 1U << 20U);
  const Result<Json> document = text ? parse_json(as_text(*text)) : Result<Json>(fail(text.error()));
  const Result<policy::View> view = document ? policy::View::parse(*document) : fail(document.error());
  const Bytes root(32, 1);
  const policy::PseudonymDomain domain{root, sha256(as_bytes(argv[2]))};
  const auto shaper = view ? policy::make_shaper(&*view, &domain) : fail(view.error());
  const std::string records(std::istreambuf_iterator<char>(std::cin), {});
  const Result<policy::Shaped> shaped = shaper ? (*shaper)->shape(records) : fail(shaper.error());
  if (!shaped) std::fprintf(stderr, "%s\n", shaped.error().chain().c_str());
  if (!shaped) return 1;
  std::fwrite(shaped->body.data(), 1, shaped->body.size(), stdout);
  return 0;
}
