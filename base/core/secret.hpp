// Secret octets: keys, tokens, passphrases. Locked in memory between guard pages, wiped at the end, never printed:
// there is no conversion to text, and comparing takes the same time whatever the content.
//
// Each one takes a few pages, so it is for the few long-lived ones; wipe() is for short-lived buffers.
// Move-only; a moved-from Secret is empty. Const access is safe from several threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "base/core/bytes.hpp"

namespace sekisho {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::size_t size);  // zeros
  Secret(Secret&& other) noexcept;
  Secret& operator=(Secret&& other) noexcept;
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  ~Secret();

  [[nodiscard]] static Secret copy_of(BytesView octets);
  // Takes what was read and wipes the source.
  [[nodiscard]] static Secret take(Bytes&& octets);
  [[nodiscard]] static Secret take(std::string&& text);

  [[nodiscard]] Secret clone() const { return copy_of(view()); }
  [[nodiscard]] BytesView view() const { return {data_, size_}; }
  [[nodiscard]] std::span<std::uint8_t> writable() { return {data_, size_}; }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }

 private:
  void release() noexcept;

  std::uint8_t* data_ = nullptr;
  std::size_t size_ = 0;
};

// Overwrites in a way that the compiler cannot leave out.
void wipe(std::span<std::uint8_t> octets) noexcept;
void wipe(std::string& text) noexcept;

// The same time for every content; different lengths are unequal at once (lengths are not secret).
[[nodiscard]] bool equal_in_constant_time(BytesView a, BytesView b) noexcept;

}  // namespace sekisho
