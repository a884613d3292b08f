// One input of a fuzzer through one reader of weight files. An error is a fine answer; a crash, a
// leak, an exception or hours of work are not.
#pragma once

#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "weights/readers.h"

namespace kface {

using Reader = Result<FoundWeights> (*)(const SourceFile&, const VggLayout&);

// The same small network as the seeds, which testdata/write_weight_files.py wrote.
inline const VggLayout& fuzz_layout() {
  static const VggLayout layout = scaled_vgg_layout({2, 3, 4, 5, 6}, 8, 7);
  return layout;
}

// HDF5 reads files by name: the input becomes one. At the end it says how many were accepted; a
// fuzzer whose seeds are all refused tests nothing.
class FuzzFile {
 public:
  FuzzFile()
      : path_(std::filesystem::temp_directory_path() / ("kface-fuzz-" + std::to_string(getpid()))) {
  }
  ~FuzzFile() {
    std::filesystem::remove(path_);
    std::fprintf(stderr, "accepted: %zu\nHDF5 crashed: %zu\n", accepted_, crashed_);
  }
  FuzzFile(const FuzzFile&) = delete;
  FuzzFile& operator=(const FuzzFile&) = delete;

  int run(Reader reader, const std::uint8_t* data, std::size_t size) {
    std::ofstream(path_, std::ios::binary)
        .write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
    const SourceFile file{path_, {data, size}};
    const auto found = reader(file, fuzz_layout());
    if (found.ok() && found.value().tensors.size() != (found.value().with_top ? 32U : 26U)) {
      std::abort();  // nothing may be missing from what is accepted
    }
    if (!found.ok() && found.error().message().find(file.name()) == std::string::npos) {
      std::abort();  // an error names the file
    }
    accepted_ += found.ok() ? 1 : 0;
    crashed_ +=
        found.ok() || found.error().message().find("HDF5 crashed") == std::string::npos ? 0 : 1;
    return 0;
  }

 private:
  std::filesystem::path path_;
  std::size_t accepted_ = 0;
  std::size_t crashed_ = 0;
};

inline int fuzz_reader(Reader reader, const std::uint8_t* data, std::size_t size) {
  static FuzzFile file;
  return file.run(reader, data, size);
}

}  // namespace kface

// As outside the sanitizer: memory that is not there is an error that HDF5 handles. Little freed
// memory is kept aside, so that a process is forked quickly.
// NOLINTNEXTLINE(bugprone-reserved-identifier,readability-identifier-naming)
extern "C" const char* __asan_default_options() {
  return "allocator_may_return_null=1:quarantine_size_mb=4";
}

// What HDF5 itself loses of a damaged file is small, and not to be mended from here.
// NOLINTNEXTLINE(bugprone-reserved-identifier,readability-identifier-naming)
extern "C" const char* __lsan_default_suppressions() { return "leak:libhdf5\n"; }
