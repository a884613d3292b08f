// safetensors: named tensors with string metadata in one file that Python opens too.
// Format: docs/formats/safetensors.md (8-byte little-endian header size, JSON header, data).
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kface/status.h"

namespace kface {

// One float32 tensor, row-major.
struct Tensor {
  std::vector<std::size_t> shape;
  std::vector<float> data;  // product(shape) values
};

struct TensorFile {
  std::map<std::string, std::string> metadata;
  std::map<std::string, Tensor> tensors;
};

// The bytes of the file; the same content always gives the same bytes.
std::vector<std::uint8_t> encode_safetensors(const TensorFile& file);

// Written atomically. Errors: kIo.
Status write_safetensors(const std::filesystem::path& path, const TensorFile& file);

// Errors: kNotFound, kIo; kCorruption with `name` and what is wrong: truncated, header too large or
// not JSON, sizes that overflow or do not match the shape, overlapping or missing data, a dtype
// other than F32, a NaN or infinite value (the tensor is named).
Result<TensorFile> decode_safetensors(std::span<const std::uint8_t> bytes, std::string_view name);
Result<TensorFile> read_safetensors(const std::filesystem::path& path);

}  // namespace kface
