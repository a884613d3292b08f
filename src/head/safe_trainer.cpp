#include "head/safe_trainer.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <string>

#include "head/adam.h"
#include "head/safe_objective.h"
#include "head/safe_steps.h"
#include "head/safe_validation.h"

namespace kface {
namespace {

constexpr std::uint64_t kStepStream = 22;
constexpr std::uint64_t kNegativesStream = 23;
constexpr float kStartLogit = 4;            // sigmoid(4) = 0.98
constexpr float kLeastDistanceGap = 0.05F;  // of the start's mean distances; less is no start

double root_mean_square(std::span<const float> values) {
  double sum = 0;
  for (const float v : values) {
    sum += static_cast<double>(v) * v;
  }
  return std::sqrt(sum / static_cast<double>(std::max<std::size_t>(values.size(), 1)));
}

// Some rows of the features, and their people numbered from 0 in ascending order.
struct People {
  std::vector<float> features;  // [n, d]
  std::vector<std::uint32_t> people;
  std::size_t count = 0;
};

People gather(std::span<const float> features, std::size_t d,
              std::span<const std::uint32_t> identities, const std::vector<std::uint32_t>& rows) {
  std::map<std::uint32_t, std::uint32_t> number;
  for (const auto row : rows) {
    number.emplace(identities[row], 0);
  }
  std::uint32_t next = 0;
  for (auto& [identity, value] : number) {
    value = next++;
  }
  People group{{}, {}, number.size()};
  group.features.reserve(rows.size() * d);
  for (const auto row : rows) {
    const auto feature = features.subspan(row * d, d);
    group.features.insert(group.features.end(), feature.begin(), feature.end());
    group.people.push_back(number[identities[row]]);
  }
  return group;
}

// The start with weights of root mean square 1, for features of root mean square 1.
class Scale {
 public:
  Scale(std::span<const float> features, const Head& start)
      : features_(static_cast<float>(root_mean_square(features))),
        start_(features_ * static_cast<float>(root_mean_square(start.weight))) {}

  float of_features() const { return features_; }

  std::vector<float> parameters_of(const Head& head) const {
    std::vector<float> parameters;
    for (const float w : head.weight) {
      parameters.push_back(w * features_ / start_);
    }
    for (const float b : head.bias) {
      parameters.push_back(b / start_);
    }
    return parameters;
  }

  Head head_of(std::span<const float> parameters, const Head& shape) const {
    Head head = shape;
    for (std::size_t i = 0; i < head.weight.size(); ++i) {
      head.weight[i] = parameters[i] * start_ / features_;
    }
    for (std::size_t j = 0; j < head.bias.size(); ++j) {
      head.bias[j] = parameters[head.weight.size() + j] * start_;
    }
    return head;
  }

 private:
  float features_;
  float start_;
};

// Means of each person's embeddings, [C, m], of length sqrt(m) as the weights are of size 1.
std::vector<float> mean_embeddings(const People& group, std::span<const float> embeddings,
                                   std::size_t m) {
  std::vector<float> means(group.count * m);
  for (std::size_t i = 0; i < group.people.size(); ++i) {
    for (std::size_t j = 0; j < m; ++j) {
      means[group.people[i] * m + j] += embeddings[i * m + j];
    }
  }
  l2_normalize_rows(means, m);
  for (float& value : means) {
    value *= std::sqrt(static_cast<float>(m));
  }
  return means;
}

// Weight and bias of a score that is sure, one way and the other, at the two mean distances.
std::vector<float> score_unit_between(const People& group, std::span<const float> embeddings,
                                      std::size_t m) {
  double sums[2] = {0, 0};
  double counts[2] = {0, 0};
  const std::size_t n = std::min<std::size_t>(group.people.size(), 1000);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t k = i + 1; k < n; ++k) {
      double squared = 0;
      for (std::size_t j = 0; j < m; ++j) {
        const double difference = embeddings[i * m + j] - embeddings[k * m + j];
        squared += difference * difference;
      }
      const int same = group.people[i] == group.people[k] ? 1 : 0;
      sums[same] += std::sqrt(squared);
      counts[same] += 1;
    }
  }
  const auto of_same = static_cast<float>(counts[1] > 0 ? sums[1] / counts[1] : 0);
  const auto of_different = static_cast<float>(counts[0] > 0 ? sums[0] / counts[0] : 1);
  const float weight = -2 * kStartLogit / std::max(of_different - of_same, kLeastDistanceGap);
  return {weight, -weight * (of_same + of_different) / 2};
}

