// The files that testdata/write_weight_files.py wrote, and changed copies of them.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/files.h"
#include "weights/readers.h"

namespace kface {

using Bytes = std::vector<std::uint8_t>;

// The widths are those of write_weight_files.py.
inline const VggLayout& small_layout() {
  static const VggLayout layout = scaled_vgg_layout({2, 3, 4, 5, 6}, 8, 7);
  return layout;
}

inline std::filesystem::path weight_file(const std::string& name) {
  return std::filesystem::path(KFACE_WEIGHT_FILES) / name;
}

inline Bytes weight_bytes(const std::string& name) {
  auto bytes = read_file(weight_file(name));
  EXPECT_TRUE(bytes.ok()) << "the CTest fixture weights.files writes it; run the tests with ctest";
  return bytes.ok() ? bytes.value() : Bytes{};
}

// A file that exists as long as the object, of a name of its own.
class ScratchFile {
 public:
  explicit ScratchFile(std::span<const std::uint8_t> bytes)
      : path_(
            std::filesystem::temp_directory_path() /
            ("kface-weights-" + std::to_string(::getpid()) + "-" + std::to_string(files_made++))) {
    std::ofstream out(path_, std::ios::binary);
    out.write(reinterpret_cast<const char*>(bytes.data()),
              static_cast<std::streamsize>(bytes.size()));
    EXPECT_TRUE(out.flush().good());
  }
  ~ScratchFile() { std::filesystem::remove(path_); }
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  inline static int files_made = 0;
  std::filesystem::path path_;
};

inline Result<VggFaceWeights> read_small(std::span<const std::uint8_t> bytes,
                                         ChannelOrder order = ChannelOrder::kOfFormat) {
  const ScratchFile file(bytes);
  return read_weights(file.path(), small_layout(), order);
}

// The error of a file that must not be read; what a reader says must name the file.
inline Status refusal(std::span<const std::uint8_t> bytes) {
  const ScratchFile file(bytes);
  const auto weights = read_weights(file.path(), small_layout(), ChannelOrder::kOfFormat);
  EXPECT_FALSE(weights.ok());
  if (weights.ok()) {
    return {};
  }
  EXPECT_NE(weights.error().message().find(file.path().string()), std::string::npos)
      << weights.error().message();
  return weights.error();
}

inline void expect_refusal(std::span<const std::uint8_t> bytes, std::string_view text) {
  const Status status = refusal(bytes);
  EXPECT_EQ(status.code(), ErrorCode::kCorruption) << status.message();
  EXPECT_NE(status.message().find(text), std::string::npos)
      << "expected '" << text << "' in: " << status.message();
}

// Position of the only, or the first, occurrence of `text` from `from` on.
inline std::size_t position(const Bytes& bytes, std::string_view text, std::size_t from = 0) {
  const std::string_view all(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const std::size_t at = all.find(text, from);
  EXPECT_NE(at, std::string_view::npos) << "the file does not contain '" << text << "'";
  return at == std::string_view::npos ? 0 : at;
}

// The first `from` becomes `to`, which is as long.
inline void overwrite(Bytes& bytes, std::string_view from, std::string_view to) {
  ASSERT_EQ(from.size(), to.size());
  std::memcpy(bytes.data() + position(bytes, from), to.data(), to.size());
}

template <typename T>
void put(Bytes& bytes, std::size_t at, T value) {
  ASSERT_LE(at + sizeof value, bytes.size());
  std::memcpy(bytes.data() + at, &value, sizeof value);
}

// No truncation may pass, nor may the file that has lost its last byte.
inline void expect_every_cut_refused(const Bytes& bytes, std::size_t cuts) {
  const std::size_t step = std::max<std::size_t>(1, bytes.size() / cuts);
  for (std::size_t size = 0; size < bytes.size(); size += step) {
    const auto weights = read_small(std::span(bytes).first(size));
    ASSERT_FALSE(weights.ok()) << size << " of " << bytes.size();
  }
  const auto weights = read_small(std::span(bytes).first(bytes.size() - 1));
  ASSERT_FALSE(weights.ok()) << "without the last byte";
}

}  // namespace kface
