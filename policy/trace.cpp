// The explanation of a decision as canonical JSON, written straight: names in order, no spaces, integers.
#include <charconv>

#include "base/core/encoding.hpp"
#include "base/crypto/digest.hpp"
#include "policy/decide.hpp"
#include "policy/literal.hpp"

namespace sekisho::policy {
namespace {

class Writer {
 public:
  Writer() { out_.reserve(1024); }

  Writer& raw(std::string_view text) {
    out_ += text;
    return *this;
  }
  Writer& quoted(std::string_view text) {
    out_ += '"';
    out_ += text;
    out_ += '"';
    return *this;
  }
  // A fact from outside; what is no identifier could hold anything and is not repeated.
  Writer& fact(std::string_view name, std::string_view value) {
    if (value.empty()) return *this;
    return raw(",\"").raw(name).raw("\":").quoted(identifier_literal(value) ? value : "(no identifier)");
  }
  template <class Number>
  Writer& number(Number value) {
    std::array<char, 24> buffer;
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
    out_.append(buffer.data(), end.ptr);
    return *this;
  }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

std::string_view truth_name(Truth truth) {
  constexpr std::array<std::string_view, 3> kNames{"false", "unknown", "true"};
  return kNames[static_cast<std::size_t>(truth)];
}

void rules(Writer& out, const Program& program, const Decision& decision) {
  out.raw(",\"rules\":[");
  for (std::uint16_t i = 0; i < decision.rules; ++i) {
    const RuleTrace& trace = decision.trace[i];
    out.raw(i == 0 ? "{" : ",{");
    if (trace.decisive != Program::kNone) {
      const auto& nodes = program.nodes();
      out.raw("\"at\":").quoted(to_text(nodes[trace.decisive].operand)).raw(",");
    }
    out.raw(program.rules()[i].prohibition ? "\"kind\":\"prohibition\"" : "\"kind\":\"permission\"");
    out.raw(",\"result\":").quoted(trace.matched ? truth_name(trace.result) : "other action");
    out.raw(",\"rid\":").quoted(program.rid(i)).raw("}");
  }
  out.raw("]");
}

}  // namespace

std::string trace_text(const Program& program, const DecisionInput& input, const Decision& decision) {
  Writer out;
  out.raw("{\"action\":").quoted(to_text(input.action));
  out.raw(",\"agreement\":").quoted(program.agreement_hex());
  if (!decision.permit) out.raw(",\"code\":").quoted(code_info(decision.code).name);
  if (decision.reservation) out.raw(",\"limit\":").number(decision.reservation->limit);
  out.raw(",\"now\":").number(input.clock.now.time_since_epoch().count());
  out.raw(",\"outcome\":").quoted(decision.permit ? "permit" : "deny");
  out.raw(",\"party\":").raw(input.assignee == program.assignee() ? "true" : "false");
  out.raw(",\"policy\":").quoted(program.digest_hex());
  out.fact("purpose", input.purpose);
  if (decision.rule != Program::kNone) out.raw(",\"rule\":").quoted(program.rid(decision.rule));
  rules(out, program, decision);
  out.raw(",\"target\":").raw(input.target == program.target() ? "true" : "false");
  out.raw(",\"u\":").number(input.clock.uncertainty.count());
  if (input.used) out.raw(",\"used\":").number(*input.used);
  out.raw(",\"v\":1");
  if (input.view) out.raw(",\"view\":").quoted(to_hex(*input.view));
  out.fact("zone", input.zone);
  return out.raw("}").take();
}

Digest decision_digest(const Program& program, const DecisionInput& input, const Decision& decision) {
  return sha256(as_bytes(trace_text(program, input, decision)));
}

}  // namespace sekisho::policy
