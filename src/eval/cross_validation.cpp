#include <algorithm>
#include <cmath>
#include <string>

#include "kface/metrics.h"

namespace kface {
namespace {

Status invalid(const std::string& message) {
  return {ErrorCode::kInvalidArgument, "cross_validate: " + message};
}

Status check_folds(std::span<const FoldedPair> pairs, std::size_t num_folds) {
  if (num_folds < 2) {
    return invalid("needs two folds or more, got " + std::to_string(num_folds));
  }
  // Fold numbers come from a file: never allocate by them before they are known to be dense.
  if (num_folds > pairs.size()) {
    return invalid("fold " + std::to_string(num_folds - 1) + " of " + std::to_string(pairs.size()) +
                   " pairs leaves folds empty");
  }
  std::vector<std::size_t> sizes(num_folds);
  for (const auto& pair : pairs) {
    ++sizes[pair.fold];
  }
  for (std::size_t fold = 0; fold < num_folds; ++fold) {
    if (sizes[fold] == 0) {
      return invalid("fold " + std::to_string(fold) + " has no pairs");
    }
  }
  return {};
}

Result<FoldResult> evaluate_fold(std::span<const FoldedPair> pairs, std::uint32_t fold) {
  std::vector<ScoredPair> others;
  for (const auto& pair : pairs) {
    if (pair.fold != fold && pair.distance) {
      others.push_back({*pair.distance, pair.same, 0, 0});
    }
  }
  const auto best = best_threshold(others);
  if (!best.ok()) {
    return invalid("no threshold for fold " + std::to_string(fold) +
                   " from the other folds: " + best.error().message());
  }
  FoldResult result;
  result.threshold = best.value().threshold;
  std::size_t right = 0;
  for (const auto& pair : pairs) {
    if (pair.fold == fold) {
      ++result.num_pairs;
      result.num_missing += pair.distance ? 0 : 1;
      right += pair.distance && (*pair.distance <= result.threshold) == pair.same ? 1 : 0;
    }
  }
  result.accuracy = static_cast<double>(right) / static_cast<double>(result.num_pairs);
  return result;
}

}  // namespace

Result<CrossValidation> cross_validate(std::span<const FoldedPair> pairs) {
  std::size_t num_folds = 0;
  for (const auto& pair : pairs) {
    num_folds = std::max<std::size_t>(num_folds, std::size_t{pair.fold} + 1);
  }
  KF_TRY(check_folds(pairs, num_folds));
  CrossValidation result;
  result.num_pairs = pairs.size();
  for (std::uint32_t fold = 0; fold < num_folds; ++fold) {
    KF_ASSIGN(const FoldResult of_fold, evaluate_fold(pairs, fold));
    result.num_missing += of_fold.num_missing;
    result.accuracy += of_fold.accuracy / static_cast<double>(num_folds);
    result.folds.push_back(of_fold);
  }
  double squares = 0;
  for (const FoldResult& fold : result.folds) {
    squares += (fold.accuracy - result.accuracy) * (fold.accuracy - result.accuracy);
  }
  const auto count = static_cast<double>(num_folds);
  result.standard_error = std::sqrt(squares / (count - 1) / count);
  return result;
}

}  // namespace kface
