#include "head/trainer.h"

#include <algorithm>
#include <cmath>

#include "head/adam.h"
#include "head/training_draws.h"
#include "nn/blas.h"
#include "nn/tanh.h"

namespace kface {
namespace {

constexpr float kMinSquaredDistance = 1e-7F;

// Distance of two embeddings as the recipe has it (guarded below), in a fixed order of summation.
float guarded_squared(const float* e1, const float* e2, std::size_t m) {
  constexpr std::size_t kLanes = 16;  // independent sums, so the loop can be vectorised
  float lanes[kLanes] = {};
  std::size_t j = 0;
  for (; j + kLanes <= m; j += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      const float difference = e1[j + lane] - e2[j + lane];
      lanes[lane] += difference * difference;
    }
  }
  for (; j < m; ++j) {
    lanes[0] += (e1[j] - e2[j]) * (e1[j] - e2[j]);
  }
  float sum = 0;
  for (const float lane : lanes) {
    sum += lane;
  }
  return std::max(sum, kMinSquaredDistance);
}

double cross_entropy(float logit, bool same) {
  const double x = logit;
  return std::log1p(std::exp(-std::fabs(x))) + std::max(x, 0.0) - (same ? x : 0.0);
}

// Everything a training run needs, allocated once; rows [0, batch) are the pairs' first images,
// rows [batch, 2 batch) their second.
class Trainer {
 public:
  Trainer(const PairTrainingSet& set, const Head& initial, const TrainOptions& options)
      : set_(set),
        options_(options),
        d_(initial.d),
        m_(initial.m),
        adam_(initial.d * initial.m + initial.m + 2) {
    const auto max_rows =
        2 * std::min(static_cast<std::size_t>(options.batch), set.training.size());
    rows_.resize(max_rows * d_);
    embeddings_.resize(max_rows * m_);
    d_sums_.resize(max_rows * m_);
    gradient_.resize(adam_.size());
    const ScoreUnit start = draw_score_unit(options.seed);
    parameters_.reserve(adam_.size());
    parameters_.insert(parameters_.end(), initial.weight.begin(), initial.weight.end());
    parameters_.insert(parameters_.end(), initial.bias.begin(), initial.bias.end());
    parameters_.push_back(start.weight);
    parameters_.push_back(start.bias);
  }

  EpochRecord run_epoch(const std::vector<std::uint32_t>& order, double rate) {
    EpochRecord record;
    const auto batch = static_cast<std::size_t>(options_.batch);
    for (std::size_t at = 0; at < order.size(); at += batch) {
      const auto part = std::span(order).subspan(at, std::min(batch, order.size() - at));
      forward(part);
      backward(part, record);
      adam_.step(parameters_, gradient_, options_, rate);
    }
    record.loss /= static_cast<double>(order.size());
    record.accuracy /= static_cast<double>(order.size());
    return record;
  }

  Head head() const {
    Head head{.d = d_, .m = m_, .weight = {}, .bias = {}, .activation = Activation::kTanh};
    const auto bias_at = parameters_.begin() + static_cast<std::ptrdiff_t>(d_ * m_);
    head.weight.assign(parameters_.begin(), bias_at);
    head.bias.assign(bias_at, bias_at + static_cast<std::ptrdiff_t>(m_));
    return head;
  }

  ScoreUnit score() const { return {parameters_[d_ * m_ + m_], parameters_[d_ * m_ + m_ + 1]}; }

 private:
  void forward(std::span<const std::uint32_t> part) {
    const std::size_t pairs = part.size();
    for (std::size_t i = 0; i < pairs; ++i) {
      const ImagePair& pair = set_.training[part[i]];
      std::copy_n(&set_.features[pair.a * d_], d_, &rows_[i * d_]);
      std::copy_n(&set_.features[pair.b * d_], d_, &rows_[(pairs + i) * d_]);
    }
    multiply(2 * pairs, m_, d_, rows_.data(), parameters_.data(), embeddings_.data());
    const float* bias = &parameters_[d_ * m_];
    for (std::size_t row = 0; row < 2 * pairs; ++row) {
      float* e = &embeddings_[row * m_];
      for (std::size_t j = 0; j < m_; ++j) {
        e[j] += bias[j];
      }
    }
    tanh_in_place(embeddings_.data(), 2 * pairs * m_);
  }

