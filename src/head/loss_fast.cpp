#include "head/loss_fast.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "nn/blas.h"
#include "nn/last_layer.h"

namespace kface {
namespace {

constexpr float kMinSquaredDistance = 1e-7F;
constexpr float kMinSquaredSine = 1e-6F;

double cross_entropy(float logit, bool same) {
  const double x = logit;
  return std::log1p(std::exp(-std::fabs(x))) + std::max(x, 0.0) - (same ? x : 0.0);
}

float length_of(const float* row, std::size_t m) {
  float sum = 0;
  for (std::size_t j = 0; j < m; ++j) {
    sum += row[j] * row[j];
  }
  return std::sqrt(sum);
}

// The own centre's cosine with the angle enlarged by the margin, and its derivative.
struct Enlarged {
  float value;
  float slope;
};

Enlarged enlarge(float cosine, float margin) {
  if (cosine <= std::cos(std::numbers::pi_v<float> - margin)) {
    return {cosine - margin * std::sin(margin), 1};
  }
  const float squared_sine = 1 - cosine * cosine;
  const float sine = std::sqrt(std::max(squared_sine, kMinSquaredSine));
  const float slope = squared_sine > kMinSquaredSine ? cosine * std::sin(margin) / sine : 0;
  return {cosine * std::cos(margin) - sine * std::sin(margin), std::cos(margin) + slope};
}

// One image's logits become their softmax, in place; the result is -log of the own one.
double softmax_in_place(std::span<float> logits, std::size_t own) {
  const float largest = *std::max_element(logits.begin(), logits.end());
  const double own_logit = logits[own];
  double sum = 0;
  for (float& value : logits) {
    value = std::exp(value - largest);
    sum += value;
  }
  const auto share = static_cast<float>(1 / sum);
  for (float& value : logits) {
    value *= share;
  }
  return largest + std::log(sum) - own_logit;
}

}  // namespace

void through_length(std::span<const float> unit_rows, std::span<const float> lengths, std::size_t m,
                    std::span<float> d_rows) {
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    const float* unit = &unit_rows[i * m];
    float* d = &d_rows[i * m];
    float along = 0;
    for (std::size_t j = 0; j < m; ++j) {
      along += unit[j] * d[j];
    }
    const float share = lengths[i] > 0 ? 1 / lengths[i] : 0;
    for (std::size_t j = 0; j < m; ++j) {
      d[j] = share * (d[j] - along * unit[j]);
    }
  }
}

FastLoss::FastLoss(const LossOptions& options, std::size_t m, std::size_t num_people)
    : options_(options), m_(m), num_people_(num_people) {}

std::size_t FastLoss::num_parameters() const {
  return num_loss_parameters(options_.kind, num_people_, m_);
}

double FastLoss::evaluate(const UnitBatch& batch, const LossSelection& selection,
                          std::span<const float> parameters, std::span<float> d_embeddings,
                          std::span<float> d_parameters) {
  KF_REQUIRE(parameters.size() == num_parameters() && d_parameters.size() == num_parameters(),
             parameters.size(), d_parameters.size(), num_parameters());
  begin(batch);
  double loss = 0;
  switch (options_.kind) {
    case LossKind::kPairs:
      loss = pairs(batch, selection, parameters, d_parameters);
      break;
    case LossKind::kContrastive:
      loss = contrastive(batch, selection);
      break;
    case LossKind::kTriplet:
      loss = triplets(batch, selection);
      break;
    case LossKind::kArcFace:
      return centres(batch, parameters, d_embeddings, d_parameters);
    case LossKind::kMixFace:
      loss = sn_pairs(batch, selection);
      finish(batch, d_embeddings);
      from_centres_.resize(d_embeddings.size());
      loss += centres(batch, parameters, from_centres_, d_parameters);
      for (std::size_t i = 0; i < d_embeddings.size(); ++i) {
        d_embeddings[i] += from_centres_[i];
      }
      return loss;
  }
  finish(batch, d_embeddings);
  return loss;
}

void FastLoss::begin(const UnitBatch& batch) {
  const std::size_t b = batch.people.size();
  KF_REQUIRE(batch.embeddings.size() == b * m_ && batch.similarity.size() == b * b,
             batch.embeddings.size(), batch.similarity.size(), b, m_);
  batch_size_ = b;
  slopes_.assign(b * b, 0.0F);
}

void FastLoss::add_slope(std::size_t a, std::size_t b, float slope) {
  slopes_[a * batch_size_ + b] += slope;
  slopes_[b * batch_size_ + a] += slope;
}

void FastLoss::finish(const UnitBatch& batch, std::span<float> d_embeddings) {
  const std::size_t b = batch.people.size();
  multiply(b, m_, b, slopes_.data(), batch.embeddings.data(), d_embeddings.data());
}

double FastLoss::pairs(const UnitBatch& batch, const LossSelection& selection,
                       std::span<const float> unit, std::span<float> d_unit) {
  std::fill(d_unit.begin(), d_unit.end(), 0.0F);
  const auto count = static_cast<double>(selection.pairs.size());
  double loss = 0;
  for (const ImagePair& pair : selection.pairs) {
    const float squared = 2 - 2 * batch.similarity[pair.a * batch.people.size() + pair.b];
    const float distance = std::sqrt(std::max(squared, kMinSquaredDistance));
    const float logit = unit[0] * distance + unit[1];
    loss += cross_entropy(logit, pair.same) / count;
    const float error =
        (sigmoid(logit) - (pair.same ? 1.0F : 0.0F)) / static_cast<float>(selection.pairs.size());
    d_unit[0] += error * distance;
    d_unit[1] += error;
    if (squared > kMinSquaredDistance) {
      add_slope(pair.a, pair.b, -error * unit[0] / distance);  // d distance / d s = -1 / distance
    }
  }
  return loss;
}

