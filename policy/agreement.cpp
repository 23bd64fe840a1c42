#include "policy/agreement.hpp"

#include "base/crypto/digest.hpp"

namespace sekisho::policy {

Result<std::shared_ptr<const Agreement>> Agreement::parse(const Json& document) {
  AdmissionOptions options;
  options.expired_is_fatal = false;
  Result<PolicyIr> ir = admit_policy(document, PolicyKind::Agreement, options);
  if (!ir) return fail(ir.error());
  Result<std::string> canonical = canonical_json(document);
  if (!canonical) return fail(Code::JsonShape, "the agreement has no canonical form", canonical.error());
  auto out = std::make_shared<Agreement>();
  out->digest = sha256(as_bytes(*canonical));
  out->program = Program::compile(*ir, out->digest);
  out->view = named_view(*ir);
  out->purposes = offered_values(*ir, Operand::Purpose);
  out->id = ir->id;
  out->assigner = ir->assigner;
  out->assignee = ir->assignee;
  out->target = ir->target;
  out->timestamp = *ir->timestamp;
  out->ir = std::move(*ir);
  return out;
}

}  // namespace sekisho::policy
