// MATLAB 5: a header of 128 bytes, then elements of a tag (type, size) and data; a matrix is an
// element whose data are elements: flags, dimensions, name, and what its class says.
#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

#include "weights/mat5_stream.h"
#include "weights/mat_node.h"

namespace kface {
namespace {

constexpr std::size_t kHeaderBytes = 128;
constexpr std::size_t kTagBytes = 8;
constexpr std::uint32_t kMatrix = 14;  // element types that are not numbers
constexpr std::uint32_t kCompressed = 15;
constexpr std::uint32_t kComplexFlag = 0x0800;
constexpr int kMaxDepth = 16;
constexpr std::uint32_t kMaxSmallBytes = 1U << 20U;  // of dimensions, names and texts

enum Class : std::uint32_t {
  kCellClass = 1,
  kStructClass = 2,
  kCharClass = 4,
  kDoubleClass = 6,
  kSingleClass = 7
};

// Bytes of a number of that element type; 0: not one.
std::size_t number_bytes(std::uint32_t type) {
  constexpr std::array<std::size_t, 14> kBytes = {0, 1, 1, 2, 2, 4, 4, 4, 0, 8, 0, 0, 8, 8};
  return type < kBytes.size() ? kBytes[type] : 0;
}

template <typename T>
float as_float(const std::uint8_t* bytes) {
  T value;
  std::memcpy(&value, bytes, sizeof value);
  return static_cast<float>(value);
}

using Convert = float (*)(const std::uint8_t*);

// From the element type, which may be smaller than the matrix's class: MATLAB stores whole numbers
// so.
Convert converter(std::uint32_t type) {
  constexpr std::array<Convert, 14> kConvert = {nullptr,
                                                as_float<std::int8_t>,
                                                as_float<std::uint8_t>,
                                                as_float<std::int16_t>,
                                                as_float<std::uint16_t>,
                                                as_float<std::int32_t>,
                                                as_float<std::uint32_t>,
                                                as_float<float>,
                                                nullptr,
                                                as_float<double>,
                                                nullptr,
                                                nullptr,
                                                as_float<std::int64_t>,
                                                as_float<std::uint64_t>};
  return type < kConvert.size() ? kConvert[type] : nullptr;
}

struct Tag {
  std::uint32_t type = 0;
  std::uint32_t size = 0;
  std::array<std::uint8_t, 4> small{};  // the data of a short element lie in its tag
  bool is_small = false;

  std::uint64_t padded() const { return is_small ? 0 : (std::uint64_t{size} + 7) / 8 * 8; }
};

struct Counts {
  std::size_t values = 0;
  std::size_t nodes = 0;
};

// Reads one variable; every part of an element is counted against the element's size.
class Mat5Matrix {
 public:
  Mat5Matrix(Mat5Stream& stream, const std::string& file, const MatLimits& limits, Counts& counts)
      : stream_(stream), file_(file), limits_(limits), counts_(counts) {}

  // `name`: of the matrix, as its header says. An unwanted variable is not read on.
  Result<MatNode> read(std::uint64_t size, bool top, bool keep, int depth, std::string& name) {
    MatNode node;
    if (depth > kMaxDepth || ++counts_.nodes > limits_.nodes) {
      return error("its values are nested too deeply, or are too many");
    }
    if (size == 0) {
      return node;
    }
    KF_ASSIGN(const auto flags, small_data(size));
    KF_ASSIGN(const auto dimensions, small_data(size));
    KF_ASSIGN(const auto name_bytes, small_data(size));
    if (flags.size() != 8 || dimensions.size() % 4 != 0) {
      return error("a matrix has no header");
    }
    name.assign(name_bytes.begin(), name_bytes.end());
    std::uint32_t word = 0;
    std::memcpy(&word, flags.data(), sizeof word);
    KF_TRY(set_shape(node, dimensions));
    if (!top || is_wanted_variable(name)) {
      KF_TRY(read_content(node, word, size, keep, depth));
    }
    if (!stream_.skip(size)) {
      return cut_short();
    }
    return node;
  }

 private:
  Status error(const std::string& what) const {
    return {ErrorCode::kCorruption, file_ + ": not a usable MATLAB 5 file: " + what};
  }
  Status cut_short() const { return error("cut short, or its sizes do not fit in each other"); }

  // Takes the tag from what is left of the element around it.
  Result<Tag> read_tag(std::uint64_t& left) {
    std::array<std::uint8_t, kTagBytes> bytes{};
    if (left < kTagBytes || !stream_.read(bytes)) {
      return cut_short();
    }
    left -= kTagBytes;
    Tag tag;
    std::memcpy(&tag.type, bytes.data(), sizeof tag.type);
    std::memcpy(&tag.size, bytes.data() + 4, sizeof tag.size);
    tag.is_small = (tag.type >> 16U) != 0;
    if (tag.is_small) {
      tag.size = tag.type >> 16U;
      tag.type &= 0xFFFFU;
      std::copy_n(bytes.begin() + 4, tag.small.size(), tag.small.begin());
    }
    if ((tag.is_small && tag.size > tag.small.size()) || tag.padded() > left) {
      return cut_short();
    }
    left -= tag.padded();
    return tag;
  }

