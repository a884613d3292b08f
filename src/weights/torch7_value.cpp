#include "weights/torch7_value.h"

#include <array>
#include <bit>
#include <cstring>

namespace kface {
namespace {

static_assert(std::endian::native == std::endian::little, "values are copied as they lie");

constexpr int kMaxDepth = 64;
constexpr std::int64_t kMaxDimensions = 8;

// The kinds of value in a file; 6 to 8 are functions, which are not read.
enum Tag : std::int32_t { kNil, kNumber, kString, kTable, kTorch, kBoolean, kLastTag = 8 };

struct StorageClass {
  std::string_view name;
  std::size_t value_bytes;
};

constexpr std::array<StorageClass, 8> kStorages = {{{"torch.FloatStorage", 4},
                                                    {"torch.DoubleStorage", 8},
                                                    {"torch.CudaStorage", 4},
                                                    {"torch.LongStorage", 8},
                                                    {"torch.IntStorage", 4},
                                                    {"torch.ShortStorage", 2},
                                                    {"torch.ByteStorage", 1},
                                                    {"torch.CharStorage", 1}}};

std::size_t storage_value_bytes(std::string_view name) {
  for (const StorageClass& storage : kStorages) {
    if (storage.name == name) {
      return storage.value_bytes;
    }
  }
  return 0;
}

class Parser {
 public:
  Parser(std::span<const std::uint8_t> bytes, const std::string& name)
      : bytes_(bytes), name_(name) {}

  Result<Torch7File> parse() {
    KF_ASSIGN(file_.root, read_value(0));
    if (at_ != bytes_.size()) {
      return error(std::to_string(bytes_.size() - at_) + " bytes after its end");
    }
    return std::move(file_);
  }

 private:
  Status error(const std::string& what) const {
    return {ErrorCode::kCorruption,
            name_ + ": not a usable Torch7 file, at byte " + std::to_string(at_) + ": " + what};
  }

  template <typename T>
  Result<T> read() {
    T value;
    if (bytes_.size() - at_ < sizeof value) {
      return error("cut short");
    }
    std::memcpy(&value, bytes_.data() + at_, sizeof value);
    at_ += sizeof value;
    return value;
  }

  Result<std::string> read_text() {
    KF_ASSIGN(const auto size, read<std::int32_t>());
    if (size < 0 || static_cast<std::size_t>(size) > bytes_.size() - at_) {
      return error("a text of " + std::to_string(size) + " bytes: cut short?");
    }
    const auto length = static_cast<std::size_t>(size);
    std::string text(reinterpret_cast<const char*>(bytes_.data()) + at_, length);
    at_ += length;
    return text;
  }

  Result<Torch7Value> read_value(int depth) {
    if (depth > kMaxDepth) {
      return error("values are nested too deeply");
    }
    KF_ASSIGN(const auto tag, read<std::int32_t>());
    switch (tag) {
      case kNil:
        return Torch7Value{};
      case kNumber: {
        KF_ASSIGN(const auto number, read<double>());
        return Torch7Value{.kind = Torch7Value::Kind::kNumber, .number = number};
      }
      case kBoolean: {
        KF_ASSIGN(const auto truth, read<std::int32_t>());
        return Torch7Value{.kind = Torch7Value::Kind::kBoolean, .number = truth == 0 ? 0.0 : 1.0};
      }
      case kString: {
        KF_ASSIGN(std::string text, read_text());
        return Torch7Value{.kind = Torch7Value::Kind::kText, .text = std::move(text)};
      }
      case kTable:
      case kTorch:
        return read_object(tag == kTorch, depth);
      default:
        return error(tag > kBoolean && tag <= kLastTag
                         ? std::string("a Lua function, which weights do not need and is not read")
                         : "an unknown kind of value, " + std::to_string(tag));
    }
  }

