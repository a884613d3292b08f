#include "head/calibration.h"

#include <lapacke.h>

#include <cmath>
#include <map>
#include <string>
#include <vector>

namespace kface {
namespace {

using Matrix = std::vector<double>;  // [m, m] row-major

// Smaller than this share of the largest eigenvalue is no direction but rounding.
constexpr double kSingular = 1e-9;

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

// Sum over people of the outer products of (row - person's mean), and the degrees of freedom.
struct Scatter {
  Matrix sum;
  std::size_t degrees = 0;
};

void add_outer(const std::vector<double>& v, Matrix& sum) {
  const std::size_t m = v.size();
  for (std::size_t i = 0; i < m; ++i) {
    for (std::size_t j = 0; j < m; ++j) {
      sum[i * m + j] += v[i] * v[j];
    }
  }
}

Scatter scatter_within(std::span<const float> rows, std::size_t m,
                       std::span<const std::uint32_t> identities) {
  std::map<std::uint32_t, std::vector<float>> by_person;
  for (std::size_t i = 0; i < identities.size(); ++i) {
    auto& own = by_person[identities[i]];
    const auto row = rows.subspan(i * m, m);
    own.insert(own.end(), row.begin(), row.end());
  }
  Scatter scatter{Matrix(m * m), 0};
  std::vector<double> difference(m);
  for (const auto& [identity, own] : by_person) {
    const auto mean = mean_row(own, m);
    for (std::size_t at = 0; at < own.size(); at += m) {
      for (std::size_t j = 0; j < m; ++j) {
        difference[j] = own[at + j] - mean[j];
      }
      add_outer(difference, scatter.sum);
    }
    scatter.degrees += own.size() / m - 1;
  }
  return scatter;
}

// S^-1/2 of a symmetric S, by its eigenvectors; scaled so that S = c I gives I.
Result<Matrix> inverse_root(Matrix s, std::size_t m) {
  double trace = 0;
  for (std::size_t i = 0; i < m; ++i) {
    trace += s[i * m + i];
  }
  std::vector<double> values(m);
  const auto n = static_cast<lapack_int>(m);
  const lapack_int failed =
      LAPACKE_dsyevd(LAPACK_ROW_MAJOR, 'V', 'U', n, s.data(), n, values.data());
  if (failed != 0 || values.back() <= 0 || values.front() <= kSingular * values.back()) {
    return Status{ErrorCode::kInvalidArgument,
                  "the covariance of the images around their person's mean cannot be inverted: "
                  "give more images a person, or a larger --shrinkage"};
  }
  const double scale = std::sqrt(trace / static_cast<double>(m));
  Matrix root(m * m);
  for (std::size_t i = 0; i < m; ++i) {
    for (std::size_t j = 0; j < m; ++j) {
      double sum = 0;
      for (std::size_t k = 0; k < m; ++k) {
        sum += s[i * m + k] * s[j * m + k] / std::sqrt(values[k]);
      }
      root[i * m + j] = scale * sum;
    }
  }
  return root;
}

// The head that gives L2((z - mean) * transform).
Head compose(const Head& last_layer, const std::vector<double>& mean, const Matrix& transform) {
  const std::size_t m = last_layer.m;
  Head head = last_layer;
  head.l2_normalize = true;
  std::vector<double> sums(m);
  // Row by row of `transform`, as it lies in memory.
  const auto times_transform = [&](const auto& row_at, auto&& store) {
    std::fill(sums.begin(), sums.end(), 0.0);
    for (std::size_t k = 0; k < m; ++k) {
      const double factor = row_at(k);
      const double* const row = &transform[k * m];
      for (std::size_t j = 0; j < m; ++j) {
        sums[j] += factor * row[j];
      }
    }
    for (std::size_t j = 0; j < m; ++j) {
      store(j, static_cast<float>(sums[j]));
    }
  };
  for (std::size_t i = 0; i < last_layer.d; ++i) {
    times_transform(
        [&](std::size_t k) { return static_cast<double>(last_layer.weight[i * m + k]); },
        [&](std::size_t j, float value) { head.weight[i * m + j] = value; });
  }
  times_transform([&](std::size_t k) { return static_cast<double>(last_layer.bias[k]) - mean[k]; },
                  [&](std::size_t j, float value) { head.bias[j] = value; });
  return head;
}

Result<std::vector<float>> frozen_embeddings(std::span<const float> features,
                                             const Head& last_layer) {
  KF_REQUIRE(last_layer.activation == Activation::kLinear);
  if (features.size() < 2 * last_layer.d) {
    return Status{ErrorCode::kInvalidArgument,
                  "a population's mean needs at least 2 images, found " +
                      std::to_string(features.size() / last_layer.d)};
  }
  // Before any normalisation: what is fitted here comes first, and lengths go at the end.
  Head linear = last_layer;
  linear.l2_normalize = false;
  return embed(linear, features);
}

Matrix identity_matrix(std::size_t m) {
  Matrix identity(m * m);
  for (std::size_t i = 0; i < m; ++i) {
    identity[i * m + i] = 1;
  }
  return identity;
}

}  // namespace

Result<Head> fit_centred(std::span<const float> features, const Head& last_layer) {
  KF_ASSIGN(const auto embeddings, frozen_embeddings(features, last_layer));
  return compose(last_layer, mean_row(embeddings, last_layer.m), identity_matrix(last_layer.m));
}

Result<Head> fit_calibrated(std::span<const float> features,
                            std::span<const std::uint32_t> identities, const Head& last_layer,
                            double shrinkage) {
  KF_REQUIRE(shrinkage >= 0 && shrinkage <= 1, shrinkage);
  KF_REQUIRE(features.size() == identities.size() * last_layer.d, features.size(),
             identities.size(), last_layer.d);
  KF_ASSIGN(const auto embeddings, frozen_embeddings(features, last_layer));
  const std::size_t m = last_layer.m;
  Scatter scatter = scatter_within(embeddings, m, identities);
  if (scatter.degrees == 0) {
    return Status{ErrorCode::kInvalidArgument,
                  "nobody has two images, so how one person's images differ cannot be seen; recipe "
                  "'centred' does without"};
  }
  double trace = 0;
  for (std::size_t i = 0; i < m; ++i) {
    trace += scatter.sum[i * m + i];
  }
  for (std::size_t i = 0; i < m; ++i) {
    for (std::size_t j = 0; j < m; ++j) {
      double& s = scatter.sum[i * m + j];
      s = (1 - shrinkage) * s + (i == j ? shrinkage * trace / static_cast<double>(m) : 0.0);
    }
  }
  for (double& s : scatter.sum) {
    s /= static_cast<double>(scatter.degrees);
  }
  KF_ASSIGN(const Matrix root, inverse_root(std::move(scatter.sum), m));
  return compose(last_layer, mean_row(embeddings, m), root);
}

}  // namespace kface
