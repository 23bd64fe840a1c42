#include "trust/evidence/seal.hpp"

#include "trust/evidence/statement.hpp"
#include "trust/log/merkle.hpp"

namespace sekisho::trust {
namespace {

Bytes batch_message(std::uint32_t size, const Digest& root) {
  static constexpr std::string_view kContext("sekisho-batch-v1\0", 17);
  Bytes out;
  out.reserve(kContext.size() + 8 + root.size());
  append(out, kContext);
  append(out, be64(size));
  append(out, root);
  return out;
}

}  // namespace

Result<std::vector<Seal>> seal_batch(std::span<const SealInput> batch, Signer& statement_key) {
  if (batch.empty() || batch.size() > kMaxBatch)
    return fail(Code::InvalidArgument, "a seal is over 1 to 1,024 statements");
  std::vector<Seal> seals(batch.size());
  if (batch.size() == 1) {
    const Result<Signature> signature = statement_key.sign(pae(batch[0].payload));
    if (!signature) return fail(signature.error());
    seals[0].signature = *signature;
    return seals;
  }
  const auto size = static_cast<std::uint32_t>(batch.size());
  // All levels at once: the paths of a batch share their hashes. A last node without sibling is carried upwards.
  std::vector<Digest> level;
  level.reserve(batch.size());
  for (const SealInput& input : batch) level.push_back(leaf_hash(input.id));
  for (unsigned height = 0; level.size() > 1; ++height) {
    for (std::uint32_t i = 0; i < size; ++i) {
      if (const std::size_t sibling = (i >> height) ^ 1U; sibling < level.size())
        seals[i].path.push_back(level[sibling]);
    }
    std::vector<Digest> above;
    above.reserve((level.size() + 1) / 2);
    for (std::size_t i = 0; i + 1 < level.size(); i += 2) above.push_back(node_hash(level[i], level[i + 1]));
    if (level.size() % 2 == 1) above.push_back(level.back());
    level = std::move(above);
  }
  const Result<Signature> signature = statement_key.sign(batch_message(size, level[0]));
  if (!signature) return fail(signature.error());
  for (std::uint32_t i = 0; i < size; ++i) {
    seals[i].index = i;
    seals[i].size = size;
    seals[i].signature = *signature;
  }
  return seals;
}

std::vector<Digest> seal_path(std::span<const Digest> ids, std::uint32_t index) {
  std::vector<Digest> leaves;
  leaves.reserve(ids.size());
  for (const Digest& id : ids) leaves.push_back(leaf_hash(id));
  return inclusion_path(leaves, index);
}

Status check_seal_shape(const Seal& seal) {
  if (seal.size < 1 || seal.size > kMaxBatch)
    return fail(Code::SignatureInvalid, "a seal is over 1 to 1,024 statements");
  if (seal.index >= seal.size) return fail(Code::SignatureInvalid, "a seal's index is outside its batch");
  if (seal.path.size() != inclusion_path_length(seal.index, seal.size)) {
    return fail(Code::SignatureInvalid, "a seal's path has not the length of its index and size");
  }
  return {};
}

Result<Bytes> sealed_message(const Digest& id, std::string_view payload, const Seal& seal) {
  if (Status s = check_seal_shape(seal); !s) return fail(s.error());
  if (seal.size == 1) return pae(payload);
  const Result<Digest> root = root_from_path(seal.index, seal.size, leaf_hash(id), seal.path);
  if (!root) return fail(Code::SignatureInvalid, "a seal's path is not of its batch", root.error());
  return batch_message(seal.size, *root);
}

Result<Bytes> sealed_message(std::string_view payload, const Seal& seal) {
  return sealed_message(statement_id(payload), payload, seal);
}

Status verify_seal(std::string_view payload, const Seal& seal, const Ed25519PublicKey& key) {
  const Result<Bytes> message = sealed_message(payload, seal);
  if (!message) return fail(message.error());
  if (!verify(key, *message, seal.signature)) return fail(Code::SignatureInvalid, "the seal does not verify");
  return {};
}

}  // namespace sekisho::trust
