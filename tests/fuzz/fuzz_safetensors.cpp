#include "fuzz_reader.h"

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return kface::fuzz_reader(kface::read_safetensors_weights, data, size);
}
