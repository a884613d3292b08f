#include <algorithm>
#include <cstring>
#include <string_view>

#include "weights/readers.h"

namespace kface {
namespace {

using Bytes = std::span<const std::uint8_t>;

constexpr std::string_view kHdf5Magic = "\x89HDF\r\n\x1a\n";
constexpr std::size_t kMatlabUserBlock = 512;  // text before the HDF5 part of a MATLAB 7.3 file
constexpr const char* kWhatIsRead =
    "; kface reads VGG-Face from Keras .h5, Caffe .caffemodel, Torch7 .t7, MatConvNet .mat and "
    ".safetensors";

bool has(Bytes bytes, std::size_t at, std::string_view text) {
  return at + text.size() <= bytes.size() &&
         std::equal(text.begin(), text.end(), bytes.begin() + static_cast<std::ptrdiff_t>(at),
                    [](char a, std::uint8_t b) { return static_cast<std::uint8_t>(a) == b; });
}

// Eight bytes of size, then a JSON object.
bool is_safetensors(Bytes bytes) {
  constexpr std::size_t kPrefix = 8;
  constexpr std::uint64_t kLargestHeader = 100ULL << 20U;
  std::uint64_t size = 0;
  if (bytes.size() <= kPrefix || bytes[kPrefix] != '{') {
    return false;
  }
  std::memcpy(&size, bytes.data(), kPrefix);
  return size <= kLargestHeader;
}

// A Torch object (4), its index, and a version string "V 1", three bytes long.
bool is_torch7(Bytes bytes) {
  using namespace std::string_view_literals;
  return has(bytes, 0, "\x04\0\0\0"sv) && has(bytes, 8, "\x03\0\0\0V "sv);
}

// Files that users have beside the ones that are read, and what to do with them.
std::string_view advice(Bytes bytes) {
  using namespace std::string_view_literals;
  if (bytes.empty()) {
    return "is empty";
  }
  if (has(bytes, 0, "PK\x03\x04") || has(bytes, 0, "\x80\x02")) {
    return "is a pickle or a zip, such as a PyTorch .pth: a pickle can run any program, so it is "
           "not read; export it once in Python: from safetensors.torch import save_file; "
           "save_file(torch.load(\"in.pth\", weights_only=True), \"out.safetensors\")";
  }
  if (has(bytes, 0, "\x93NUMPY")) {
    return "is a NumPy .npy, which does not say whose weights it holds; bring the file that it was "
           "made from";
  }
  if (has(bytes, 0, "\x08"sv) && bytes.size() > 2 && bytes[2] == 0x12) {
    return "is an ONNX network; VGG-Face is not read from ONNX";
  }
  if (has(bytes, 0, "version https://git-lfs")) {
    return "is a pointer of Git LFS, not the file itself; run 'git lfs pull'";
  }
  if (has(bytes, 0, "<!DOCTYPE") || has(bytes, 0, "<html")) {
    return "is a web page: the download gave a page instead of the file";
  }
  return "is not a weight file that is known";
}

}  // namespace

Result<WeightFormat> recognise_bytes(const SourceFile& file) {
  const Bytes bytes = file.bytes;
  if (has(bytes, 0, kHdf5Magic)) {
    return WeightFormat::kKerasH5;
  }
  if (has(bytes, 0, "MATLAB 5.0 MAT-file") ||
      (has(bytes, 0, "MATLAB 7.3 MAT-file") && has(bytes, kMatlabUserBlock, kHdf5Magic))) {
    return WeightFormat::kMatConvNet;
  }
  if (is_torch7(bytes)) {
    return WeightFormat::kTorch7;
  }
  if (is_safetensors(bytes)) {
    return WeightFormat::kSafetensors;
  }
  if (looks_like_caffe(bytes)) {
    return WeightFormat::kCaffe;
  }
  return Status{ErrorCode::kCorruption,
                file.name() + ": " + std::string(advice(bytes)) + kWhatIsRead};
}

}  // namespace kface
