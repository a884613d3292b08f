// tanh of a whole array.
#pragma once

#include <cstddef>

namespace kface {

// values[i] = tanh(values[i]), absolute error below 3e-7, result in [-1, 1]; NaN stays NaN.
// The same input gives the same bits whatever its place in the array. Thread-safe.
void tanh_in_place(float* values, std::size_t count);

}  // namespace kface
