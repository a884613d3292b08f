#include "head/recipes.h"

#include <algorithm>
#include <cmath>

#include "head/calibration.h"

namespace kface {
namespace {

constexpr std::uint64_t kPairStream = 21;

Result<FittedHead> fit_paper(const LabelledFeatures& data, const Head& last_layer,
                             const RecipeOptions& options, const StopFlag* stop) {
  KF_ASSIGN(PairPlan plan, plan_pairs(data.identities, options));
  const PairTrainingSet set{data.features, data.d, plan.training, plan.validation};
  KF_ASSIGN(TrainedHead trained, train_on_pairs(set, last_layer, options.train, stop));
  return FittedHead{std::move(trained.head), trained.score, std::move(trained.history),
                    std::move(plan)};
}

}  // namespace

Result<PairPlan> plan_pairs(std::span<const std::uint32_t> identities,
                            const RecipeOptions& options) {
  KF_ASSIGN(const PairRatio ratio, parse_ratio(options.ratio));
  const auto wanted = static_cast<std::size_t>(
      std::llround(options.pairs_per_image * static_cast<double>(identities.size())));
  KF_ASSIGN(PairSample sample, sample_pairs(identities, ratio, std::max<std::size_t>(wanted, 1),
                                            Rng(options.train.seed).fork(kPairStream)));
  const auto kept = static_cast<std::size_t>(
      std::llround(options.validation * static_cast<double>(sample.pairs.size())));
  if (kept >= sample.pairs.size()) {
    return Status{ErrorCode::kInvalidArgument,
                  "only " + std::to_string(sample.pairs.size()) +
                      " pairs could be drawn; there is nothing left to train on: give more images "
                      "or a smaller --validation"};
  }
  const auto cut = sample.pairs.end() - static_cast<std::ptrdiff_t>(kept);
  return PairPlan{{sample.pairs.begin(), cut}, {cut, sample.pairs.end()}, sample.num_requested};
}

std::vector<std::string> recipe_names() { return {"frozen", "calibrated", "centred", "paper"}; }

Result<FittedHead> fit_recipe(const std::string& recipe, const LabelledFeatures& data,
                              const Head& last_layer, const RecipeOptions& options,
                              const StopFlag* stop) {
  KF_REQUIRE(data.d == last_layer.d && data.features.size() == data.d * data.identities.size(),
             data.d, last_layer.d, data.features.size(), data.identities.size());
  if (recipe == "frozen") {
    return FittedHead{last_layer, std::nullopt, {}, {}};
  }
  if (recipe == "centred") {
    KF_ASSIGN(Head head, fit_centred(data.features, last_layer));
    return FittedHead{std::move(head), std::nullopt, {}, {}};
  }
  if (recipe == "calibrated") {
    KF_ASSIGN(Head head,
              fit_calibrated(data.features, data.identities, last_layer, options.shrinkage));
    return FittedHead{std::move(head), std::nullopt, {}, {}};
  }
  if (recipe == "paper") {
    return fit_paper(data, last_layer, options, stop);
  }
  std::string names;
  for (const auto& name : recipe_names()) {
    names += (names.empty() ? "" : ", ") + name;
  }
  return Status{ErrorCode::kInvalidArgument,
                "no recipe is called '" + recipe + "'; there are: " + names};
}

}  // namespace kface
