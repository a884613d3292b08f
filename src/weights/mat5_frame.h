// The outermost frame of a MATLAB 5 file, checked before a library parses what is inside.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "kface/status.h"

namespace kface {

// By the text at the head of the file.
bool is_matlab73(std::span<const std::uint8_t> bytes);

// Header of 128 bytes, little-endian; then elements of matrices, each whole, up to the last byte; a
// compressed one inflates without an error. Errors: kCorruption.
Status check_mat5_frame(std::span<const std::uint8_t> bytes, const std::string& name);

}  // namespace kface
