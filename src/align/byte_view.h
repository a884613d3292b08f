// Bounds-checked numbers out of a file's bytes: a read beyond the end is nullopt, never a crash.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace kface {

enum class Endian { kLittle, kBig };

// A view; the bytes must outlive it. Thread-safe.
class ByteView {
 public:
  explicit ByteView(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  std::size_t size() const { return bytes_.size(); }
  const std::uint8_t* data() const { return bytes_.data(); }

  bool has(std::size_t offset, std::size_t count) const {
    return count <= bytes_.size() && offset <= bytes_.size() - count;
  }

  // The part that exists of [offset, offset + count).
  ByteView part(std::size_t offset, std::size_t count = SIZE_MAX) const {
    if (offset >= bytes_.size()) {
      return ByteView({});
    }
    const std::size_t rest = bytes_.size() - offset;
    return ByteView(bytes_.subspan(offset, count < rest ? count : rest));
  }

  bool starts_with(std::size_t offset, std::string_view text) const {
    if (!has(offset, text.size())) {
      return false;
    }
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (bytes_[offset + i] != static_cast<std::uint8_t>(text[i])) {
        return false;
      }
    }
    return true;
  }

  // Unsigned integer of `count` bytes (1..4) at `offset`.
  std::optional<std::uint32_t> number(std::size_t offset, std::size_t count, Endian order) const {
    if (!has(offset, count)) {
      return std::nullopt;
    }
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t at = order == Endian::kBig ? i : count - 1 - i;
      value = (value << 8U) | bytes_[offset + at];
    }
    return value;
  }

  std::optional<std::uint32_t> u8(std::size_t offset) const {
    return number(offset, 1, Endian::kBig);
  }

 private:
  std::span<const std::uint8_t> bytes_;
};

}  // namespace kface
