// A frozen network that turns a chip into a feature. Its last layer is kept apart as the head that
// recipes start from.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "kface/image.h"
#include "kface/status.h"
#include "nn/last_layer.h"
#include "nn/plan.h"

namespace kface {

// What identifies a backbone, and what it expects; preprocessing is part of the digest, so that
// training and serving cannot differ.
struct BackboneInfo {
  std::string id;      // dlib-resnet
  std::string digest;  // SHA-256 over the weights' digest and the preprocessing
  // Set where features are computed otherwise than in float32 by the fixed plan.
  std::string variant_digest = {};
  // What executes it: "kface", or another library and why.
  std::string engine = "kface";
  std::size_t feature_dim = 0;
  int chip_size = 0;        // side of the chip it was trained on; others are resized to it
  double chip_padding = 0;  // room around the face in that chip
  // Distance that its authors recommend for its own last layer; what users compare with.
  double customary_threshold = 0;
  // It looks for landmarks where chips of chip_padding have them: others are refused.
  bool needs_chip_padding = false;
  std::string license = {};  // of the weights, where a description says it

  // Identity of its features: those of different digests never meet in a cache.
  const std::string& features_digest() const {
    return variant_digest.empty() ? digest : variant_digest;
  }
};

// How a backbone computes.
struct BackboneOptions {
  Precision precision = Precision::kF32;
  // A plan found by timing (nn/tune.h). Without one, a fixed plan of that precision: the same bits
  // at any time and for any number of threads on one kind of CPU.
  std::optional<Plan> plan = {};
  Calibration calibration = {};  // for kInt8
};

struct ExtractorOptions {
  unsigned threads = 1;   // that work on one forward pass
  std::size_t batch = 8;  // chips a forward pass; fewer are filled up, more are cut
};

class EngineBackbone;

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
  // Errors: kInvalidArgument, naming the layer that cannot be computed as asked on this CPU.
  virtual Result<std::unique_ptr<FeatureExtractor>> make_extractor(
      const ExtractorOptions& options) const = 0;
  // What computes on our own engine, for calibration and timing; null where it does not.
  virtual const EngineBackbone* engine_backbone() const { return nullptr; }

 protected:
  Backbone() = default;
};

// The backbone called `id` with its weights from `models`; an id that ends in .toml is the path of
// a network's description (backbone/onnx_network.h).
// Errors: kInvalidArgument (no such id: lists those there are), kNotFound (weights missing: says
//         how to get them), kCorruption.
Result<std::unique_ptr<Backbone>> open_backbone(const std::string& id,
                                                const std::filesystem::path& models,
                                                const BackboneOptions& options = {});

}  // namespace kface
