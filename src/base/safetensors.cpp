#include "base/safetensors.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/files.h"

namespace kface {
namespace {

static_assert(std::endian::native == std::endian::little,
              "tensors are stored little-endian and copied as they are");

using Json = nlohmann::ordered_json;

constexpr std::size_t kSizeBytes = 8;
constexpr std::uint64_t kMaxHeaderBytes = 100ULL << 20U;  // the limit of the reference reader
constexpr std::size_t kHeaderAlignment = 8;

// a * b, or nothing when it does not fit.
bool multiply_into(std::uint64_t& product, std::uint64_t factor) {
  return !__builtin_mul_overflow(product, factor, &product);
}

struct Span {
  std::uint64_t begin;
  std::uint64_t end;
  std::string name;
};

class Decoder {
 public:
  Decoder(std::span<const std::uint8_t> bytes, std::string_view name)
      : bytes_(bytes), name_(name) {}

  Result<TensorFile> decode() {
    KF_TRY(read_header());
    for (const auto& [key, entry] : header_.items()) {
      KF_TRY(key == "__metadata__" ? read_metadata(entry) : read_tensor(key, entry));
    }
    KF_TRY(check_coverage());
    return std::move(file_);
  }

 private:
  Status corrupt(const std::string& what) const {
    return Status{ErrorCode::kCorruption, name_ + ": not a usable safetensors file: " + what};
  }

  Status read_header() {
    if (bytes_.size() < kSizeBytes) {
      return corrupt("cut short, " + std::to_string(bytes_.size()) + " bytes in all");
    }
    std::uint64_t header_size = 0;
    std::memcpy(&header_size, bytes_.data(), kSizeBytes);
    if (header_size > kMaxHeaderBytes) {
      return corrupt("its header claims " + std::to_string(header_size) + " bytes");
    }
    if (header_size > bytes_.size() - kSizeBytes) {
      return corrupt("cut short inside its header");
    }
    const auto text = bytes_.subspan(kSizeBytes, static_cast<std::size_t>(header_size));
    data_ = bytes_.subspan(kSizeBytes + static_cast<std::size_t>(header_size));
    bool duplicate = false;
    std::vector<std::string> seen;
    const auto watch = [&](int depth, Json::parse_event_t event, Json& parsed) {
      if (depth == 1 && event == Json::parse_event_t::key) {
        const auto key = parsed.get<std::string>();
        duplicate = duplicate || std::find(seen.begin(), seen.end(), key) != seen.end();
        seen.push_back(key);
      }
      return true;
    };
    header_ = Json::parse(text.begin(), text.end(), watch, /*allow_exceptions=*/false);
    if (header_.is_discarded() || !header_.is_object()) {
      return corrupt("its header is not a JSON object");
    }
    return duplicate ? corrupt("a tensor name occurs twice") : Status{};
  }

  Status read_metadata(const Json& entry) {
    if (!entry.is_object()) {
      return corrupt("__metadata__ is not an object");
    }
    for (const auto& [key, value] : entry.items()) {
      if (!value.is_string()) {
        return corrupt("metadata '" + key + "' is not a string");
      }
      file_.metadata[key] = value.get<std::string>();
    }
    return {};
  }

  Status read_tensor(const std::string& key, const Json& entry) {
    if (!entry.is_object() || !entry.contains("dtype") || !entry.contains("shape") ||
        !entry.contains("data_offsets") || !entry["shape"].is_array() ||
        !entry["data_offsets"].is_array() || entry["data_offsets"].size() != 2) {
      return corrupt("tensor '" + key + "' lacks dtype, shape or data_offsets");
    }
    if (entry["dtype"] != "F32") {
      return corrupt("tensor '" + key + "' has dtype " + entry["dtype"].dump() +
                     ", this build reads \"F32\"");
    }
    Tensor tensor;
    std::uint64_t bytes = sizeof(float);
    for (const auto& dimension : entry["shape"]) {
      if (!dimension.is_number_unsigned() ||
          !multiply_into(bytes, dimension.get<std::uint64_t>())) {
        return corrupt("tensor '" + key + "' has an impossible shape " + entry["shape"].dump());
      }
      tensor.shape.push_back(dimension.get<std::size_t>());
    }
    const auto& offsets = entry["data_offsets"];
    if (!offsets[0].is_number_unsigned() || !offsets[1].is_number_unsigned()) {
      return corrupt("tensor '" + key + "' has impossible data_offsets");
    }
    const Span span{offsets[0].get<std::uint64_t>(), offsets[1].get<std::uint64_t>(), key};
    if (span.begin > span.end || span.end > data_.size()) {
      return corrupt("tensor '" + key + "' lies outside the file, which holds " +
                     std::to_string(data_.size()) + " bytes of data: cut short?");
    }
    if (span.end - span.begin != bytes) {
      return corrupt("tensor '" + key + "' has " + std::to_string(span.end - span.begin) +
                     " bytes, its shape " + entry["shape"].dump() + " needs " +
                     std::to_string(bytes));
    }
    tensor.data.resize(static_cast<std::size_t>(bytes / sizeof(float)));
    if (bytes > 0) {
      std::memcpy(tensor.data.data(), data_.data() + span.begin, static_cast<std::size_t>(bytes));
    }
    if (!std::all_of(tensor.data.begin(), tensor.data.end(),
                     [](float value) { return std::isfinite(value); })) {
      return corrupt("tensor '" + key + "' holds a NaN or an infinity");
    }
    spans_.push_back(span);
    file_.tensors.emplace(key, std::move(tensor));
    return {};
  }

