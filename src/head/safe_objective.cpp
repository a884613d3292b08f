#include "head/safe_objective.h"

#include <algorithm>
#include <cmath>

#include "nn/blas.h"

namespace kface {
namespace {

// Divides rows [b, m] by their lengths, which are kept, and writes them transposed, too.
void divide_by_length(std::size_t m, std::span<float> rows, std::span<float> lengths,
                      std::span<float> transposed) {
  const std::size_t b = lengths.size();
  for (std::size_t i = 0; i < b; ++i) {
    float* row = &rows[i * m];
    float sum = 0;
    for (std::size_t j = 0; j < m; ++j) {
      sum += row[j] * row[j];
    }
    lengths[i] = std::sqrt(sum);
    const float share = lengths[i] > 0 ? 1 / lengths[i] : 0;
    for (std::size_t j = 0; j < m; ++j) {
      row[j] *= share;
      transposed[j * b + i] = row[j];
    }
  }
}

}  // namespace

SafeObjective::SafeObjective(std::size_t d, std::size_t m, std::size_t num_people,
                             const LossOptions& options, double anchor,
                             std::span<const float> start)
    : d_(d),
      m_(m),
      options_(options),
      anchor_(anchor),
      start_(start.begin(), start.end()),
      loss_(options, m, num_people) {
  KF_REQUIRE(start.size() == d * m + m + loss_.num_parameters(), start.size(), d, m,
             loss_.num_parameters());
}

void SafeObjective::forward(std::span<const float> rows, std::span<const float> parameters) {
  const std::size_t b = rows.size() / d_;
  embeddings_.resize(b * m_);
  transposed_.resize(b * m_);
  lengths_.resize(b);
  similarity_.resize(b * b);
  d_embeddings_.resize(b * m_);
  multiply(b, m_, d_, rows.data(), parameters.data(), embeddings_.data());
  const float* bias = &parameters[d_ * m_];
  for (std::size_t i = 0; i < b; ++i) {
    for (std::size_t j = 0; j < m_; ++j) {
      embeddings_[i * m_ + j] += bias[j];
    }
  }
  divide_by_length(m_, embeddings_, lengths_, transposed_);
  multiply(b, b, m_, embeddings_.data(), transposed_.data(), similarity_.data());
}

double SafeObjective::evaluate(std::span<const float> rows, std::span<const std::uint32_t> people,
                               std::span<const float> parameters, Rng& rng,
                               std::span<float> gradient) {
  const std::size_t b = people.size();
  const std::size_t layer = d_ * m_ + m_;
  KF_REQUIRE(b > 0 && rows.size() == b * d_, rows.size(), b, d_);
  KF_REQUIRE(parameters.size() == start_.size() && gradient.size() == start_.size(),
             parameters.size(), gradient.size(), start_.size());
  forward(rows, parameters);
  selection_ = select_for_loss(similarity_, people, options_, rng);
  const double loss =
      loss_.evaluate({embeddings_, similarity_, people}, selection_, parameters.subspan(layer),
                     d_embeddings_, gradient.subspan(layer));
  through_length(embeddings_, lengths_, m_, d_embeddings_);
  multiply_transposed(d_, m_, b, rows.data(), d_embeddings_.data(), gradient.data());
  float* d_bias = &gradient[d_ * m_];
  std::fill(d_bias, d_bias + m_, 0.0F);
  for (std::size_t i = 0; i < b; ++i) {
    for (std::size_t j = 0; j < m_; ++j) {
      d_bias[j] += d_embeddings_[i * m_ + j];
    }
  }
  const auto pull = static_cast<float>(anchor_ / static_cast<double>(d_ * m_));
  for (std::size_t i = 0; i < layer; ++i) {
    gradient[i] += pull * (parameters[i] - start_[i]);
  }
  return loss;
}

}  // namespace kface
