#include "trust/log/tree_hash.hpp"

#include "base/crypto/digest.hpp"

namespace sekisho::trust {

Digest leaf_hash(BytesView entry) {
  static constexpr std::uint8_t kLeaf[1] = {0x00};
  return sha256({BytesView(kLeaf), entry});
}

Digest node_hash(const Digest& left, const Digest& right) {
  std::array<std::uint8_t, 65> message;
  message[0] = 0x01;
  std::copy(left.begin(), left.end(), message.begin() + 1);
  std::copy(right.begin(), right.end(), message.begin() + 33);
  return sha256(message);
}

const Digest& empty_root() {
  static const Digest root = sha256(BytesView{});
  return root;
}

}  // namespace sekisho::trust
