// The two matrix products that the head needs, single precision, row-major.
#pragma once

#include <cstddef>
#include <span>

namespace kface {

// c[rows, columns] = a[rows, inner] * b[inner, columns]
void multiply(std::size_t rows, std::size_t columns, std::size_t inner, const float* a,
              const float* b, float* c);

// c[rows, columns] = transpose(a[inner, rows]) * b[inner, columns]
void multiply_transposed(std::size_t rows, std::size_t columns, std::size_t inner, const float* a,
                         const float* b, float* c);

}  // namespace kface