  // The data of an element of a few bytes.
  Result<std::vector<std::uint8_t>> small_data(std::uint64_t& left) {
    KF_ASSIGN(const Tag tag, read_tag(left));
    if (tag.size > kMaxSmallBytes) {
      return error("a name or a list of dimensions has " + std::to_string(tag.size) + " bytes");
    }
    std::vector<std::uint8_t> data(tag.small.begin(), tag.small.end());
    data.resize(tag.size);
    if (!tag.is_small && (!stream_.read(data) || !stream_.skip(tag.padded() - tag.size))) {
      return cut_short();
    }
    return data;
  }

  Status set_shape(MatNode& node, const std::vector<std::uint8_t>& dimensions) const {
    for (std::size_t at = 0; at < dimensions.size(); at += 4) {
      std::int32_t dimension = 0;
      std::memcpy(&dimension, dimensions.data() + at, sizeof dimension);
      if (dimension < 0) {
        return error("a matrix has the dimension " + std::to_string(dimension));
      }
      node.shape.push_back(static_cast<std::size_t>(dimension));
    }
    return {};
  }

  Status read_content(MatNode& node, std::uint32_t flags, std::uint64_t& left, bool keep,
                      int depth) {
    switch (flags & 0xFFU) {
      case kCellClass:
        return read_cells(node, left, keep, depth);
      case kStructClass:
        return read_struct(node, left, depth);
      case kCharClass:
        return read_text(node, left);
      case kSingleClass:
      case kDoubleClass:
        return (flags & kComplexFlag) == 0 ? read_number(node, left, keep) : Status{};
      default:
        return {};
    }
  }

  // An element that is a matrix.
  Result<MatNode> read_member(std::uint64_t& left, bool keep, int depth) {
    KF_ASSIGN(const Tag tag, read_tag(left));
    if (tag.type != kMatrix || tag.is_small) {
      return error("a member of a cell array or a struct is not a matrix");
    }
    std::string name;
    KF_ASSIGN(MatNode member, read(tag.size, /*top=*/false, keep, depth + 1, name));
    if (!stream_.skip(tag.padded() - tag.size)) {
      return cut_short();
    }
    return member;
  }

  Status read_cells(MatNode& node, std::uint64_t& left, bool keep, int depth) {
    node.kind = MatNode::Kind::kCell;
    const std::size_t count = value_count(node.shape);
    for (std::size_t i = 0; i < count; ++i) {
      KF_ASSIGN(MatNode member, read_member(left, keep, depth));
      node.cells.push_back(std::move(member));
    }
    return {};
  }

  // Of a struct array only its shape is wanted.
  Status read_struct(MatNode& node, std::uint64_t& left, int depth) {
    if (value_count(node.shape) != 1) {
      return {};
    }
    node.kind = MatNode::Kind::kStruct;
    KF_ASSIGN(const auto length_bytes, small_data(left));
    KF_ASSIGN(const auto names, small_data(left));
    std::int32_t length = 0;
    if (length_bytes.size() != sizeof length) {
      return error("a struct has no names");
    }
    std::memcpy(&length, length_bytes.data(), sizeof length);
    if (length < 1 || names.size() % static_cast<std::size_t>(length) != 0) {
      return error("a struct has names of " + std::to_string(length) + " bytes");
    }
    const auto step = static_cast<std::size_t>(length);
    for (std::size_t at = 0; at < names.size(); at += step) {
      const char* text = reinterpret_cast<const char*>(names.data()) + at;
      const std::string name(text, strnlen(text, step));
      KF_ASSIGN(MatNode member, read_member(left, keep_below(name), depth));
      if (node.field(name) != nullptr) {
        return error("a struct has the field '" + name + "' twice");
      }
      node.fields.emplace_back(name, std::move(member));
    }
    return {};
  }

  static bool keep_below(const std::string& name) { return MatLimits::keeps(name); }

  // What ASCII has of it.
  Status read_text(MatNode& node, std::uint64_t& left) {
    KF_ASSIGN(const Tag tag, read_tag(left));
    if (tag.size > kMaxSmallBytes) {
      return stream_.skip(tag.padded()) ? Status{} : cut_short();
    }
    std::vector<std::uint8_t> data(tag.small.begin(), tag.small.end());
    data.resize(tag.size);
    if (!tag.is_small && (!stream_.read(data) || !stream_.skip(tag.padded() - tag.size))) {
      return cut_short();
    }
    node.kind = MatNode::Kind::kText;
    const std::size_t step = std::max<std::size_t>(number_bytes(tag.type), 1);
    for (std::size_t at = 0; at < data.size(); at += step) {
      node.text += static_cast<char>(data[at]);
    }
    return {};
  }

