#include "head/calibration.h"

#include <lapacke.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "head/people_rows.h"
#include "nn/blas.h"

namespace kface {
namespace {

using Matrix = std::vector<double>;  // row-major

// Directions whose scatter is a smaller share of the largest one's are rounding.
constexpr double kNoDirection = 1e-8;

std::vector<double> mean_row(std::span<const float> rows, std::size_t m) {
  std::vector<double> mean(m);
  for (std::size_t at = 0; at < rows.size(); at += m) {
    for (std::size_t j = 0; j < m; ++j) {
      mean[j] += rows[at + j];
    }
  }
  const std::size_t count = rows.size() / m;
  for (double& value : mean) {
    value /= static_cast<double>(count);
  }
  return mean;
}

// Subtracts the mean of `own` rows of [n, m] from each of them.
void centre(Matrix& rows, std::size_t m, const std::vector<std::uint32_t>& own) {
  std::vector<double> mean(m);
  for (const std::uint32_t i : own) {
    for (std::size_t j = 0; j < m; ++j) {
      mean[j] += rows[i * m + j] / static_cast<double>(own.size());
    }
  }
  for (const std::uint32_t i : own) {
    for (std::size_t j = 0; j < m; ++j) {
      rows[i * m + j] -= mean[j];
    }
  }
}

double sum_of_squares(const Matrix& values) {
  double sum = 0;
  for (const double value : values) {
    sum += value * value;
  }
  return sum;
}

// Eigenvalues, ascending; `s` [n, n] becomes the eigenvectors, in columns.
std::vector<double> eigen(Matrix& s, std::size_t n) {
  std::vector<double> values(n);
  const auto size = static_cast<lapack_int>(n);
  const lapack_int failed =
      LAPACKE_dsyevd(LAPACK_ROW_MAJOR, 'V', 'U', size, s.data(), size, values.data());
  KF_REQUIRE(failed == 0, failed, n);
  return values;
}

// The directions, at most `most`, in which the rows of [n, m] differ most: [r, m], orthonormal.
Matrix main_directions(const Matrix& rows, std::size_t n, std::size_t m, std::size_t most) {
  const bool by_images = n < m;
  const std::size_t side = by_images ? n : m;
  Matrix gram(side * side);
  if (by_images) {
    multiply_by_transposed(n, n, m, rows.data(), rows.data(), gram.data());
  } else {
    multiply_transposed(m, m, n, rows.data(), rows.data(), gram.data());
  }
  const auto values = eigen(gram, side);
  std::size_t r = 0;
  while (r < std::min(most, side) && values[side - 1 - r] > kNoDirection * values.back()) {
    ++r;
  }
  Matrix picked(side * r);  // columns
  for (std::size_t i = 0; i < side; ++i) {
    for (std::size_t k = 0; k < r; ++k) {
      const std::size_t from = side - 1 - k;
      picked[i * r + k] = gram[i * side + from] / (by_images ? std::sqrt(values[from]) : 1.0);
    }
  }
  Matrix basis(r * m);
  if (by_images) {
    multiply_transposed(r, m, n, picked.data(), rows.data(), basis.data());
  } else {
    for (std::size_t k = 0; k < r; ++k) {
      for (std::size_t j = 0; j < m; ++j) {
        basis[k * m + j] = picked[j * r + k];
      }
    }
  }
  return basis;
}

// Rows [n, m] in a basis [r, m]: [n, r].
Matrix in_basis(const Matrix& rows, std::size_t n, std::size_t m, const Matrix& basis,
                std::size_t r) {
  Matrix result(n * r);
  multiply_by_transposed(n, r, m, rows.data(), basis.data(), result.data());
  return result;
}

// sum of outer products of rows [n, r], times `scale`.
Matrix scatter(const Matrix& rows, std::size_t n, std::size_t r, double scale) {
  Matrix sum(r * r);
  multiply_transposed(r, r, n, rows.data(), rows.data(), sum.data());
  for (double& value : sum) {
    value *= scale;
  }
  return sum;
}

// A C^-1/2 for the symmetric C, less `less` on the diagonal.
Matrix inverse_root(Matrix c, std::size_t r, double less) {
  const auto values = eigen(c, r);
  Matrix root(r * r);
  Matrix scaled = c;
  for (std::size_t i = 0; i < r; ++i) {
    for (std::size_t k = 0; k < r; ++k) {
      scaled[i * r + k] /= std::sqrt(values[k]);
    }
  }
  multiply_by_transposed(r, r, r, scaled.data(), c.data(), root.data());
  for (std::size_t i = 0; i < r; ++i) {
    root[i * r + i] -= less;
  }
  return root;
}

Head map_of(std::size_t m, const std::vector<double>& mean, const Matrix& transform) {
  Head head;
  head.d = m;
  head.m = m;
  head.l2_normalize = true;
  head.weight.assign(transform.begin(), transform.end());
  std::vector<double> bias(m);
  for (std::size_t k = 0; k < m; ++k) {
    for (std::size_t j = 0; j < m; ++j) {
      bias[j] -= mean[k] * transform[k * m + j];
    }
  }
  head.bias.assign(bias.begin(), bias.end());
  return head;
}

Matrix scaled_identity(std::size_t m, double scale) {
  Matrix identity(m * m);
  for (std::size_t i = 0; i < m; ++i) {
    identity[i * m + i] = scale;
  }
  return identity;
}

}  // namespace

Result<Population> Population::measure(std::span<const float> embeddings, std::size_t m,
                                       std::span<const std::uint32_t> identities) {
  const std::size_t n = identities.size();
  KF_REQUIRE(embeddings.size() == n * m, embeddings.size(), n, m);
  const auto people = rows_by_person(identities);
  if (people.size() == n) {
    return Status{ErrorCode::kInvalidArgument,
                  "nobody has two images, so how one person's images differ cannot be seen; recipe "
                  "'centred' does without, and simulated images can take their place ('kface "
                  "simulate')"};
  }
  Population population;
  population.m_ = m;
  population.mean_.resize(m);
  Matrix total(embeddings.begin(), embeddings.end());
  Matrix within = total;
  std::vector<std::uint32_t> everybody;
  for (const auto& [person, own] : people) {
    everybody.insert(everybody.end(), own.begin(), own.end());
    for (const std::uint32_t i : own) {
      for (std::size_t j = 0; j < m; ++j) {
        population.mean_[j] += total[i * m + j] / static_cast<double>(own.size() * people.size());
      }
    }
    centre(within, m, own);
  }
  centre(total, m, everybody);
  const double total_size = sum_of_squares(total);
  const double within_size = sum_of_squares(within);
  if (total_size <= 0 || within_size <= 0) {
    return Status{ErrorCode::kInvalidArgument,
                  "all images of each person are equal, so there is nothing to learn from them: "
                  "import different photos"};
  }
  population.r_ = m;
  if (m > kMaxDirections) {
    population.basis_ = main_directions(total, n, m, kMaxDirections);
    population.r_ = population.basis_.size() / m;
    total = in_basis(total, n, m, population.basis_, population.r_);
    within = in_basis(within, n, m, population.basis_, population.r_);
  }
  const auto size = static_cast<double>(m);
  population.within_ = scatter(within, n, population.r_, size / within_size);
  population.total_ = scatter(total, n, population.r_, size / total_size);
  return population;
}

Head Population::calibrated(const Shrinkage& shrinkage) const {
  KF_REQUIRE(
      shrinkage.within >= 0 && shrinkage.total >= 0 && shrinkage.within + shrinkage.total < 1,
      shrinkage.within, shrinkage.total);
  const double sphere = 1 - shrinkage.within - shrinkage.total;
  const double gain = 1 / std::sqrt(sphere);  // of the directions that are not looked at
  Matrix c = scaled_identity(r_, sphere);
  for (std::size_t i = 0; i < c.size(); ++i) {
    c[i] += shrinkage.within * within_[i] + shrinkage.total * total_[i];
  }
  if (basis_.empty()) {
    return map_of(m_, mean_, inverse_root(std::move(c), r_, 0));
  }
  const Matrix root = inverse_root(std::move(c), r_, gain);
  Matrix half(m_ * r_);
  multiply_transposed(m_, r_, r_, basis_.data(), root.data(), half.data());
  Matrix transform(m_ * m_);
  multiply(m_, m_, r_, half.data(), basis_.data(), transform.data());
  for (std::size_t i = 0; i < m_; ++i) {
    transform[i * m_ + i] += gain;
  }
  return map_of(m_, mean_, transform);
}

std::vector<float> frozen_embeddings(std::span<const float> features, const Head& last_layer) {
  KF_REQUIRE(last_layer.activation == Activation::kLinear);
  // What is fitted here comes first, and lengths go at the end.
  Head linear = last_layer;
  linear.l2_normalize = false;
  return embed(linear, features);
}

Head compose(const Head& last_layer, const Head& map) {
  KF_REQUIRE(map.d == last_layer.m && last_layer.activation == Activation::kLinear &&
                 map.activation == Activation::kLinear,
             map.d, last_layer.m);
  Head head = map;
  head.d = last_layer.d;
  head.weight.resize(last_layer.d * map.m);
  multiply(last_layer.d, map.m, last_layer.m, last_layer.weight.data(), map.weight.data(),
           head.weight.data());
  for (std::size_t k = 0; k < last_layer.m; ++k) {
    for (std::size_t j = 0; j < map.m; ++j) {
      head.bias[j] += last_layer.bias[k] * map.weight[k * map.m + j];
    }
  }
  return head;
}

Head centred_map(std::span<const float> embeddings, std::size_t m) {
  KF_REQUIRE(m > 0 && embeddings.size() >= m && embeddings.size() % m == 0, embeddings.size(), m);
  return map_of(m, mean_row(embeddings, m), scaled_identity(m, 1));
}

Result<Head> fit_centred(std::span<const float> features, const Head& last_layer) {
  if (features.size() < 2 * last_layer.d) {
    return Status{ErrorCode::kInvalidArgument,
                  "a population's mean needs at least 2 images, found " +
                      std::to_string(features.size() / last_layer.d)};
  }
  return compose(last_layer, centred_map(frozen_embeddings(features, last_layer), last_layer.m));
}

Result<Head> fit_calibrated(std::span<const float> features,
                            std::span<const std::uint32_t> identities, const Head& last_layer,
                            const Shrinkage& shrinkage) {
  KF_REQUIRE(features.size() == identities.size() * last_layer.d, features.size(),
             identities.size(), last_layer.d);
  const auto embeddings = frozen_embeddings(features, last_layer);
  KF_ASSIGN(const Population population, Population::measure(embeddings, last_layer.m, identities));
  return compose(last_layer, population.calibrated(shrinkage));
}

}  // namespace kface
