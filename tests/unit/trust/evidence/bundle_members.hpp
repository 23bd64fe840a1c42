// A bundle as its members, to leave one out, alter or add one; and what a report says.
#pragma once

#include <algorithm>
#include <map>
#include <stdexcept>
#include <string>

#include "trust/evidence/bundle.hpp"
#include "trust/evidence/verify_bundle.hpp"

namespace sekisho::trust::testing {

using Members = std::map<std::string, Bytes>;

inline Members members_of(const Bytes& bundle) {
  Members out;
  const ArchiveView view = read_bundle(bundle).value();
  for (const auto& [name, content] : view) out[name] = to_bytes(content);
  return out;
}

inline Bytes bundle_of(const Members& members) {
  BundleWriter writer;
  for (const auto& [name, content] : members) {
    if (const Status added = writer.add(name, content); !added)
      throw std::runtime_error(name + ": " + added.error().chain());
  }
  return writer.finish().value();
}

// The verdict, and every finding that is not good.
inline std::string print(const VerificationReport& report) {
  std::string out(verdict_info(report.verdict).name);
  for (const Finding& f : report.findings) {
    if (!f.ok()) out += "\n  " + f.group + " " + f.member + ": " + f.detail;
  }
  return out;
}

inline bool has(const VerificationReport& report, std::string_view group, Verdict verdict) {
  return std::any_of(report.findings.begin(), report.findings.end(),
                     [&](const Finding& f) { return f.group == group && f.verdict == verdict; });
}

}  // namespace sekisho::trust::testing
