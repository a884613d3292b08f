#include "weights/hdf5_heap.h"

#include <algorithm>
#include <cstring>
#include <string_view>

namespace kface {
namespace {

using Bytes = std::span<const std::uint8_t>;

constexpr std::string_view kSignature = "\x89HDF\r\n\x1a\n";
constexpr std::string_view kHeap("GCOL\x01", 5);  // and its version
constexpr std::size_t kUserBlock = 512;           // of MATLAB 7.3
constexpr std::size_t kHeapHeader = 16;
constexpr std::size_t kObjectHeader = 16;

template <typename T>
T read_at(Bytes bytes, std::size_t at) {
  T value;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

bool has_signature(Bytes bytes, std::size_t at) {
  return bytes.size() >= at + kHeapHeader &&
         std::memcmp(bytes.data() + at, kSignature.data(), kSignature.size()) == 0;
}

// The superblock says how wide offsets and lengths are, at a place that its version decides.
bool has_usual_widths(Bytes bytes) {
  const std::size_t at = has_signature(bytes, 0) ? 0 : kUserBlock;
  if (!has_signature(bytes, at)) {
    return false;
  }
  constexpr std::uint8_t kWidth = 8;
  const std::size_t widths = at + (bytes[at + kSignature.size()] < 2 ? 13 : 9);
  return bytes[widths] == kWidth && bytes[widths + 1] == kWidth;
}

// `heap` starts with a heap's header and goes on to the end of the file.
bool is_sound(Bytes heap) {
  if (heap.size() < kHeapHeader) {
    return false;
  }
  const auto size = read_at<std::uint64_t>(heap, 8);
  if (size < kHeapHeader || size > heap.size()) {
    return false;
  }
  for (std::uint64_t at = kHeapHeader; at + kObjectHeader <= size;) {
    const auto index = read_at<std::uint16_t>(heap, at);
    const auto length = read_at<std::uint64_t>(heap, at + 8);
    if (length > size) {
      return false;
    }
    // Object 0 is the free space, header included; the others are padded.
    const std::uint64_t need = index == 0 ? length : kObjectHeader + (length + 7) / 8 * 8;
    if (need < kObjectHeader || need > size - at) {
      return false;
    }
    at += need;
  }
  return true;
}

}  // namespace

bool hdf5_heaps_are_sound(Bytes bytes) {
  if (!has_usual_widths(bytes)) {
    return false;
  }
  for (std::size_t at = 0; at < bytes.size();) {
    const void* found = memmem(bytes.data() + at, bytes.size() - at, kHeap.data(), kHeap.size());
    if (found == nullptr) {
      return true;
    }
    const auto start =
        static_cast<std::size_t>(static_cast<const std::uint8_t*>(found) - bytes.data());
    if (!is_sound(bytes.subspan(start))) {
      return false;
    }
    at = start + kHeap.size();
  }
  return true;
}

}  // namespace kface
