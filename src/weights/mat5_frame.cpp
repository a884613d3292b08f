#include "weights/mat5_frame.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

namespace kface {
namespace {

using Bytes = std::span<const std::uint8_t>;

constexpr std::size_t kHeaderBytes = 128;
constexpr std::size_t kTagBytes = 8;
constexpr std::uint32_t kMatrix = 14;
constexpr std::uint32_t kCompressed = 15;

// A whole zlib stream, and nothing after it.
bool inflates(Bytes packed) {
  z_stream stream{};
  if (inflateInit(&stream) != Z_OK) {
    return false;
  }
  stream.next_in = const_cast<Bytef*>(packed.data());
  stream.avail_in = static_cast<uInt>(packed.size());
  std::array<unsigned char, 1U << 15U> sink{};
  int result = Z_OK;
  while (result == Z_OK) {
    stream.next_out = sink.data();
    stream.avail_out = static_cast<uInt>(sink.size());
    result = inflate(&stream, Z_NO_FLUSH);
  }
  const bool whole = result == Z_STREAM_END && stream.avail_in == 0;
  inflateEnd(&stream);
  return whole;
}

}  // namespace

bool is_matlab73(Bytes bytes) {
  constexpr std::string_view kText = "MATLAB 7.3 MAT-file";
  return bytes.size() >= kText.size() && std::equal(kText.begin(), kText.end(), bytes.begin());
}

Status check_mat5_frame(Bytes bytes, const std::string& name) {
  const auto damaged = [&](const std::string& what) {
    return Status{ErrorCode::kCorruption, name + ": not a usable MATLAB 5 file: " + what};
  };
  if (bytes.size() < kHeaderBytes) {
    return damaged("cut short, " + std::to_string(bytes.size()) + " bytes in all");
  }
  if (bytes[kHeaderBytes - 2] != 'I' || bytes[kHeaderBytes - 1] != 'M') {
    return damaged("it is not little-endian");
  }
  for (std::size_t at = kHeaderBytes; at < bytes.size();) {
    std::array<std::uint32_t, 2> tag{};  // type, size
    if (bytes.size() - at < kTagBytes) {
      return damaged("cut short at byte " + std::to_string(at));
    }
    std::memcpy(tag.data(), bytes.data() + at, kTagBytes);
    at += kTagBytes;
    if (tag[0] != kMatrix && tag[0] != kCompressed) {
      return damaged("an element of type " + std::to_string(tag[0]) + " at byte " +
                     std::to_string(at));
    }
    if (tag[1] > bytes.size() - at) {
      return damaged("cut short: an element of " + std::to_string(tag[1]) + " bytes at byte " +
                     std::to_string(at));
    }
    if (tag[0] == kCompressed && !inflates(bytes.subspan(at, tag[1]))) {
      return damaged("the compressed element at byte " + std::to_string(at) + " is damaged");
    }
    at += tag[1];
  }
  return {};
}

}  // namespace kface
