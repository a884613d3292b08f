// Bytes in memory that is locked (not swapped, not in a core dump, fenced by guard pages) and wiped
// when it is given back.
#pragma once

#include <sodium.h>

#include <cstddef>
#include <cstdint>
#include <new>
#include <span>
#include <string_view>
#include <utility>

#include "kface/status.h"

namespace kface {

// Every use of libsodium comes after this; cheap when it was called before. Thread-safe.
inline void start_sodium() {
  static const bool started = sodium_init() >= 0;
  KF_REQUIRE(started);
}

// Owns its bytes; movable. All zero at first.
class SecretBytes {
 public:
  explicit SecretBytes(std::size_t size) : size_(size) {
    start_sodium();
    bytes_ = static_cast<std::uint8_t*>(sodium_malloc(size));
    if (bytes_ == nullptr) {
      throw std::bad_alloc();
    }
    sodium_memzero(bytes_, size);
  }
  ~SecretBytes() { sodium_free(bytes_); }
  SecretBytes(SecretBytes&& other) noexcept
      : bytes_(std::exchange(other.bytes_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  SecretBytes& operator=(SecretBytes&& other) noexcept {
    std::swap(bytes_, other.bytes_);
    std::swap(size_, other.size_);
    return *this;
  }
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;

  std::uint8_t* data() { return bytes_; }
  const std::uint8_t* data() const { return bytes_; }
  std::size_t size() const { return size_; }
  std::span<std::uint8_t> span() { return {bytes_, size_}; }
  std::string_view text() const { return {reinterpret_cast<const char*>(bytes_), size_}; }

 private:
  std::uint8_t* bytes_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace kface