  // A table or a class; one that was there before is only its number.
  Result<Torch7Value> read_object(bool is_class, int depth) {
    KF_ASSIGN(const auto index, read<std::int32_t>());
    const Torch7Value value{.kind = Torch7Value::Kind::kObject, .index = index};
    if (index < 1) {
      return error("an object of number " + std::to_string(index));
    }
    if (!file_.objects.try_emplace(index).second) {
      return value;
    }
    Torch7Object object;
    if (is_class) {
      KF_TRY(read_class(object, depth));
    } else {
      KF_TRY(read_table(object, depth));
    }
    file_.objects[index] = std::move(object);
    return value;
  }

  Status read_class(Torch7Object& object, int depth) {
    KF_ASSIGN(object.class_name, read_text());
    if (object.class_name.starts_with("V ")) {  // the class's version comes first in newer files
      KF_ASSIGN(object.class_name, read_text());
    }
    object.value_bytes = storage_value_bytes(object.class_name);
    if (object.value_bytes != 0) {
      return read_storage(object);
    }
    if (object.class_name.starts_with("torch.") && object.class_name.ends_with("Tensor")) {
      return read_tensor(object, depth);
    }
    if (object.class_name.starts_with("torch.")) {
      return error("an object of class '" + object.class_name + "', which weights do not need");
    }
    KF_ASSIGN(const auto tag, read<std::int32_t>());
    if (tag != kTable) {
      return error("class '" + object.class_name + "' does not keep its fields in a table");
    }
    KF_ASSIGN(const auto index, read<std::int32_t>());
    if (index < 1 || !file_.objects.try_emplace(index).second) {
      return error("the fields of class '" + object.class_name + "' belong to another object");
    }
    return read_table(object, depth);
  }

  Status read_table(Torch7Object& object, int depth) {
    KF_ASSIGN(const auto size, read<std::int32_t>());
    if (size < 0) {
      return error("a table of " + std::to_string(size) + " entries");
    }
    for (std::int32_t i = 0; i < size; ++i) {
      KF_ASSIGN(Torch7Value key, read_value(depth + 1));
      KF_ASSIGN(Torch7Value value, read_value(depth + 1));
      object.fields.emplace_back(std::move(key), std::move(value));
    }
    return {};
  }

  Status read_tensor(Torch7Object& object, int depth) {
    KF_ASSIGN(const auto dimensions, read<std::int32_t>());
    if (dimensions < 0 || dimensions > kMaxDimensions) {
      return error("a tensor of " + std::to_string(dimensions) + " dimensions");
    }
    for (auto* list : {&object.sizes, &object.strides}) {
      for (std::int32_t i = 0; i < dimensions; ++i) {
        KF_ASSIGN(const auto value, read<std::int64_t>());
        list->push_back(value);
      }
    }
    KF_ASSIGN(object.offset, read<std::int64_t>());
    KF_ASSIGN(object.storage, read_value(depth + 1));
    return {};
  }

  Status read_storage(Torch7Object& object) {
    KF_ASSIGN(const auto size, read<std::int64_t>());
    if (size < 0 || static_cast<std::uint64_t>(size) > (bytes_.size() - at_) / object.value_bytes) {
      return error("a storage of " + std::to_string(size) + " values, of which the file has " +
                   std::to_string((bytes_.size() - at_) / object.value_bytes) + ": cut short?");
    }
    const std::size_t length = static_cast<std::size_t>(size) * object.value_bytes;
    object.data = bytes_.subspan(at_, length);
    at_ += length;
    return {};
  }

  std::span<const std::uint8_t> bytes_;
  std::string name_;
  std::size_t at_ = 0;
  Torch7File file_;
};

}  // namespace

const Torch7Object* Torch7File::object(const Torch7Value& value) const {
  const auto found = objects.find(value.index);
  return value.kind != Torch7Value::Kind::kObject || found == objects.end() ? nullptr
                                                                            : &found->second;
}

Torch7Value Torch7File::field(const Torch7Object& object, std::string_view name) const {
  for (const auto& [key, value] : object.fields) {
    if (key.kind == Torch7Value::Kind::kText && key.text == name) {
      return value;
    }
  }
  return {};
}

Result<Torch7File> parse_torch7(std::span<const std::uint8_t> bytes, const std::string& name) {
  return Parser(bytes, name).parse();
}

}  // namespace kface
