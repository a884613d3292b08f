// One input of a fuzzer through one reader of weight files. An error is a fine answer; a crash, a
// leak, an exception or hours of work are not.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "weights/readers.h"

namespace kface {

using Reader = Result<FoundWeights> (*)(const SourceFile&, const VggLayout&);

// The same small network as the seeds, which testdata/write_weight_files.py wrote.
inline const VggLayout& fuzz_layout() {
  static const VggLayout layout = scaled_vgg_layout({2, 3, 4, 5, 6}, 8, 7);
  return layout;
}

// HDF5 and matio read files by name: the input becomes one in memory.
inline int fuzz_reader(Reader reader, const std::uint8_t* data, std::size_t size) {
  const int descriptor = memfd_create("kface-fuzz", MFD_CLOEXEC);
  if (descriptor < 0 || write(descriptor, data, size) != static_cast<ssize_t>(size)) {
    std::abort();
  }
  const SourceFile file{"/proc/self/fd/" + std::to_string(descriptor), {data, size}};
  const auto found = reader(file, fuzz_layout());
  if (found.ok() && found.value().tensors.size() != (found.value().with_top ? 32U : 26U)) {
    std::abort();  // nothing may be missing from what is accepted
  }
  if (!found.ok() && found.error().message().find(file.name()) == std::string::npos) {
    std::abort();  // an error names the file
  }
  close(descriptor);
  return 0;
}

}  // namespace kface
