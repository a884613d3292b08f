#include "base/safetensors_header.h"

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

namespace kface {
namespace {

using Json = nlohmann::json;  // finds a name in logarithmic time, whatever a file holds

constexpr std::size_t kSizeBytes = 8;
constexpr std::uint64_t kMaxHeaderBytes = 100ULL << 20U;  // the limit of the reference reader

// a * b, or nothing when it does not fit.
bool multiply_into(std::uint64_t& product, std::uint64_t factor) {
  return !__builtin_mul_overflow(product, factor, &product);
}

struct Span {
  std::uint64_t begin;
  std::uint64_t end;
  std::string name;
};

class HeaderDecoder {
 public:
  HeaderDecoder(std::span<const std::uint8_t> bytes, std::string_view name)
      : bytes_(bytes), name_(name) {}

  Result<SafetensorsHeader> decode() {
    KF_TRY(read_header());
    for (const auto& [key, entry] : json_.items()) {
      KF_TRY(key == "__metadata__" ? read_metadata(entry) : read_tensor(key, entry));
    }
    KF_TRY(check_coverage());
    return std::move(header_);
  }

 private:
  Status corrupt(const std::string& what) const { return safetensors_error(name_, what); }

  std::size_t data_size() const { return bytes_.size() - header_.data_begin; }

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
    header_.data_begin = kSizeBytes + static_cast<std::size_t>(header_size);
    bool duplicate = false;
    std::set<std::string> seen;
    const auto watch = [&](int depth, Json::parse_event_t event, Json& parsed) {
      if (depth == 1 && event == Json::parse_event_t::key) {
        duplicate = !seen.insert(parsed.get<std::string>()).second || duplicate;
      }
      return true;
    };
    json_ = Json::parse(text.begin(), text.end(), watch, /*allow_exceptions=*/false);
    if (json_.is_discarded() || !json_.is_object()) {
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
      header_.metadata[key] = value.get<std::string>();
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
    TensorPlace place;
    std::uint64_t bytes = sizeof(float);
    for (const auto& dimension : entry["shape"]) {
      if (!dimension.is_number_unsigned() ||
          !multiply_into(bytes, dimension.get<std::uint64_t>())) {
        return corrupt("tensor '" + key + "' has an impossible shape " + entry["shape"].dump());
      }
      place.shape.push_back(dimension.get<std::size_t>());
    }
    const auto& offsets = entry["data_offsets"];
    if (!offsets[0].is_number_unsigned() || !offsets[1].is_number_unsigned()) {
      return corrupt("tensor '" + key + "' has impossible data_offsets");
    }
    const Span span{offsets[0].get<std::uint64_t>(), offsets[1].get<std::uint64_t>(), key};
    if (span.begin > span.end || span.end > data_size()) {
      return corrupt("tensor '" + key + "' lies outside the file, which holds " +
                     std::to_string(data_size()) + " bytes of data: cut short?");
    }
    if (span.end - span.begin != bytes) {
      return corrupt("tensor '" + key + "' has " + std::to_string(span.end - span.begin) +
                     " bytes, its shape " + entry["shape"].dump() + " needs " +
                     std::to_string(bytes));
    }
    place.begin = header_.data_begin + static_cast<std::size_t>(span.begin);
    place.bytes = static_cast<std::size_t>(bytes);
    spans_.push_back(span);
    header_.tensors.emplace(key, std::move(place));
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
    return at == data_size()
               ? Status{}
               : corrupt(std::to_string(data_size() - at) + " bytes after the last tensor");
  }

  std::span<const std::uint8_t> bytes_;
  std::string name_;
  Json json_;
  SafetensorsHeader header_;
  std::vector<Span> spans_;
};

}  // namespace

std::vector<std::string> SafetensorsHeader::names_in_file_order() const {
  std::vector<std::string> names;
  names.reserve(tensors.size());
  for (const auto& [name, place] : tensors) {
    names.push_back(name);
  }
  std::stable_sort(names.begin(), names.end(), [this](const std::string& a, const std::string& b) {
    return tensors.at(a).begin < tensors.at(b).begin;
  });
  return names;
}

Result<SafetensorsHeader> decode_safetensors_header(std::span<const std::uint8_t> file,
                                                    std::string_view name) {
  return HeaderDecoder(file, name).decode();
}

Status safetensors_error(std::string_view name, const std::string& what) {
  return Status{ErrorCode::kCorruption,
                std::string(name) + ": not a usable safetensors file: " + what};
}

Status not_finite_error(std::string_view name, const std::string& tensor) {
  return safetensors_error(name, "tensor '" + tensor + "' holds a NaN or an infinity");
}

}  // namespace kface
