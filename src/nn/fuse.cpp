#include "nn/fuse.h"

#include <algorithm>

namespace kface {
namespace {

class Fusion {
 public:
  Fusion(const Network& network, std::span<const Shape> shapes)
      : network_(network), shapes_(shapes), readers_(shapes.size()), taken_(network.layers.size()) {
    for (std::size_t i = 0; i < network.layers.size(); ++i) {
      for (const std::size_t value : network.layers[i].inputs) {
        readers_[value].push_back(i);
      }
    }
  }

  std::vector<Step> run() {
    std::vector<Step> steps;
    for (std::size_t i = 0; i < network_.layers.size(); ++i) {
      if (!taken_[i]) {
        steps.push_back(step_from(i));
      }
    }
    return steps;
  }

 private:
  Step step_from(std::size_t index) {
    Step step{.layer = index, .addend = {}, .activation = {}, .output = index + 1};
    const LayerKind kind = network_.layers[index].kind;
    if (kind == LayerKind::kConv) {
      take_add(step);
    }
    if (kind == LayerKind::kConv || kind == LayerKind::kFullyConnected || kind == LayerKind::kAdd) {
      take_activation(step);
    }
    return step;
  }

  // The only layer that reads `value`.
  std::optional<std::size_t> only_reader(std::size_t value) const {
    if (readers_[value].size() != 1) {
      return std::nullopt;
    }
    return readers_[value][0];
  }

  void take_add(Step& step) {
    const auto reader = only_reader(step.output);
    if (!reader || network_.layers[*reader].kind != LayerKind::kAdd) {
      return;
    }
    const auto& inputs = network_.layers[*reader].inputs;
    const std::size_t other = inputs[0] == step.output ? inputs[1] : inputs[0];
    // The other operand must be there already, and the sum as large as the convolution's output.
    if (other < step.output && shapes_[*reader + 1] == shapes_[step.output]) {
      taken_[*reader] = true;
      step.addend = other;
      step.output = *reader + 1;
    }
  }

  void take_activation(Step& step) {
    const auto reader = only_reader(step.output);
    if (!reader) {
      return;
    }
    const LayerKind kind = network_.layers[*reader].kind;
    const bool linear = network_.layers[step.layer].kind == LayerKind::kFullyConnected;
    if (kind == LayerKind::kRelu || (kind == LayerKind::kPRelu && !linear)) {
      taken_[*reader] = true;
      step.activation = *reader;
      step.output = *reader + 1;
    }
  }

  const Network& network_;
  std::span<const Shape> shapes_;
  std::vector<std::vector<std::size_t>> readers_;  // layers, by value
  std::vector<bool> taken_;                        // layers that are in a step already
};

}  // namespace

std::vector<Step> fuse_layers(const Network& network, std::span<const Shape> shapes) {
  KF_REQUIRE(shapes.size() == network.layers.size() + 1, shapes.size(), network.layers.size());
  return Fusion(network, shapes).run();
}

}  // namespace kface
