#include "blas_name.h"

#include <dlfcn.h>

#include <filesystem>
#include <stdexcept>

namespace kface_bench {

std::string blas_name() {
  // Looked up in what is loaded, whatever this program was linked with.
  const auto config = reinterpret_cast<char* (*)()>(dlsym(RTLD_DEFAULT, "openblas_get_config"));
  const auto threads = reinterpret_cast<int (*)()>(dlsym(RTLD_DEFAULT, "openblas_get_num_threads"));
  Dl_info where = {};
  const void* const sgemm = dlsym(RTLD_DEFAULT, "sgemm_");
  const bool found = config != nullptr && threads != nullptr && dladdr(sgemm, &where) != 0;
  const std::string file = found ? std::filesystem::canonical(where.dli_fname).string() : "none";
  if (file.find("openblas") == std::string::npos) {
    throw std::runtime_error("the BLAS in use is not OpenBLAS but " + file +
                             "; choose it with update-alternatives --config "
                             "libblas.so.3-x86_64-linux-gnu");
  }
  return std::string(config()) + ", " + std::to_string(threads()) + " threads";
}

}  // namespace kface_bench
