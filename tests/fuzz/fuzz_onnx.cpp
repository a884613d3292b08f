// One input of a fuzzer through the ONNX reader and the mapping. An error is a fine answer; a
// crash, a leak, an exception or hours of work are not.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "onnx/map.h"

namespace {

constexpr std::size_t kSize = 12;  // pixels of the seeds' inputs, each way
constexpr char kName[] = "fuzz.onnx";

void must_name_the_file(const kface::Status& error) {
  if (!error.message().starts_with(kName)) {
    std::abort();
  }
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto model = kface::parse_onnx({data, size}, kName);
  if (!model.ok()) {
    must_name_the_file(model.error());
    return 0;
  }
  for (const auto& output : model.value().outputs) {
    const auto network = kface::map_to_network(model.value(), kSize, kSize, output);
    if (!network.ok()) {
      must_name_the_file(network.error());
    } else if (!kface::value_shapes(network.value()).ok()) {
      std::abort();  // what is mapped can be executed
    }
    // What is left of a sound model is sound, unless no node is needed for it.
    const bool computed =
        output != model.value().input && !model.value().constants.contains(output);
    if (computed && !kface::parse_onnx(kface::cut_onnx({data, size}, output), kName).ok()) {
      std::abort();
    }
  }
  return 0;
}