std::vector<float> loss_start(LossKind kind, const People& group, const Head& start) {
  if (!has_centres(kind) && !has_score_unit(kind)) {
    return {};
  }
  const auto embeddings = embed(start, group.features);
  return has_centres(kind) ? mean_embeddings(group, embeddings, start.m)
                           : score_unit_between(group, embeddings, start.m);
}

// A training run over fixed groups of people.
class SafeTrainer {
 public:
  SafeTrainer(People training, const Head& start, const LossOptions& loss,
              const SafeTrainOptions& options)
      : training_(std::move(training)),
        options_(options),
        d_(start.d),
        scale_(training_.features, start),
        parameters_(scale_.parameters_of(start)),
        step_rng_(Rng(options.seed).fork(kStepStream)),
        negatives_rng_(Rng(options.seed).fork(kNegativesStream)) {
    const auto learnt = loss_start(loss.kind, training_, start);
    parameters_.insert(parameters_.end(), learnt.begin(), learnt.end());
    objective_.emplace(d_, start.m, training_.count, loss, options.anchor, parameters_);
    adam_.emplace(parameters_.size());
    gradient_.resize(parameters_.size());
    for (float& value : training_.features) {
      value /= scale_.of_features();
    }
  }

  // Mean loss of the steps.
  double run_epoch(int epoch) {
    TrainOptions adam;
    adam.epochs = options_.epochs;
    adam.learning_rate = options_.learning_rate;
    adam.final_learning_rate = 0;
    const double rate = cosine_learning_rate(adam, epoch);
    const auto steps =
        draw_steps(training_.people, static_cast<std::size_t>(options_.people_per_batch),
                   static_cast<std::size_t>(options_.images_per_person), step_rng_);
    double sum = 0;
    for (const auto& step : steps) {
      gather_step(step);
      sum += objective_->evaluate(rows_, people_, parameters_, negatives_rng_, gradient_);
      adam_->step(parameters_, gradient_, adam, rate);
    }
    return sum / static_cast<double>(steps.size());
  }

  Head head(const Head& shape) const { return scale_.head_of(parameters_, shape); }

 private:
  void gather_step(const std::vector<std::uint32_t>& step) {
    rows_.clear();
    people_.clear();
    for (const auto row : step) {
      const auto feature = std::span(training_.features).subspan(row * d_, d_);
      rows_.insert(rows_.end(), feature.begin(), feature.end());
      people_.push_back(training_.people[row]);
    }
  }

  People training_;  // features divided by their root mean square
  const SafeTrainOptions& options_;
  std::size_t d_;
  Scale scale_;
  std::vector<float> parameters_;
  std::vector<float> gradient_;
  Rng step_rng_;
  Rng negatives_rng_;
  std::optional<SafeObjective> objective_;
  std::optional<Adam> adam_;
  std::vector<float> rows_;
  std::vector<std::uint32_t> people_;
};

Status diverged(int epoch) {
  return {ErrorCode::kInvalidArgument, "safe training diverged in epoch " + std::to_string(epoch) +
                                           ": the loss is not a number; lower the learning rate"};
}

// A group of people held out, and the training on everybody else.
struct Fold {
  SafeTrainer trainer;
  People held_out;

  HeldOutError error_of(const Head& head) const {
    return held_out_error(embed(head, held_out.features), head.m, held_out.people);
  }
};

Head average(const std::vector<Head>& heads) {
  Head mean = heads.front();
  const auto share = 1 / static_cast<float>(heads.size());
  const auto over_heads = [&](auto member) {
    auto& values = mean.*member;
    for (std::size_t i = 0; i < values.size(); ++i) {
      float sum = 0;
      for (const Head& head : heads) {
        sum += (head.*member)[i];
      }
      values[i] = share * sum;
    }
  };
  over_heads(&Head::weight);
  over_heads(&Head::bias);
  return mean;
}

// What the folds say of an epoch, the people of all of them one after the other.
struct Verdict {
  double loss = 0;
  double error = 0;
  std::vector<double> by_person;

