#include "head/training_draws.h"

#include <cmath>
#include <numbers>
#include <numeric>

#include "head/train_options.h"

namespace kface {
namespace {
constexpr std::uint64_t kScoreUnitStream = 11;
constexpr std::uint64_t kOrderStream = 12;
}  // namespace

ScoreUnit draw_score_unit(std::uint64_t seed) {
  const double limit = std::sqrt(6.0 / (1.0 + 1.0));
  Rng rng = Rng(seed).fork(kScoreUnitStream);
  return {static_cast<float>(-rng.uniform() * limit), 0.0F};
}

EpochOrders::EpochOrders(std::uint64_t seed, std::size_t num_pairs)
    : rng_(Rng(seed).fork(kOrderStream)), order_(num_pairs) {
  std::iota(order_.begin(), order_.end(), 0U);
}

const std::vector<std::uint32_t>& EpochOrders::next() {
  rng_.shuffle(order_);
  return order_;
}

double cosine_learning_rate(const TrainOptions& options, int epoch) {
  const double phase = std::numbers::pi * epoch / options.epochs;
  return 0.5 * (1.0 + std::cos(phase)) * (options.learning_rate - options.final_learning_rate) +
         options.final_learning_rate;
}

}  // namespace kface
