#include "head/loss_ref.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace kface::ref {
namespace {

constexpr double kMinSquaredDistance = 1e-7;
constexpr double kMinSquaredSine = 1e-6;

using Vector = std::vector<double>;

// Rows of length 1 and the lengths that they had.
struct UnitRows {
  std::vector<Vector> rows;
  Vector lengths;
};

UnitRows unit_rows(std::vector<Vector> rows) {
  UnitRows unit{std::move(rows), {}};
  for (Vector& row : unit.rows) {
    double sum = 0;
    for (const double v : row) {
      sum += v * v;
    }
    unit.lengths.push_back(std::sqrt(sum));
    for (double& v : row) {
      v /= unit.lengths.back();
    }
  }
  return unit;
}

// d loss / d row before it was divided by its length, from that after.
Vector through_length(const Vector& unit, double length, const Vector& d_unit) {
  double along = 0;
  for (std::size_t j = 0; j < unit.size(); ++j) {
    along += unit[j] * d_unit[j];
  }
  Vector d_row(unit.size());
  for (std::size_t j = 0; j < unit.size(); ++j) {
    d_row[j] = (d_unit[j] - along * unit[j]) / length;
  }
  return d_row;
}

double dot(const Vector& x, const Vector& y) {
  double sum = 0;
  for (std::size_t j = 0; j < x.size(); ++j) {
    sum += x[j] * y[j];
  }
  return sum;
}

double squared_distance(const Vector& x, const Vector& y) {
  double sum = 0;
  for (std::size_t j = 0; j < x.size(); ++j) {
    sum += (x[j] - y[j]) * (x[j] - y[j]);
  }
  return sum;
}

// What is accumulated over the terms of the loss.
struct Sums {
  double loss = 0;
  std::vector<Vector> d_e;  // d loss / d e
  Vector d_parameters;      // d loss / d what the loss learns
};

// Adds `slope` d |e_a - e_b|^2 / d e.
void add_squared_distance(const UnitRows& e, std::size_t a, std::size_t b, double slope,
                          Sums& sums) {
  for (std::size_t j = 0; j < e.rows[a].size(); ++j) {
    const double difference = e.rows[a][j] - e.rows[b][j];
    sums.d_e[a][j] += slope * 2 * difference;
    sums.d_e[b][j] -= slope * 2 * difference;
  }
}

// Adds `slope` d (e_a . e_b) / d e.
void add_similarity(const UnitRows& e, std::size_t a, std::size_t b, double slope, Sums& sums) {
  for (std::size_t j = 0; j < e.rows[a].size(); ++j) {
    sums.d_e[a][j] += slope * e.rows[b][j];
    sums.d_e[b][j] += slope * e.rows[a][j];
  }
}

void add_pairs(const UnitRows& e, const LossSelection& selection, const double* unit, Sums& sums) {
  const auto count = static_cast<double>(selection.pairs.size());
  for (const ImagePair& pair : selection.pairs) {
    const double squared = squared_distance(e.rows[pair.a], e.rows[pair.b]);
    const double distance = std::sqrt(std::max(squared, kMinSquaredDistance));
    const double logit = unit[0] * distance + unit[1];
    const double p = 1 / (1 + std::exp(-logit));
    sums.loss -= (pair.same ? std::log(p) : std::log(1 - p)) / count;
    const double error = (p - (pair.same ? 1 : 0)) / count;
    sums.d_parameters[0] += error * distance;
    sums.d_parameters[1] += error;
    if (squared > kMinSquaredDistance) {
      add_squared_distance(e, pair.a, pair.b, error * unit[0] / (2 * distance), sums);
    }
  }
}

void add_contrastive(const UnitRows& e, const LossSelection& selection, double margin, Sums& sums) {
  const auto count = static_cast<double>(selection.pairs.size());
  for (const ImagePair& pair : selection.pairs) {
    const double squared = squared_distance(e.rows[pair.a], e.rows[pair.b]);
    const double distance = std::sqrt(std::max(squared, kMinSquaredDistance));
    if (pair.same) {
      sums.loss += squared / 2 / count;
      add_squared_distance(e, pair.a, pair.b, 0.5 / count, sums);
    } else if (distance < margin) {
      sums.loss += (margin - distance) * (margin - distance) / 2 / count;
      if (squared > kMinSquaredDistance) {
        add_squared_distance(e, pair.a, pair.b, (distance - margin) / (2 * distance) / count, sums);
      }
    }
  }
}

void add_triplets(const UnitRows& e, const LossSelection& selection, double margin, Sums& sums) {
  const auto count = static_cast<double>(selection.triplets.size());
  for (const Triplet& t : selection.triplets) {
    const double violation = squared_distance(e.rows[t.anchor], e.rows[t.positive]) -
                             squared_distance(e.rows[t.anchor], e.rows[t.negative]) + margin;
    if (violation > 0) {
      sums.loss += violation / count;
      add_squared_distance(e, t.anchor, t.positive, 1 / count, sums);
      add_squared_distance(e, t.anchor, t.negative, -1 / count, sums);
    }
  }
}

// The own centre's cosine with the angle enlarged by the margin, and its derivative.
struct Enlarged {
  double value;
  double slope;
};

Enlarged enlarge(double cosine, double margin) {
  if (cosine <= std::cos(std::numbers::pi - margin)) {
    return {cosine - margin * std::sin(margin), 1};
  }
  const double squared_sine = 1 - cosine * cosine;
  const double sine = std::sqrt(std::max(squared_sine, kMinSquaredSine));
  const double slope = squared_sine > kMinSquaredSine ? cosine * std::sin(margin) / sine : 0;
  return {cosine * std::cos(margin) - sine * std::sin(margin), std::cos(margin) + slope};
}

void add_centres(const UnitRows& e, const SafeBatch& batch, const LossOptions& options,
                 const UnitRows& centres, Sums& sums) {
  const double scale = centre_scale(options, batch.num_people);
  std::vector<Vector> d_centres(batch.num_people, Vector(batch.m));
  for (std::size_t i = 0; i < e.rows.size(); ++i) {
    const std::size_t own = batch.people[i];
    Vector logits(batch.num_people);
    for (std::size_t k = 0; k < logits.size(); ++k) {
      logits[k] = scale * dot(e.rows[i], centres.rows[k]);
    }
    const Enlarged enlarged = enlarge(dot(e.rows[i], centres.rows[own]), options.margin);
    logits[own] = scale * enlarged.value;
    const double largest = *std::max_element(logits.begin(), logits.end());
    double sum = 0;
    for (const double logit : logits) {
      sum += std::exp(logit - largest);
    }
    const auto count = static_cast<double>(e.rows.size());
    sums.loss += (largest + std::log(sum) - logits[own]) / count;
    for (std::size_t k = 0; k < logits.size(); ++k) {
      const double p = std::exp(logits[k] - largest) / sum;
      const double slope = k == own ? (p - 1) * enlarged.slope : p;
      for (std::size_t j = 0; j < batch.m; ++j) {
        sums.d_e[i][j] += scale * slope * centres.rows[k][j] / count;
        d_centres[k][j] += scale * slope * e.rows[i][j] / count;
      }
    }
  }
  for (std::size_t k = 0; k < batch.num_people; ++k) {
    const Vector d = through_length(centres.rows[k], centres.lengths[k], d_centres[k]);
    std::copy(d.begin(), d.end(),
              sums.d_parameters.begin() + static_cast<std::ptrdiff_t>(k * batch.m));
  }
}

void add_sn_pairs(const UnitRows& e, const LossSelection& selection, const LossOptions& options,
                  Sums& sums) {
  const auto num_same =
      static_cast<std::size_t>(std::count_if(selection.pairs.begin(), selection.pairs.end(),
                                             [](const ImagePair& pair) { return pair.same; }));
  const std::size_t num_different = selection.pairs.size() - num_same;
  if (num_same == 0 || num_different == 0) {
    return;
  }
  const double scale = pair_scale(options, num_different);
  const auto similarity = [&](const ImagePair& p) { return dot(e.rows[p.a], e.rows[p.b]); };
  for (const ImagePair& same : selection.pairs) {
    if (!same.same) {
      continue;
    }
    const double own = std::exp(scale * similarity(same));
    double sum = own;
    for (const ImagePair& other : selection.pairs) {
      sum += other.same ? 0 : std::exp(scale * similarity(other));
    }
    const double share = 1 / static_cast<double>(num_same);
    sums.loss -= std::log(own / sum) * share;
    add_similarity(e, same.a, same.b, (own / sum - 1) * scale * share, sums);
    for (const ImagePair& other : selection.pairs) {
      if (!other.same) {
        add_similarity(e, other.a, other.b,
                       std::exp(scale * similarity(other)) / sum * scale * share, sums);
      }
    }
  }
}

std::vector<Vector> rows_at(const Vector& values, std::size_t at, std::size_t count,
                            std::size_t m) {
  std::vector<Vector> rows(count, Vector(m));
  for (std::size_t k = 0; k < count; ++k) {
    for (std::size_t j = 0; j < m; ++j) {
      rows[k][j] = values[at + k * m + j];
    }
  }
  return rows;
}

UnitRows embeddings_of(const SafeBatch& batch, const Vector& parameters) {
  std::vector<Vector> rows;
  for (std::size_t i = 0; i < batch.people.size(); ++i) {
    Vector z(batch.m);
    for (std::size_t j = 0; j < batch.m; ++j) {
      z[j] = parameters[batch.d * batch.m + j];
      for (std::size_t k = 0; k < batch.d; ++k) {
        z[j] += static_cast<double>(batch.rows[i * batch.d + k]) * parameters[k * batch.m + j];
      }
    }
    rows.push_back(z);
  }
  return unit_rows(rows);
}

void add_loss(const SafeBatch& batch, const LossSelection& selection, const LossOptions& options,
              const UnitRows& e, const Vector& parameters, Sums& sums) {
  const std::size_t learnt_at = batch.d * batch.m + batch.m;
  switch (options.kind) {
    case LossKind::kPairs:
      return add_pairs(e, selection, &parameters[learnt_at], sums);
    case LossKind::kContrastive:
      return add_contrastive(e, selection, options.margin, sums);
    case LossKind::kTriplet:
      return add_triplets(e, selection, options.margin, sums);
    case LossKind::kArcFace:
    case LossKind::kMixFace:
      add_centres(e, batch, options,
                  unit_rows(rows_at(parameters, learnt_at, batch.num_people, batch.m)), sums);
      if (options.kind == LossKind::kMixFace) {
        add_sn_pairs(e, selection, options, sums);
      }
      return;
  }
}

}  // namespace

