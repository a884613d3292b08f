// The weights in dlib's face recognition file, bit for bit, without dlib's types.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "kface/status.h"

namespace kface {

struct DlibResnetWeights {
  // A convolution and the scale and shift that follow it.
  struct Conv {
    std::vector<float> weight;  // [channels, in, side, side]
    std::vector<float> bias;    // [channels]
    std::vector<float> scale;   // [channels]
    std::vector<float> shift;   // [channels]
  };
  std::vector<Conv> convs;        // 29, in the order in which a picture passes
  std::vector<float> last_layer;  // [256, 128]: feature * last_layer is the embedding
  std::string file_digest;        // SHA-256
};

// Errors: kNotFound (says how to get it), kIo, kCorruption; the file is named.
Result<DlibResnetWeights> read_dlib_resnet(const std::filesystem::path& file);

}  // namespace kface
