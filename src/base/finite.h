// Are all numbers of an array numbers?
#pragma once

#include <span>

namespace kface {

// Whether no value is NaN or infinite. Reads the array once, at memory speed. Thread-safe.
bool all_finite(std::span<const float> values);

}  // namespace kface