  // Every byte of data belongs to exactly one tensor.
  Status check_coverage() {
    std::sort(spans_.begin(), spans_.end(), [](const Span& a, const Span& b) {
      return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
    });
    std::uint64_t at = 0;
    for (const Span& span : spans_) {
      if (span.begin != at) {
        return corrupt("tensor '" + span.name + "' overlaps another or leaves a gap");
      }
      at = span.end;
    }
    return at == data_.size()
               ? Status{}
               : corrupt(std::to_string(data_.size() - at) + " bytes after the last tensor");
  }

  std::span<const std::uint8_t> bytes_;
  std::span<const std::uint8_t> data_;
  std::string name_;
  Json header_;
  TensorFile file_;
  std::vector<Span> spans_;
};

std::string encode_header(const TensorFile& file) {
  Json header = Json::object();
  if (!file.metadata.empty()) {
    header["__metadata__"] = file.metadata;
  }
  std::uint64_t at = 0;
  for (const auto& [name, tensor] : file.tensors) {
    std::uint64_t count = 1;
    for (const std::size_t dimension : tensor.shape) {
      count *= dimension;
    }
    KF_REQUIRE(count == tensor.data.size(), name, count, tensor.data.size());
    const std::uint64_t end = at + count * sizeof(float);
    header[name] = {{"dtype", "F32"}, {"shape", tensor.shape}, {"data_offsets", {at, end}}};
    at = end;
  }
  std::string text = header.dump(-1, ' ', false, Json::error_handler_t::replace);
  text.append((kHeaderAlignment - text.size() % kHeaderAlignment) % kHeaderAlignment, ' ');
  return text;
}

std::span<const std::uint8_t> bytes_of(const std::vector<float>& values) {
  return {reinterpret_cast<const std::uint8_t*>(values.data()), values.size() * sizeof(float)};
}

std::string size_prefix(std::uint64_t size) {
  std::string prefix(kSizeBytes, '\0');
  std::memcpy(prefix.data(), &size, kSizeBytes);
  return prefix;
}

}  // namespace

std::vector<std::uint8_t> encode_safetensors(const TensorFile& file) {
  const std::string header = encode_header(file);
  std::string bytes = size_prefix(header.size()) + header;
  for (const auto& [name, tensor] : file.tensors) {
    const auto data = bytes_of(tensor.data);
    bytes.append(data.begin(), data.end());
  }
  return {bytes.begin(), bytes.end()};
}

Status write_safetensors(const std::filesystem::path& path, const TensorFile& file) {
  AtomicFileWriter writer(path);
  const std::string header = encode_header(file);
  KF_TRY(writer.append(size_prefix(header.size())));
  KF_TRY(writer.append(header));
  for (const auto& [name, tensor] : file.tensors) {
    KF_TRY(writer.append(bytes_of(tensor.data)));
  }
  return writer.commit();
}

Result<TensorFile> decode_safetensors(std::span<const std::uint8_t> bytes, std::string_view name) {
  return Decoder(bytes, name).decode();
}

Result<TensorFile> read_safetensors(const std::filesystem::path& path) {
  KF_ASSIGN(const auto bytes, read_file(path));
  return decode_safetensors(bytes, path.string());
}

}  // namespace kface
