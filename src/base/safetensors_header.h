// The header of a safetensors file: what it says of the tensors, checked against the file's size.
// The one decoder of it; safetensors.h copies the data, mapped_safetensors.h looks at it in place.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kface/status.h"

namespace kface {

// Where one float32 tensor lies.
struct TensorPlace {
  std::vector<std::size_t> shape;
  std::size_t begin = 0;  // first byte, from the start of the file
  std::size_t bytes = 0;  // 4 * product(shape)
};

struct SafetensorsHeader {
  std::map<std::string, std::string> metadata;
  std::map<std::string, TensorPlace> tensors;
  std::size_t data_begin = 0;  // first byte after the header

  // Names in the order in which the data lies in the file.
  std::vector<std::string> names_in_file_order() const;
};

// Ensures: every tensor lies inside the file, and every byte after the header belongs to exactly
//          one tensor. The data itself is not looked at.
// Errors:  kCorruption with `name` and what is wrong, as decode_safetensors() lists.
Result<SafetensorsHeader> decode_safetensors_header(std::span<const std::uint8_t> file,
                                                    std::string_view name);

// "NAME: not a usable safetensors file: WHAT".
Status safetensors_error(std::string_view name, const std::string& what);
Status not_finite_error(std::string_view name, const std::string& tensor);

}  // namespace kface
