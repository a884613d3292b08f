// A frozen network that turns a chip into a feature. Its last layer is kept apart as the head that
// recipes start from.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "kface/image.h"
#include "kface/status.h"
#include "nn/last_layer.h"

namespace kface {

inline constexpr char kEngineKface[] = "kface";
inline constexpr char kEngineOpenCv[] = "opencv-dnn";
inline constexpr char kEngineDlib[] = "dlib";

// What identifies a backbone, and what it expects; preprocessing is part of the digest, so that
// training and serving cannot differ.
struct BackboneInfo {
  std::string id;      // dlib-resnet
  std::string digest;  // SHA-256 over the weights' digest and the preprocessing
  std::size_t feature_dim = 0;
  int chip_size = 0;        // side of the chip it was trained on; others are resized to it
  double chip_padding = 0;  // room around the face in that chip
  // Distance that its authors recommend for its own last layer; what users compare with.
  double customary_threshold = 0;
  std::string engine = kEngineKface;  // what computes it
  std::string engine_reason = {};     // why that one; may be empty
  std::string license = {};           // of the weights, if its description says it
  // It looks for landmarks where chips of chip_padding have them: others are refused.
  bool needs_chip_padding = false;
};

// One thread's worker. Not thread-safe.
class FeatureExtractor {
 public:
  virtual ~FeatureExtractor() = default;
  FeatureExtractor(const FeatureExtractor&) = delete;
  FeatureExtractor& operator=(const FeatureExtractor&) = delete;

  // Features of `chips`, [chips.size(), feature_dim] row-major, into `features`; each depends on
  // its chip alone. Requires: chips not empty, all of them square and of one size; features of that
  // size.
  virtual Status extract(std::span<const Image> chips, std::span<float> features) = 0;

 protected:
  FeatureExtractor() = default;
};

// Thread-safe; extractors share the weights where they can.
class Backbone {
 public:
  virtual ~Backbone() = default;
  Backbone(const Backbone&) = delete;
  Backbone& operator=(const Backbone&) = delete;

  virtual const BackboneInfo& info() const = 0;
  // The network's own last layer: embed(last_layer(), feature) is what the network gives.
  virtual const Head& last_layer() const = 0;
  virtual std::unique_ptr<FeatureExtractor> make_extractor() const = 0;

 protected:
  Backbone() = default;
};

// The backbone called `id` with its weights from `models`; an id that ends in .toml is the path of
// a network's description (backbone/onnx_network.h).
// Errors: kInvalidArgument (no such id: lists those there are), kNotFound (weights missing: says
//         how to get them), kCorruption.
Result<std::unique_ptr<Backbone>> open_backbone(const std::string& id,
                                                const std::filesystem::path& models);

}  // namespace kface
