#include "head/recipes.h"

#include <algorithm>
#include <cmath>
#include <sstream>

#include "head/calibration.h"

namespace kface {
namespace {

constexpr std::uint64_t kPairStream = 21;

Result<FittedHead> fit_paper(const LabelledFeatures& data, const Head& last_layer,
                             const RecipeOptions& options, const StopFlag* stop) {
  KF_ASSIGN(PairPlan plan, plan_pairs(data.identities, options));
  const PairTrainingSet set{data.features, data.d, plan.training, plan.validation};
  KF_ASSIGN(TrainedHead trained, train_on_pairs(set, last_layer, options.train, stop));
  FittedHead fitted;
  fitted.recipe = "paper";
  fitted.head = std::move(trained.head);
  fitted.score = trained.score;
  fitted.history = std::move(trained.history);
  fitted.pairs = std::move(plan);
  return fitted;
}

// What recipe `recipe` tries; one candidate for a recipe that has nothing to choose.
// Errors: kInvalidArgument (unknown recipe: lists them; bad shrinkage).
Result<std::vector<RecipeCandidate>> candidates_of(const std::string& recipe,
                                                   const RecipeOptions& options) {
  KF_ASSIGN(const auto shrinkage, parse_shrinkage(options.shrinkage));
  std::vector<RecipeCandidate> calibrated;
  for (const Shrinkage& weights :
       shrinkage ? std::vector<Shrinkage>{*shrinkage} : shrinkage_grid()) {
    calibrated.push_back({"calibrated", weights});
  }
  if (recipe == "calibrated") {
    return calibrated;
  }
  if (recipe == "auto") {
    std::vector<RecipeCandidate> all = {{"frozen"}, {"centred"}};
    all.insert(all.end(), calibrated.begin(), calibrated.end());
    // From the frozen head, some folds keep the start and others do not: their distances are on
    // different scales, and no threshold holds for all.
    all.push_back({"trained", std::nullopt, "calibrated"});
    return all;
  }
  if (recipe == "trained") {
    return std::vector<RecipeCandidate>{{recipe, std::nullopt, options.start}};
  }
  const auto names = recipe_names();
  if (std::find(names.begin(), names.end(), recipe) != names.end()) {
    return std::vector<RecipeCandidate>{{recipe}};
  }
  return unknown_recipe(recipe);
}

Result<FittedHead> fit_trained(const std::string& start, const LabelledFeatures& data,
                               const Head& last_layer, const RecipeOptions& options,
                               const StopFlag* stop) {
  Head initial = last_layer;
  if (start == "calibrated") {
    KF_ASSIGN(const auto shrinkage, parse_shrinkage(options.shrinkage));
    KF_ASSIGN(initial, fit_calibrated(data.features, data.identities, last_layer,
                                      shrinkage.value_or(Shrinkage{})));
  }
  SafeTrainOptions safe = options.safe;
  safe.seed = options.train.seed;
  KF_ASSIGN(SafeHead trained,
            train_safely(data.features, data.d, data.identities, initial, safe, stop));
  FittedHead fitted;
  fitted.recipe = "trained";
  fitted.head = std::move(trained.head);
  fitted.safe_history = std::move(trained.history);
  fitted.best_epoch = trained.best_epoch;
  return fitted;
}

Result<FittedHead> fit_candidate(const RecipeCandidate& candidate, const LabelledFeatures& data,
                                 const Head& last_layer, const RecipeOptions& options,
                                 const StopFlag* stop) {
  FittedHead fitted;
  fitted.recipe = candidate.recipe;
  if (candidate.recipe == "frozen") {
    fitted.head = last_layer;
  } else if (candidate.recipe == "centred") {
    KF_ASSIGN(fitted.head, fit_centred(data.features, last_layer));
  } else if (candidate.recipe == "calibrated") {
    KF_ASSIGN(fitted.head, fit_calibrated(data.features, data.identities, last_layer,
                                          candidate.shrinkage.value_or(Shrinkage{})));
  } else if (candidate.recipe == "trained") {
    return fit_trained(candidate.start, data, last_layer, options, stop);
  } else {
    return fit_paper(data, last_layer, options, stop);
  }
  return fitted;
}

// What to do where nothing can be tried out of fold: the recipe's default.
RecipeCandidate fallback(const std::string& recipe) {
  return recipe == "auto" ? RecipeCandidate{"frozen"}
                          : RecipeCandidate{recipe};  // auto, calibrated
}

Result<FittedHead> fit(const std::string& recipe, const LabelledFeatures& data,
                       const Head& last_layer, const RecipeOptions& options,
                       const JobContext& context, bool measure) {
  KF_REQUIRE(data.d == last_layer.d && data.features.size() == data.d * data.identities.size(),
             data.d, last_layer.d, data.features.size(), data.identities.size());
  KF_ASSIGN(const auto candidates, candidates_of(recipe, options));
  if (candidates.size() == 1 && !measure) {
    return fit_candidate(candidates.front(), data, last_layer, options, context.stop);
  }
  FoldOptions folds;
  folds.seed = options.train.seed;
  const FitOne fit_one = [&](const RecipeCandidate& candidate,
                             const LabelledFeatures& some) -> Result<Head> {
    KF_ASSIGN(FittedHead fitted, fit_candidate(candidate, some, last_layer, options, context.stop));
    return std::move(fitted.head);
  };
  auto choice = choose_candidate(data, last_layer, candidates, fit_one, folds, context);
  if (!choice.ok() && (measure || choice.error().code() != ErrorCode::kInvalidArgument)) {
    return choice.error();
  }
  const RecipeCandidate chosen = choice.ok() ? choice.value().chosen : fallback(recipe);
  KF_ASSIGN(FittedHead fitted, fit_candidate(chosen, data, last_layer, options, context.stop));
  if (choice.ok()) {
    fitted.choice = std::move(choice).value();
  } else {
    fitted.note = choice.error().message();
  }
  return fitted;
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

std::vector<std::string> recipe_names() {
  return {"auto", "frozen", "calibrated", "centred", "trained", "paper"};
}

Status unknown_recipe(const std::string& recipe, const std::string& also) {
  std::string known;
  for (const auto& name : recipe_names()) {
    known += (known.empty() ? "" : ", ") + name;
  }
  return {ErrorCode::kInvalidArgument,
          "no recipe is called '" + recipe + "'; there are: " + known + also};
}

Result<std::optional<Shrinkage>> parse_shrinkage(const std::string& text) {
  if (text == "auto") {
    return std::optional<Shrinkage>();
  }
  Shrinkage shrinkage;
  char comma = 0;
  std::istringstream stream(text);
  stream >> shrinkage.within >> comma >> shrinkage.total;
  if (stream.fail() || !stream.eof() || comma != ',' || !(shrinkage.within >= 0) ||
      !(shrinkage.total >= 0) || !(shrinkage.within + shrinkage.total < 1)) {
    return Status{ErrorCode::kInvalidArgument,
                  "--shrinkage '" + text +
                      "': expected auto, or two weights that are not negative and together below "
                      "1, such as 0.1,0.05"};
  }
  return std::optional(shrinkage);
}

Result<FittedHead> fit_recipe(const std::string& recipe, const LabelledFeatures& data,
                              const Head& last_layer, const RecipeOptions& options,
                              const JobContext& context) {
  return fit(recipe, data, last_layer, options, context, false);
}

Result<FittedHead> fit_and_measure(const std::string& recipe, const LabelledFeatures& data,
                                   const Head& last_layer, const RecipeOptions& options,
                                   const JobContext& context) {
  return fit(recipe, data, last_layer, options, context, true);
}

}  // namespace kface
