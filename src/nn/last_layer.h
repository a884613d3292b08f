// The head, a network of one layer: what turns a backbone's feature into an embedding. Every
// recipe's result has this form.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "kface/status.h"

namespace kface {

enum class Activation : std::uint8_t { kLinear = 0, kTanh = 1 };  // stored in model files

// embedding = post(activation(feature * weight + bias)), post = L2 normalisation or nothing.
struct Head {
  std::size_t d = 0;          // feature dimension
  std::size_t m = 0;          // embedding dimension
  std::vector<float> weight;  // [d, m] row-major
  std::vector<float> bias;    // [m]
  Activation activation = Activation::kLinear;
  bool l2_normalize = false;  // a zero vector stays zero
};

// The paper's output unit: score = sigmoid(weight * distance + bias), in (0, 1), larger = more
// alike (spec: "p = sigmoid(w d + c)").
struct ScoreUnit {
  float weight = 0;
  float bias = 0;
};

// Embeddings of n features.
//
// Requires: features is [n, head.d] row-major; head's arrays have their sizes.
// Ensures:  [n, head.m] row-major; row i depends on feature i alone.
// Cost:     one matrix product. Thread-safe.
std::vector<float> embed(const Head& head, std::span<const float> features);

// Divides every row of [n, m] by its Euclidean length, in place; a zero row stays zero.
void l2_normalize_rows(std::span<float> rows, std::size_t m);

float sigmoid(float x);

}  // namespace kface