  void backward(std::span<const std::uint32_t> part, EpochRecord& record) {
    const std::size_t pairs = part.size();
    const ScoreUnit unit = score();
    const float share = 1.0F / static_cast<float>(pairs);
    float* bias_gradient = &gradient_[d_ * m_];
    std::fill(bias_gradient, bias_gradient + m_ + 2, 0.0F);
    for (std::size_t i = 0; i < pairs; ++i) {
      const bool same = set_.training[part[i]].same;
      const float* e1 = &embeddings_[i * m_];
      const float* e2 = &embeddings_[(pairs + i) * m_];
      const float squared = guarded_squared(e1, e2, m_);
      const float distance = std::sqrt(squared);
      const float logit = unit.weight * distance + unit.bias;
      const float error = share * (sigmoid(logit) - (same ? 1.0F : 0.0F));
      record.loss += cross_entropy(logit, same);
      record.accuracy += (logit >= 0) == same ? 1.0 : 0.0;
      bias_gradient[m_] += error * distance;
      bias_gradient[m_ + 1] += error;
      // Below the guard the distance is a constant, and nothing flows back.
      const float scale = squared > kMinSquaredDistance ? error * unit.weight / distance : 0.0F;
      float* g1 = &d_sums_[i * m_];
      float* g2 = &d_sums_[(pairs + i) * m_];
      for (std::size_t j = 0; j < m_; ++j) {
        const float along = scale * (e1[j] - e2[j]);
        g1[j] = along * (1.0F - e1[j] * e1[j]);
        g2[j] = -along * (1.0F - e2[j] * e2[j]);
        bias_gradient[j] += g1[j] + g2[j];
      }
    }
    multiply_transposed(d_, m_, 2 * pairs, rows_.data(), d_sums_.data(), gradient_.data());
  }

  const PairTrainingSet& set_;
  const TrainOptions& options_;
  std::size_t d_;
  std::size_t m_;
  Adam adam_;
  std::vector<float> parameters_;  // weight [d, m], bias [m], score weight, score bias
  std::vector<float> gradient_;    // the same layout
  std::vector<float> rows_;        // [2 batch, d] gathered features
  std::vector<float> embeddings_;  // [2 batch, m]
  std::vector<float> d_sums_;      // [2 batch, m] d loss / d (x W + b)
};

void check_pairs(const PairTrainingSet& set, std::span<const ImagePair> pairs) {
  const std::size_t n = set.features.size() / set.d;
  for (const ImagePair& pair : pairs) {
    KF_REQUIRE(pair.a < n && pair.b < n, pair.a, pair.b, n);
  }
}

}  // namespace

PairQuality evaluate_pairs(const PairTrainingSet& set, std::span<const ImagePair> pairs,
                           const Head& head, ScoreUnit score) {
  KF_REQUIRE(!pairs.empty());
  const auto embeddings = embed(head, set.features);
  PairQuality quality;
  for (const ImagePair& pair : pairs) {
    const float distance = std::sqrt(
        guarded_squared(&embeddings[pair.a * head.m], &embeddings[pair.b * head.m], head.m));
    const float logit = score.weight * distance + score.bias;
    quality.loss += cross_entropy(logit, pair.same);
    quality.accuracy += (logit >= 0) == pair.same ? 1.0 : 0.0;
  }
  quality.loss /= static_cast<double>(pairs.size());
  quality.accuracy /= static_cast<double>(pairs.size());
  return quality;
}

Result<TrainedHead> train_on_pairs(const PairTrainingSet& set, const Head& initial,
                                   const TrainOptions& options, const StopFlag* stop) {
  KF_REQUIRE(set.d > 0 && initial.d == set.d && set.features.size() % set.d == 0, initial.d, set.d);
  KF_REQUIRE(!set.training.empty() && options.batch > 0 && options.epochs > 0);
  check_pairs(set, set.training);
  check_pairs(set, set.validation);
  Trainer trainer(set, initial, options);
  EpochOrders orders(options.seed, set.training.size());
  TrainedHead trained;
  for (int epoch = 0; epoch < options.epochs; ++epoch) {
    if (stop != nullptr && stop->requested()) {
      return Status{ErrorCode::kInterrupted,
                    "training stopped in epoch " + std::to_string(epoch + 1)};
    }
    EpochRecord record = trainer.run_epoch(orders.next(), cosine_learning_rate(options, epoch));
    if (!std::isfinite(record.loss)) {
      return Status{ErrorCode::kInvalidArgument,
                    "training diverged in epoch " + std::to_string(epoch + 1) +
                        ": the loss is not a number; lower --learning-rate"};
    }
    if (!set.validation.empty()) {
      const auto quality = evaluate_pairs(set, set.validation, trainer.head(), trainer.score());
      record.validation_loss = quality.loss;
      record.validation_accuracy = quality.accuracy;
    }
    trained.history.push_back(record);
  }
  trained.head = trainer.head();
  trained.score = trainer.score();
  return trained;
}

}  // namespace kface
