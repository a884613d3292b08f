#include "base/mapped_safetensors.h"

#include <algorithm>
#include <utility>

#include "base/content_digest.h"
#include "base/finite.h"
#include "base/mapped_file.h"
#include "base/safetensors_header.h"

namespace kface {
namespace {

class MappedTensorFile : public MappedTensors {
 public:
  MappedTensorFile(MappedFile file, SafetensorsHeader header, std::string digest)
      : file_(std::move(file)), header_(std::move(header)), digest_(std::move(digest)) {
    for (const auto& [name, place] : header_.tensors) {
      const auto* values = reinterpret_cast<const float*>(file_.bytes().data() + place.begin);
      views_.emplace(name, View{place.shape, {values, place.bytes / sizeof(float)}});
    }
  }

  const std::map<std::string, std::string>& metadata() const override { return header_.metadata; }
  const std::map<std::string, View>& tensors() const override { return views_; }
  const std::string& content_digest() const override { return digest_; }

  void release(const std::string& name) const override {
    const auto found = header_.tensors.find(name);
    KF_REQUIRE(found != header_.tensors.end(), name);
    file_.release(found->second.begin, found->second.bytes);
  }

 private:
  MappedFile file_;
  SafetensorsHeader header_;
  std::string digest_;
  std::map<std::string, View> views_;
};

// Finds values that are no numbers in any block of the file, and says whose they are.
class FiniteCheck {
 public:
  FiniteCheck(const SafetensorsHeader& header, std::string name)
      : header_(header), name_(std::move(name)), in_order_(header.names_in_file_order()) {}

  Status operator()(std::size_t offset, std::span<const std::uint8_t> block) const {
    // Data begins, and blocks begin and end, at multiples of 4 bytes.
    const std::size_t begin = std::max(offset, header_.data_begin);
    const std::size_t end = offset + block.size();
    if (begin >= end || all_finite(values_of(block.subspan(begin - offset)))) {
      return {};
    }
    for (const std::string& tensor : in_order_) {
      const TensorPlace& place = header_.tensors.at(tensor);
      const std::size_t first = std::max(begin, place.begin);
      const std::size_t last = std::min(end, place.begin + place.bytes);
      if (first < last && !all_finite(values_of(block.subspan(first - offset, last - first)))) {
        return not_finite_error(name_, tensor);
      }
    }
    return {};
  }

 private:
  static std::span<const float> values_of(std::span<const std::uint8_t> bytes) {
    return {reinterpret_cast<const float*>(bytes.data()), bytes.size() / sizeof(float)};
  }

  const SafetensorsHeader& header_;
  std::string name_;
  std::vector<std::string> in_order_;
};

}  // namespace

Result<std::shared_ptr<const MappedTensors>> map_safetensors(const std::filesystem::path& path,
                                                             unsigned threads) {
  KF_ASSIGN(MappedFile file, MappedFile::open(path));
  KF_ASSIGN(SafetensorsHeader header, decode_safetensors_header(file.bytes(), path.string()));
  if (header.data_begin % alignof(float) != 0) {
    return safetensors_error(path.string(), "its data begins at byte " +
                                                std::to_string(header.data_begin) +
                                                ", expected a multiple of 4");
  }
  KF_ASSIGN(std::string digest, content_digest(file, threads, FiniteCheck(header, path.string())));
  return std::shared_ptr<const MappedTensors>(
      std::make_shared<MappedTensorFile>(std::move(file), std::move(header), std::move(digest)));
}

}  // namespace kface