double FastLoss::contrastive(const UnitBatch& batch, const LossSelection& selection) {
  const auto margin = static_cast<float>(options_.margin);
  const auto share = 1 / static_cast<float>(selection.pairs.size());
  double loss = 0;
  for (const ImagePair& pair : selection.pairs) {
    const float squared =
        std::max(2 - 2 * batch.similarity[pair.a * batch.people.size() + pair.b], 0.0F);
    const float distance = std::sqrt(std::max(squared, kMinSquaredDistance));
    if (pair.same) {
      loss += squared / 2 * share;
      add_slope(pair.a, pair.b, -share);
    } else if (distance < margin) {
      loss += (margin - distance) * (margin - distance) / 2 * share;
      if (squared > kMinSquaredDistance) {
        add_slope(pair.a, pair.b, (margin - distance) / distance * share);
      }
    }
  }
  return loss;
}

double FastLoss::triplets(const UnitBatch& batch, const LossSelection& selection) {
  const auto margin = static_cast<float>(options_.margin);
  const auto share = 1 / static_cast<float>(selection.triplets.size());
  const std::size_t b = batch.people.size();
  double loss = 0;
  for (const Triplet& t : selection.triplets) {
    const float violation = 2 * (batch.similarity[t.anchor * b + t.negative] -
                                 batch.similarity[t.anchor * b + t.positive]) +
                            margin;
    if (violation > 0) {
      loss += violation * share;
      add_slope(t.anchor, t.positive, -2 * share);
      add_slope(t.anchor, t.negative, 2 * share);
    }
  }
  return loss;
}

double FastLoss::sn_pairs(const UnitBatch& batch, const LossSelection& selection) {
  const auto num_same =
      static_cast<std::size_t>(std::count_if(selection.pairs.begin(), selection.pairs.end(),
                                             [](const ImagePair& pair) { return pair.same; }));
  const std::size_t num_different = selection.pairs.size() - num_same;
  if (num_same == 0 || num_different == 0) {
    return 0;
  }
  const auto scale = static_cast<float>(pair_scale(options_, num_different));
  const std::size_t b = batch.people.size();
  double sum = 0;  // over different pairs of exp(scale (s - 1)): no overflow, s <= 1
  for (const ImagePair& pair : selection.pairs) {
    sum += pair.same ? 0 : std::exp(scale * (batch.similarity[pair.a * b + pair.b] - 1));
  }
  const auto log_sum = static_cast<float>(std::log(sum));
  double loss = 0;
  double errors = 0;
  for (const ImagePair& pair : selection.pairs) {
    if (pair.same) {
      const float logit = log_sum - scale * (batch.similarity[pair.a * b + pair.b] - 1);
      const float error = sigmoid(logit) / static_cast<float>(num_same);
      loss += cross_entropy(logit, false) / static_cast<double>(num_same);
      errors += error;
      add_slope(pair.a, pair.b, -scale * error);
    }
  }
  for (const ImagePair& pair : selection.pairs) {
    if (!pair.same) {
      const float share = std::exp(scale * (batch.similarity[pair.a * b + pair.b] - 1) - log_sum);
      add_slope(pair.a, pair.b, scale * share * static_cast<float>(errors));
    }
  }
  return loss;
}

void FastLoss::normalise_centres(std::span<const float> parameters) {
  unit_centres_.resize(parameters.size());
  transposed_centres_.resize(parameters.size());
  lengths_.resize(num_people_);
  for (std::size_t k = 0; k < num_people_; ++k) {
    lengths_[k] = length_of(&parameters[k * m_], m_);
    const float share = lengths_[k] > 0 ? 1 / lengths_[k] : 0;
    for (std::size_t j = 0; j < m_; ++j) {
      const float value = share * parameters[k * m_ + j];
      unit_centres_[k * m_ + j] = value;
      transposed_centres_[j * num_people_ + k] = value;
    }
  }
}

// logits_ holds cosines and gets d loss / d cosine.
double FastLoss::softmax_rows(const UnitBatch& batch) {
  const std::size_t b = batch.people.size();
  const auto scale = static_cast<float>(centre_scale(options_, num_people_));
  const float slope = scale / static_cast<float>(b);
  double loss = 0;
  for (std::size_t i = 0; i < b; ++i) {
    const auto row = std::span(logits_).subspan(i * num_people_, num_people_);
    const std::size_t own = batch.people[i];
    const Enlarged enlarged = enlarge(row[own], static_cast<float>(options_.margin));
    row[own] = enlarged.value;
    for (float& value : row) {
      value *= scale;
    }
    loss += softmax_in_place(row, own) / static_cast<double>(b);
    row[own] = (row[own] - 1) * enlarged.slope;
    for (float& value : row) {
      value *= slope;
    }
  }
  return loss;
}

double FastLoss::centres(const UnitBatch& batch, std::span<const float> parameters,
                         std::span<float> d_embeddings, std::span<float> d_parameters) {
  const std::size_t b = batch.people.size();
  normalise_centres(parameters);
  logits_.resize(b * num_people_);
  multiply(b, num_people_, m_, batch.embeddings.data(), transposed_centres_.data(), logits_.data());
  const double loss = softmax_rows(batch);
  multiply(b, m_, num_people_, logits_.data(), unit_centres_.data(), d_embeddings.data());
  multiply_transposed(num_people_, m_, b, logits_.data(), batch.embeddings.data(),
                      d_parameters.data());
  through_length(unit_centres_, lengths_, m_, d_parameters);
  return loss;
}

}  // namespace kface
