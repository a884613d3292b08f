// As the program reads it: HDF5 in a process of its own, where it may crash.
#include "fuzz_reader.h"
#include "weights/isolated.h"

namespace {

kface::Result<kface::FoundWeights> read_h5(const kface::SourceFile& file,
                                           const kface::VggLayout& layout) {
  return kface::read_isolated(kface::read_keras_h5, file, layout);
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return kface::fuzz_reader(read_h5, data, size);
}
