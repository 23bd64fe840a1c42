#include "base/core/secret.hpp"

#include <cstdlib>
#include <new>
#include <utility>

#include <sodium.h>

namespace sekisho {
namespace {

// Thread-safe and idempotent; sodium_malloc needs the page size that it finds.
void ready() {
  static const int verdict = sodium_init();
  if (verdict < 0) std::abort();
}

}  // namespace

Secret::Secret(std::size_t size) : size_(size) {
  ready();
  if (size == 0) return;
  data_ = static_cast<std::uint8_t*>(sodium_malloc(size));
  if (data_ == nullptr) throw std::bad_alloc();
  sodium_memzero(data_, size);
}

Secret::Secret(Secret&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this != &other) {
    release();
    data_ = std::exchange(other.data_, nullptr);
    size_ = std::exchange(other.size_, 0);
  }
  return *this;
}

Secret::~Secret() { release(); }

void Secret::release() noexcept {
  if (data_ != nullptr) sodium_free(data_);  // wipes before it unmaps
}

Secret Secret::copy_of(BytesView octets) {
  Secret out(octets.size());
  std::copy(octets.begin(), octets.end(), out.data_);
  return out;
}

Secret Secret::take(Bytes&& octets) {
  Secret out = copy_of(octets);
  wipe(octets);
  octets.clear();
  return out;
}

Secret Secret::take(std::string&& text) {
  Secret out = copy_of(as_bytes(text));
  wipe(text);
  text.clear();
  return out;
}

void wipe(std::span<std::uint8_t> octets) noexcept { sodium_memzero(octets.data(), octets.size()); }

void wipe(std::string& text) noexcept { sodium_memzero(text.data(), text.size()); }

bool equal_in_constant_time(BytesView a, BytesView b) noexcept {
  if (a.size() != b.size()) return false;
  return a.empty() || sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace sekisho
