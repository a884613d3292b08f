// What a network that is not ours expects and gives, as a small TOML file beside its ONNX file says
// it. Specified in docs/formats/network-toml.md.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "align/similarity.h"
#include "backbone/preprocess.h"
#include "kface/status.h"

namespace kface {

struct NetworkDescription {
  std::string name;            // what messages call it
  std::filesystem::path file;  // the ONNX file; a relative path was taken from the TOML's folder
  std::string sha256;          // of the ONNX file, 64 lower-case digits; empty: not checked
  std::string license;         // of the weights
  Preprocess preprocess;
  // Where the network wants the five points, in pixels of its input; none: chips are only resized.
  std::optional<FivePoints> landmarks;
  int chip_size = 0;               // of the chips that it is best given
  double chip_padding = 0;         // likewise; with `landmarks` it must be theirs
  std::string feature;             // value or node that is the embedding; empty: the output
  bool normalize = true;           // divide the embedding by its length
  double customary_threshold = 0;  // on the distance of two embeddings
};

// Errors: kNotFound, kIo; kCorruption, with file, line and key: no TOML, a key that is missing,
//         unknown or of another kind, a number out of its range, landmarks that are no face.
Result<NetworkDescription> read_network_description(const std::filesystem::path& path);

}  // namespace kface
