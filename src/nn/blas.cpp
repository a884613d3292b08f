#include "nn/blas.h"

#include <cblas.h>

namespace kface {
namespace {
blasint as_blas(std::size_t size) { return static_cast<blasint>(size); }
}  // namespace

void multiply(std::size_t rows, std::size_t columns, std::size_t inner, const float* a,
              const float* b, float* c) {
  cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, as_blas(rows), as_blas(columns),
              as_blas(inner), 1.0F, a, as_blas(inner), b, as_blas(columns), 0.0F, c,
              as_blas(columns));
}

void multiply_transposed(std::size_t rows, std::size_t columns, std::size_t inner, const float* a,
                         const float* b, float* c) {
  cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, as_blas(rows), as_blas(columns),
              as_blas(inner), 1.0F, a, as_blas(rows), b, as_blas(columns), 0.0F, c,
              as_blas(columns));
}

void multiply(std::size_t rows, std::size_t columns, std::size_t inner, const double* a,
              const double* b, double* c) {
  cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, as_blas(rows), as_blas(columns),
              as_blas(inner), 1.0, a, as_blas(inner), b, as_blas(columns), 0.0, c,
              as_blas(columns));
}

void multiply_transposed(std::size_t rows, std::size_t columns, std::size_t inner, const double* a,
                         const double* b, double* c) {
  cblas_dgemm(CblasRowMajor, CblasTrans, CblasNoTrans, as_blas(rows), as_blas(columns),
              as_blas(inner), 1.0, a, as_blas(rows), b, as_blas(columns), 0.0, c, as_blas(columns));
}

void multiply_by_transposed(std::size_t rows, std::size_t columns, std::size_t inner,
                            const double* a, const double* b, double* c) {
  cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, as_blas(rows), as_blas(columns),
              as_blas(inner), 1.0, a, as_blas(inner), b, as_blas(inner), 0.0, c, as_blas(columns));
}

void use_one_blas_thread() { openblas_set_num_threads(1); }

}  // namespace kface
