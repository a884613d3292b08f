#include "nn/last_layer.h"

#include <cmath>

#include "nn/blas.h"
#include "nn/tanh.h"

namespace kface {

void l2_normalize_rows(std::span<float> rows, std::size_t m) {
  KF_REQUIRE(m > 0 && rows.size() % m == 0, rows.size(), m);
  for (std::size_t at = 0; at < rows.size(); at += m) {
    double sum = 0;
    for (const float value : rows.subspan(at, m)) {
      sum += static_cast<double>(value) * value;
    }
    if (sum > 0) {
      const auto scale = static_cast<float>(1.0 / std::sqrt(sum));
      for (float& value : rows.subspan(at, m)) {
        value *= scale;
      }
    }
  }
}

std::vector<float> embed(const Head& head, std::span<const float> features) {
  KF_REQUIRE(head.d > 0 && head.m > 0 && head.weight.size() == head.d * head.m &&
                 head.bias.size() == head.m,
             head.d, head.m, head.weight.size(), head.bias.size());
  KF_REQUIRE(features.size() % head.d == 0, features.size(), head.d);
  const std::size_t n = features.size() / head.d;
  std::vector<float> embeddings(n * head.m);
  if (n == 0) {
    return embeddings;
  }
  multiply(n, head.m, head.d, features.data(), head.weight.data(), embeddings.data());
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < head.m; ++j) {
      embeddings[i * head.m + j] += head.bias[j];
    }
  }
  if (head.activation == Activation::kTanh) {
    tanh_in_place(embeddings.data(), embeddings.size());
  }
  if (head.l2_normalize) {
    l2_normalize_rows(embeddings, head.m);
  }
  return embeddings;
}

float sigmoid(float x) {
  // The exponent is never positive, so nothing overflows.
  const float e = std::exp(-std::fabs(x));
  return x >= 0 ? 1.0F / (1.0F + e) : e / (1.0F + e);
}

}  // namespace kface
