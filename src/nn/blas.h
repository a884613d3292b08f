// The matrix products that the head needs, row-major, in single or double precision.
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

void multiply(std::size_t rows, std::size_t columns, std::size_t inner, const double* a,
              const double* b, double* c);
void multiply_transposed(std::size_t rows, std::size_t columns, std::size_t inner, const double* a,
                         const double* b, double* c);

// c[rows, columns] = a[rows, inner] * transpose(b[columns, inner])
void multiply_by_transposed(std::size_t rows, std::size_t columns, std::size_t inner,
                            const double* a, const double* b, double* c);

// From now on the products above use the calling thread alone. For programs that spread their work
// over threads themselves; call it once, before any of them starts.
void use_one_blas_thread();

}  // namespace kface
