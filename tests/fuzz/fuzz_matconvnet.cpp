// As the program reads it: MATLAB 7.3 in a process of its own, where HDF5 may crash.
#include "fuzz_reader.h"
#include "weights/isolated.h"

namespace {

kface::Result<kface::FoundWeights> read_mat(const kface::SourceFile& file,
                                            const kface::VggLayout& layout) {
  return kface::is_matlab73(file.bytes) ? kface::read_isolated(kface::read_matconvnet, file, layout)
                                        : kface::read_matconvnet(file, layout);
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return kface::fuzz_reader(read_mat, data, size);
}
