// Which BLAS this process computes with.
#pragma once

#include <string>

namespace kface_bench {

// "OpenBLAS 0.3.21 ..., 2 threads". Throws std::runtime_error if it is not OpenBLAS: a comparison
// with the reference BLAS, eight times slower, would flatter us.
std::string blas_name();

}  // namespace kface_bench