  Status read_number(MatNode& node, std::uint64_t& left, bool keep) {
    node.kind = MatNode::Kind::kNumber;
    const std::size_t count = value_count(node.shape);
    KF_ASSIGN(const Tag tag, read_tag(left));
    const std::size_t step = number_bytes(tag.type);
    if (step == 0 || count != tag.size / step || tag.size % step != 0) {
      return error("a matrix of shape " + shape_text(node.shape) + " has " +
                   std::to_string(tag.size) + " bytes of element type " + std::to_string(tag.type));
    }
    if (!keep || count > limits_.largest) {
      return stream_.skip(tag.padded()) ? Status{} : cut_short();
    }
    counts_.values += count;
    if (counts_.values > limits_.total) {
      return error("its weights are more numbers than VGG-Face has");
    }
    node.values.reserve(count);
    if (tag.is_small) {
      append(node.values, std::span(tag.small).first(tag.size), tag.type);
      return {};
    }
    return read_values(node.values, tag);
  }

  static void append(std::vector<float>& values, std::span<const std::uint8_t> bytes,
                     std::uint32_t type) {
    const Convert convert = converter(type);
    const std::size_t step = number_bytes(type);
    for (std::size_t at = 0; at < bytes.size(); at += step) {
      values.push_back(convert(bytes.data() + at));
    }
  }

  // Block by block: nothing is held twice.
  Status read_values(std::vector<float>& values, const Tag& tag) {
    std::array<std::uint8_t, 1U << 14U> block;
    for (std::size_t done = 0; done < tag.size;) {
      const auto part =
          std::span(block).first(std::min<std::size_t>(block.size(), tag.size - done));
      if (!stream_.read(part)) {
        return cut_short();
      }
      append(values, part, tag.type);
      done += part.size();
    }
    return stream_.skip(tag.padded() - tag.size) ? Status{} : cut_short();
  }

  Mat5Stream& stream_;
  std::string file_;
  const MatLimits& limits_;
  Counts& counts_;
};

class Mat5File {
 public:
  Mat5File(const SourceFile& file, const MatLimits& limits)
      : bytes_(file.bytes), name_(file.name()), limits_(limits) {}

  Result<MatNode> read() {
    if (bytes_.size() < kHeaderBytes) {
      return error("cut short, " + std::to_string(bytes_.size()) + " bytes in all");
    }
    if (bytes_[kHeaderBytes - 2] != 'I' || bytes_[kHeaderBytes - 1] != 'M') {
      return error("it is not little-endian");
    }
    MatNode variables{.kind = MatNode::Kind::kStruct, .shape = {1, 1}};
    for (std::size_t at = kHeaderBytes; at < bytes_.size();) {
      KF_TRY(read_element(at, variables));
    }
    return variables;
  }

 private:
  Status error(const std::string& what) const {
    return {ErrorCode::kCorruption, name_ + ": not a usable MATLAB 5 file: " + what};
  }

  // The element at `at`, which moves to the one after it.
  Status read_element(std::size_t& at, MatNode& variables) {
    std::array<std::uint32_t, 2> tag{};  // type, size
    if (bytes_.size() - at < kTagBytes) {
      return error("cut short at byte " + std::to_string(at));
    }
    std::memcpy(tag.data(), bytes_.data() + at, kTagBytes);
    const std::string place = " at byte " + std::to_string(at);
    if (tag[0] != kMatrix && tag[0] != kCompressed) {
      return error("an element of type " + std::to_string(tag[0]) + place);
    }
    at += kTagBytes;
    if (tag[1] > bytes_.size() - at) {
      return error("cut short: an element of " + std::to_string(tag[1]) + " bytes" + place);
    }
    Mat5Stream stream(bytes_.subspan(at, tag[1]), tag[0] == kCompressed);
    at += tag[1];
    std::uint64_t size = tag[1];
    if (tag[0] == kCompressed) {
      std::array<std::uint32_t, 2> inner{};
      std::array<std::uint8_t, kTagBytes> bytes{};
      if (!stream.read(bytes)) {
        return error("the compressed element" + place + " is damaged");
      }
      std::memcpy(inner.data(), bytes.data(), kTagBytes);
      if (inner[0] != kMatrix) {
        return error("the compressed element" + place + " is not a matrix");
      }
      size = inner[1];
    }
    std::string name;
    KF_ASSIGN(MatNode node, Mat5Matrix(stream, name_, limits_, counts_)
                                .read(size, /*top=*/true, /*keep=*/false, 0, name));
    if (!stream.at_end()) {
      return error("the element" + place + " does not end where it says");
    }
    if (is_wanted_variable(name)) {
      if (variables.field(name) != nullptr) {
        return error("variable '" + name + "' occurs twice");
      }
      variables.fields.emplace_back(name, std::move(node));
    }
    return {};
  }

  std::span<const std::uint8_t> bytes_;
  std::string name_;
  const MatLimits& limits_;
  Counts counts_;
};

}  // namespace

Result<MatNode> read_mat5(const SourceFile& file, const MatLimits& limits) {
  return Mat5File(file, limits).read();
}

}  // namespace kface
