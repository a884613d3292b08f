#include "head/choose_recipe.h"

#include <algorithm>
#include <cstdio>

namespace kface {
namespace {

constexpr std::size_t kResamples = 400;
constexpr std::uint64_t kResampleStream = 0x6761696e;

// Population::measure once a fold, however many shrinkages are tried on it.
class FoldFitter {
 public:
  FoldFitter(const Head& last_layer, const std::vector<RecipeCandidate>& candidates,
             const FitOne& fit)
      : last_layer_(last_layer), candidates_(candidates), fit_(fit) {}

  std::vector<Result<Head>> operator()(const LabelledFeatures& data) const {
    std::optional<Result<Population>> population;
    std::vector<Result<Head>> heads;
    for (const RecipeCandidate& candidate : candidates_) {
      if (!candidate.shrinkage) {
        heads.push_back(fit_(candidate, data));
        continue;
      }
      if (!population) {
        population = Population::measure(frozen_embeddings(data.features, last_layer_),
                                         last_layer_.m, data.identities);
      }
      heads.push_back(population->ok()
                          ? Result<Head>(compose(
                                last_layer_, population->value().calibrated(*candidate.shrinkage)))
                          : Result<Head>(population->error()));
    }
    return heads;
  }

 private:
  const Head& last_layer_;
  const std::vector<RecipeCandidate>& candidates_;
  const FitOne& fit_;
};

std::uint32_t largest_identity(const LabelledFeatures& data) {
  return *std::max_element(data.identities.begin(), data.identities.end());
}

}  // namespace

std::string RecipeCandidate::text() const {
  if (!start.empty()) {
    return recipe + " from " + start;
  }
  if (!shrinkage) {
    return recipe;
  }
  char text[96];
  std::snprintf(text, sizeof(text), "%s %.2f %.2f", recipe.c_str(), shrinkage->within,
                shrinkage->total);
  return text;
}

Result<RecipeChoice> choose_candidate(const LabelledFeatures& data, const Head& last_layer,
                                      const std::vector<RecipeCandidate>& candidates,
                                      const FitOne& fit, const FoldOptions& options,
                                      const JobContext& context) {
  KF_REQUIRE(!candidates.empty());
  KF_ASSIGN(OutOfFold folds,
            out_of_fold_pairs(data, candidates.size(), FoldFitter(last_layer, candidates, fit),
                              options, context));
  RecipeChoice choice;
  choice.num_people = folds.num_people;
  choice.num_images = folds.num_images;
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    RecipeTrial result{candidates[i], std::nullopt, folds.problems[i]};
    if (result.problem.empty()) {
      KF_ASSIGN(const auto rate, eval::MissRate::of(folds.pairs[i]));
      result.miss_rate = rate.value();
      if (!best || *result.miss_rate < *choice.tried[*best].miss_rate) {
        best = i;
      }
    }
    choice.tried.push_back(std::move(result));
  }
  if (!best) {
    return Status{ErrorCode::kInvalidArgument, folds.problems.front()};
  }
  const auto gain_over = [&](std::size_t reference) -> Result<eval::MissDifference> {
    KF_ASSIGN(const auto before, eval::MissRate::of(folds.pairs[reference]));
    KF_ASSIGN(const auto after, eval::MissRate::of(folds.pairs[*best]));
    return eval::compare_miss_rates(before, after, std::size_t{largest_identity(data)} + 1,
                                    kResamples, options.seed ^ kResampleStream, context);
  };
  const auto by_default = std::find_if(candidates.begin(), candidates.end(), [](const auto& one) {
    return one.shrinkage == Shrinkage{};
  });
  if (candidates[*best].shrinkage && by_default != candidates.end() &&
      &*by_default != &candidates[*best]) {
    const auto reference = static_cast<std::size_t>(by_default - candidates.begin());
    KF_ASSIGN(const auto gain, gain_over(reference));
    best = gain.beyond_doubt() ? *best : reference;
  }
  if (candidates.front().recipe == "frozen" && *best != 0) {
    KF_ASSIGN(choice.gain, gain_over(0));
    best = choice.gain->beyond_doubt() ? *best : 0;
  }
  choice.chosen = candidates[*best];
  choice.pairs = std::move(folds.pairs[*best]);
  choice.num_different = static_cast<std::size_t>(std::count_if(
      choice.pairs.begin(), choice.pairs.end(), [](const ScoredPair& pair) { return !pair.same; }));
  return choice;
}

std::vector<Shrinkage> shrinkage_grid() {
  return {Shrinkage{}, {0.05, 0.0}, {0.10, 0.10}, {0.20, 0.05}, {0.20, 0.10}, {0.40, 0.10}};
}

}  // namespace kface
