// Bundles. The archive's reader sees the octets as they are; the verifier sees its members under a fitting manifest,
// so that mutations come further than the manifest. No input is ever valid, because nobody's roots are given.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "trust/evidence/bundle.hpp"
#include "trust/evidence/verify_bundle.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sekisho;
  const BytesView bytes(data, size);
  const auto members = trust::read_ustar(bytes, {.members = 64, .bytes = 1U << 20});
  if (!members) return 0;
  trust::BundleWriter writer;
  trust::ArchiveMembers copy;
  for (const auto& [name, content] : *members) {
    copy.emplace(name, to_bytes(content));
    if (name != trust::kManifestMember && !writer.add(name, to_bytes(content))) std::abort();
  }
  if (trust::write_ustar(copy).value() != to_bytes(bytes)) std::abort();
  trust::VerifyOptions options;
  options.judge = [](const trust::AsOfInput&) { return trust::AsOfReport{}; };
  const auto report = trust::verify_bundle(writer.finish().value(), {}, options);
  if (report.verdict <= trust::Verdict::ValidUnconfirmed) std::abort();
  return 0;
}
