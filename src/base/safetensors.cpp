#include "base/safetensors.h"

#include <bit>
#include <cstring>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/files.h"
#include "base/finite.h"
#include "base/safetensors_header.h"

namespace kface {
namespace {

static_assert(std::endian::native == std::endian::little,
              "tensors are stored little-endian and copied as they are");

using Json = nlohmann::ordered_json;

constexpr std::size_t kSizeBytes = 8;
constexpr std::size_t kHeaderAlignment = 8;

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
  KF_ASSIGN(SafetensorsHeader header, decode_safetensors_header(bytes, name));
  TensorFile file;
  for (const std::string& key : header.names_in_file_order()) {
    TensorPlace& place = header.tensors[key];
    Tensor tensor{.shape = std::move(place.shape),
                  .data = std::vector<float>(place.bytes / sizeof(float))};
    if (place.bytes > 0) {
      std::memcpy(tensor.data.data(), bytes.data() + place.begin, place.bytes);
    }
    if (!all_finite(tensor.data)) {
      return not_finite_error(name, key);
    }
    file.tensors.emplace(key, std::move(tensor));
  }
  file.metadata = std::move(header.metadata);
  return file;
}

Result<TensorFile> read_safetensors(const std::filesystem::path& path) {
  KF_ASSIGN(const auto bytes, read_file(path));
  return decode_safetensors(bytes, path.string());
}

}  // namespace kface
