// A backbone that runs on our own engine: a network as data, and how a chip becomes its input.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <span>

#include "backbone/backbone.h"
#include "backbone/preprocess.h"
#include "nn/engine.h"

namespace kface {

// Writes the network's input (CHW floats) for a chip. Thread-safe.
using ChipReader = std::function<Status(const Image& chip, std::span<float> input)>;

// preprocess_chip() as a reader.
ChipReader chip_reader(const Preprocess& preprocess);

class EngineBackbone : public Backbone {
 public:
  struct Parts {
    BackboneInfo info;  // without variant_digest
    Network network;    // ends with the feature
    ChipReader read_chip;
    std::function<Head()> make_last_layer;  // called when it is first asked for
    // May be empty; see WeightStore.
    std::function<void(const std::string& layer)> weights_copied = {};
  };

  // Requires: value_shapes(network) succeeds, and its output has info.feature_dim values.
  EngineBackbone(Parts parts, BackboneOptions options);

  const BackboneInfo& info() const override { return parts_.info; }
  const Head& last_layer() const override;
  Result<std::unique_ptr<FeatureExtractor>> make_extractor(
      const ExtractorOptions& options) const override;
  const EngineBackbone* engine_backbone() const override { return this; }

  const Network& network() const { return parts_.network; }
  const ChipReader& chip_reader() const { return parts_.read_chip; }
  const BackboneOptions& options() const { return options_; }
  // The plan in force.
  const Plan& plan() const { return plan_; }

  // An engine on this backbone's weights, by `plan` or the plan in force. Errors: Engine::create.
  Result<std::unique_ptr<Engine>> make_engine(const ExtractorOptions& options) const;
  Result<std::unique_ptr<Engine>> make_engine(const EngineOptions& options) const;

 private:
  Parts parts_;
  BackboneOptions options_;
  Plan plan_;
  std::shared_ptr<WeightStore> store_;
  mutable std::once_flag last_layer_made_;
  mutable Head last_layer_;
};

}  // namespace kface