SafeGradient safe_gradient(const SafeBatch& batch, const LossSelection& selection,
                           const LossOptions& options, double anchor, const Vector& start,
                           const Vector& parameters) {
  const std::size_t layer = batch.d * batch.m + batch.m;
  const UnitRows e = embeddings_of(batch, parameters);
  Sums sums{0, std::vector<Vector>(e.rows.size(), Vector(batch.m)),
            Vector(parameters.size() - layer)};
  add_loss(batch, selection, options, e, parameters, sums);
  SafeGradient result{sums.loss, sums.loss, Vector(layer)};
  for (std::size_t i = 0; i < e.rows.size(); ++i) {
    const Vector d_z = through_length(e.rows[i], e.lengths[i], sums.d_e[i]);
    for (std::size_t j = 0; j < batch.m; ++j) {
      for (std::size_t k = 0; k < batch.d; ++k) {
        result.gradient[k * batch.m + j] +=
            static_cast<double>(batch.rows[i * batch.d + k]) * d_z[j];
      }
      result.gradient[batch.d * batch.m + j] += d_z[j];
    }
  }
  const double pull = anchor / static_cast<double>(batch.d * batch.m);
  for (std::size_t i = 0; i < layer; ++i) {
    const double moved = parameters[i] - start[i];
    result.objective += pull / 2 * moved * moved;
    result.gradient[i] += pull * moved;
  }
  result.gradient.insert(result.gradient.end(), sums.d_parameters.begin(), sums.d_parameters.end());
  return result;
}

}  // namespace kface::ref