  void add(const HeldOutError& of_fold, std::size_t folds) {
    error += of_fold.mean / static_cast<double>(folds);
    for (const double value : of_fold.by_person) {
      by_person.push_back(value / static_cast<double>(folds));
    }
  }
};

// Whether the people held out gain more than `doubt` standard errors of their sum.
bool is_gain(const Verdict& before, const Verdict& after, double doubt) {
  const auto n = static_cast<double>(before.by_person.size());
  double sum = 0;
  double squares = 0;
  for (std::size_t i = 0; i < before.by_person.size(); ++i) {
    const double gain = before.by_person[i] - after.by_person[i];
    sum += gain;
    squares += gain * gain;
  }
  const double variance = (squares - sum * sum / n) * n / (n - 1);
  return before.error > after.error && sum > doubt * std::sqrt(std::max(variance, 0.0));
}

// One epoch in every fold: the verdict, and the folds' heads. Nothing if a number is none.
std::optional<Verdict> run_epoch(std::vector<Fold>& folds, int epoch, const Head& shape,
                                 std::vector<Head>& heads) {
  Verdict verdict;
  heads.clear();
  for (Fold& fold : folds) {
    verdict.loss += fold.trainer.run_epoch(epoch) / static_cast<double>(folds.size());
    heads.push_back(fold.trainer.head(shape));
    if (!std::isfinite(verdict.loss) || !std::isfinite(root_mean_square(heads.back().weight)) ||
        !std::isfinite(root_mean_square(heads.back().bias))) {
      return std::nullopt;
    }
    verdict.add(fold.error_of(heads.back()), folds.size());
  }
  return verdict;
}

// Epochs until nothing gets better.
Status run(std::vector<Fold>& folds, const SafeTrainOptions& options, const StopFlag* stop,
           SafeHead& result) {
  Verdict start;
  for (const Fold& fold : folds) {
    start.add(fold.error_of(result.head), folds.size());
  }
  result.history.push_back({0, start.error});
  const Head shape = result.head;
  double best = start.error;
  int best_so_far = 0;
  std::vector<Head> heads;
  for (int epoch = 1; epoch <= options.epochs; ++epoch) {
    if (stop != nullptr && stop->requested()) {
      return {ErrorCode::kInterrupted, "safe training stopped in epoch " + std::to_string(epoch)};
    }
    const auto verdict = run_epoch(folds, epoch - 1, shape, heads);
    if (!verdict.has_value()) {
      return diverged(epoch);
    }
    result.history.push_back({verdict->loss, verdict->error});
    if (verdict->error < best) {
      best = verdict->error;
      best_so_far = epoch;
      const bool gain = is_gain(start, *verdict, options.doubt);
      result.best_epoch = gain ? epoch : 0;
      result.head = gain ? average(heads) : shape;
    }
    if (epoch - best_so_far >= options.patience) {
      break;
    }
  }
  return {};
}

}  // namespace

Result<SafeHead> train_safely(std::span<const float> features, std::size_t d,
                              std::span<const std::uint32_t> identities, const Head& start,
                              const SafeTrainOptions& options, const StopFlag* stop) {
  KF_REQUIRE(d > 0 && start.d == d && features.size() == identities.size() * d, d, start.d,
             features.size(), identities.size());
  KF_REQUIRE(start.activation == Activation::kLinear && root_mean_square(start.weight) > 0);
  const double size = root_mean_square(features);
  if (!std::isfinite(size) || size <= 0) {
    return Status{ErrorCode::kInvalidArgument,
                  "safe training needs features that are numbers and not all 0; their root mean "
                  "square is " +
                      std::to_string(size)};
  }
  auto loss =
      parse_loss(options.loss, options.negatives, options.ratio, options.margin, options.scale);
  if (!loss.ok()) {
    return loss.error();
  }
  auto splits = split_people(identities, options.validation, options.folds, options.seed);
  if (!splits.ok()) {
    return splits.error();
  }
  SafeHead result{start, {}, 0};
  result.head.l2_normalize = true;
  std::vector<Fold> folds;
  for (const PeopleSplit& split : splits.value()) {
    folds.push_back({SafeTrainer(gather(features, d, identities, split.training), result.head,
                                 loss.value(), options),
                     gather(features, d, identities, split.held_out)});
  }
  const Status status = run(folds, options, stop, result);
  if (!status.ok()) {
    return status;
  }
  return result;
}

}  // namespace kface
