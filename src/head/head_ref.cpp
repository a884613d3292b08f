#include "head/head_ref.h"

#include <algorithm>
#include <cmath>

#include "head/training_draws.h"

namespace kface::ref {
namespace {

constexpr double kMinSquaredDistance = 1e-7;

std::vector<double> embedding(const PairTrainingSet& set, std::size_t row, const Parameters& p,
                              std::size_t m) {
  std::vector<double> e(m);
  for (std::size_t j = 0; j < m; ++j) {
    double sum = p.bias[j];
    for (std::size_t i = 0; i < set.d; ++i) {
      sum += static_cast<double>(set.features[row * set.d + i]) * p.weight[i * m + j];
    }
    e[j] = std::tanh(sum);
  }
  return e;
}

// Adds the gradient of one embedding's activations to those of the layer.
void add_layer_gradient(const PairTrainingSet& set, std::size_t row, const std::vector<double>& e,
                        const std::vector<double>& d_e, std::size_t m, Parameters& gradient) {
  for (std::size_t j = 0; j < m; ++j) {
    const double d_sum = d_e[j] * (1.0 - e[j] * e[j]);
    gradient.bias[j] += d_sum;
    for (std::size_t i = 0; i < set.d; ++i) {
      gradient.weight[i * m + j] += static_cast<double>(set.features[row * set.d + i]) * d_sum;
    }
  }
}

double cross_entropy(double logit, bool same) {
  // log(1 + e^-|x|) + max(x, 0) - x y: binary cross-entropy of sigmoid(x), without overflow.
  return std::log1p(std::exp(-std::fabs(logit))) + std::max(logit, 0.0) - (same ? logit : 0.0);
}

struct Moments {
  std::vector<double> first;
  std::vector<double> second;
  explicit Moments(std::size_t size) : first(size), second(size) {}
};

// Keras' Adam: rate * sqrt(1 - beta2^t) / (1 - beta1^t) * m / (sqrt(v) + epsilon).
void adam_step(std::vector<double>& values, const std::vector<double>& gradient, Moments& moments,
               const TrainOptions& o, double rate, int step) {
  const double corrected =
      rate * std::sqrt(1.0 - std::pow(o.beta2, step)) / (1.0 - std::pow(o.beta1, step));
  for (std::size_t i = 0; i < values.size(); ++i) {
    moments.first[i] = o.beta1 * moments.first[i] + (1.0 - o.beta1) * gradient[i];
    moments.second[i] = o.beta2 * moments.second[i] + (1.0 - o.beta2) * gradient[i] * gradient[i];
    values[i] -= corrected * moments.first[i] / (std::sqrt(moments.second[i]) + o.epsilon);
  }
}

Head to_head(const Head& shape, const Parameters& p) {
  Head head = shape;
  head.activation = Activation::kTanh;
  std::transform(p.weight.begin(), p.weight.end(), head.weight.begin(),
                 [](double v) { return static_cast<float>(v); });
  std::transform(p.bias.begin(), p.bias.end(), head.bias.begin(),
                 [](double v) { return static_cast<float>(v); });
  return head;
}

}  // namespace

Gradient batch_gradient(const PairTrainingSet& set, std::span<const ImagePair> batch,
                        const Parameters& p, std::size_t m) {
  Gradient gradient;
  gradient.parameters.weight.assign(set.d * m, 0.0);
  gradient.parameters.bias.assign(m, 0.0);
  const double share = 1.0 / static_cast<double>(batch.size());
  for (const ImagePair& pair : batch) {
    const auto e1 = embedding(set, pair.a, p, m);
    const auto e2 = embedding(set, pair.b, p, m);
    double squared = 0;
    for (std::size_t j = 0; j < m; ++j) {
      squared += (e1[j] - e2[j]) * (e1[j] - e2[j]);
    }
    const double distance = std::sqrt(std::max(squared, kMinSquaredDistance));
    const double logit = p.score_weight * distance + p.score_bias;
    const double score = 1.0 / (1.0 + std::exp(-logit));
    gradient.loss += share * cross_entropy(logit, pair.same);
    gradient.accuracy += share * ((score >= 0.5) == pair.same ? 1.0 : 0.0);
    const double d_logit = share * (score - (pair.same ? 1.0 : 0.0));
    gradient.parameters.score_weight += d_logit * distance;
    gradient.parameters.score_bias += d_logit;
    std::vector<double> d_e1(m);
    std::vector<double> d_e2(m);
    if (squared > kMinSquaredDistance) {
      for (std::size_t j = 0; j < m; ++j) {
        d_e1[j] = d_logit * p.score_weight * (e1[j] - e2[j]) / distance;
        d_e2[j] = -d_e1[j];
      }
    }
    add_layer_gradient(set, pair.a, e1, d_e1, m, gradient.parameters);
    add_layer_gradient(set, pair.b, e2, d_e2, m, gradient.parameters);
  }
  return gradient;
}

TrainedHead train_on_pairs_ref(const PairTrainingSet& set, const Head& initial,
                               const TrainOptions& options) {
  const ScoreUnit start = draw_score_unit(options.seed);
  Parameters p{{initial.weight.begin(), initial.weight.end()},
               {initial.bias.begin(), initial.bias.end()},
               start.weight,
               start.bias};
  Moments weight_moments(p.weight.size());
  Moments bias_moments(p.bias.size());
  Moments score_moments(2);
  EpochOrders orders(options.seed, set.training.size());
  TrainedHead trained;
  int step = 0;
  for (int epoch = 0; epoch < options.epochs; ++epoch) {
    const double rate = cosine_learning_rate(options, epoch);
    const auto& order = orders.next();
    EpochRecord record;
    for (std::size_t at = 0; at < order.size(); at += static_cast<std::size_t>(options.batch)) {
      std::vector<ImagePair> batch;
      const std::size_t end = std::min(order.size(), at + static_cast<std::size_t>(options.batch));
      for (std::size_t i = at; i < end; ++i) {
        batch.push_back(set.training[order[i]]);
      }
      const Gradient g = batch_gradient(set, batch, p, initial.m);
      const double share = static_cast<double>(batch.size()) / static_cast<double>(order.size());
      record.loss += share * g.loss;
      record.accuracy += share * g.accuracy;
      ++step;
      adam_step(p.weight, g.parameters.weight, weight_moments, options, rate, step);
      adam_step(p.bias, g.parameters.bias, bias_moments, options, rate, step);
      std::vector<double> score = {p.score_weight, p.score_bias};
      adam_step(score, {g.parameters.score_weight, g.parameters.score_bias}, score_moments, options,
                rate, step);
      p.score_weight = score[0];
      p.score_bias = score[1];
    }
    if (!set.validation.empty()) {
      const Gradient g = batch_gradient(set, set.validation, p, initial.m);
      record.validation_loss = g.loss;
      record.validation_accuracy = g.accuracy;
    }
    trained.history.push_back(record);
  }
  trained.head = to_head(initial, p);
  trained.score = {static_cast<float>(p.score_weight), static_cast<float>(p.score_bias)};
  return trained;
}

}  // namespace kface::ref
