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

// From now on the products above use the calling thread alone. For programs that spread their work
// over threads themselves; call it once, before any of them starts.
void use_one_blas_thread();

}  // namespace kface
