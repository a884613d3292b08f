#include "kface/paired.h"

#include <cmath>
#include <cstdio>

#include "eval/bootstrap.h"

namespace kface {
namespace {

constexpr char kWhat[] = "paired_difference";

std::string identities_text(const ScoredPair& pair) {
  return std::string(pair.same ? "same" : "different") + " with identities " +
         std::to_string(pair.identity_a) + " and " + std::to_string(pair.identity_b);
}

Status check_same_pairs(std::span<const ScoredPair> a, std::span<const ScoredPair> b) {
  if (a.size() != b.size()) {
    return {ErrorCode::kMismatch, std::string(kWhat) + ": " + std::to_string(a.size()) +
                                      " pairs of one model and " + std::to_string(b.size()) +
                                      " of the other; both must score the same pairs"};
  }
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i].same != b[i].same || a[i].identity_a != b[i].identity_a ||
        a[i].identity_b != b[i].identity_b) {
      return {ErrorCode::kMismatch, std::string(kWhat) + ": pair " + std::to_string(i) + " is " +
                                        identities_text(a[i]) + " for one model and " +
                                        identities_text(b[i]) +
                                        " for the other; both must score the same pairs"};
    }
  }
  return {};
}

// One model's figures: of the pairs themselves, and of every resample.
struct Resampled {
  double eer = 0;
  std::vector<std::optional<double>> tar;  // at kFarGoals
  std::vector<eval::Figures> resamples;
  std::size_t num_same = 0;
  std::size_t num_different = 0;
  std::size_t num_identities = 0;
};

Result<Resampled> resample(std::span<const ScoredPair> pairs, const PairedOptions& options,
                           const JobContext& context) {
  KF_ASSIGN(eval::SortedPairs sorted, eval::sort_pairs(pairs, kWhat));
  Resampled result;
  result.num_same = sorted.same.size();
  result.num_different = sorted.different.size();
  const std::vector<RocPoint> roc = eval::roc_of(sorted);
  result.eer = equal_error(roc).eer;
  for (const double goal : eval::kFarGoals) {
    result.tar.push_back(tar_at_far(roc, goal, result.num_different));
  }
  result.num_identities = eval::renumber_identities(sorted);
  // The same seed for both models, hence the same weights.
  KF_ASSIGN(result.resamples,
            eval::bootstrap_figures(sorted, result.num_identities, eval::SweepOptions{},
                                    options.bootstrap_resamples, options.seed, context));
  return result;
}

template <typename Figure>
Difference difference_of(double value_a, double value_b, const Resampled& a, const Resampled& b,
                         bool smaller_is_better, Figure figure) {
  std::vector<double> differences;
  differences.reserve(a.resamples.size());
  for (std::size_t i = 0; i < a.resamples.size(); ++i) {
    differences.push_back(figure(a.resamples[i]) - figure(b.resamples[i]));
  }
  const Interval interval = eval::percentile_interval(std::move(differences));
  return {value_a, value_b, value_a - value_b, interval,
          verdict_of(interval, smaller_is_better, a.num_identities)};
}

// "lower by 1.20 points [0.40, 2.00]"
std::string change_text(const Difference& difference) {
  const bool lower = difference.value < 0;
  const double sign = lower ? -100 : 100;
  const double first = sign * (lower ? difference.ci95.high : difference.ci95.low);
  const double second = sign * (lower ? difference.ci95.low : difference.ci95.high);
  char text[96];
  // Adding 0 turns -0 into 0.
  std::snprintf(text, sizeof(text), "%s by %.2f points [%.2f, %.2f]", lower ? "lower" : "higher",
                std::fabs(difference.value) * 100, first + 0.0, second + 0.0);
  return text;
}

std::string rate_text(double rate) {
  char text[32];
  std::snprintf(text, sizeof(text), "%g", rate);
  return text;
}

}  // namespace

Verdict verdict_of(const Interval& ci95, bool smaller_is_better, std::size_t num_identities) {
  const bool lower = ci95.high < 0;
  const bool higher = ci95.low > 0;
  if (num_identities < kFewestPeopleForVerdict || !(lower || higher)) {
    return Verdict::kCannotTell;
  }
  return lower == smaller_is_better ? Verdict::kBetter : Verdict::kWorse;
}

std::string verdict_text(Verdict verdict) {
  switch (verdict) {
    case Verdict::kBetter:
      return "better";
    case Verdict::kWorse:
      return "worse";
    case Verdict::kCannotTell:
      break;
  }
  return "cannot tell";
}

Result<PairedDifference> paired_difference(std::span<const ScoredPair> a,
                                           std::span<const ScoredPair> b,
                                           const PairedOptions& options,
                                           const JobContext& context) {
  if (options.bootstrap_resamples < eval::kFewestResamples) {
    return Status{ErrorCode::kInvalidArgument,
                  std::string(kWhat) + ": " + std::to_string(options.bootstrap_resamples) +
                      " resamples are too few to tell a difference from chance; ask for " +
                      std::to_string(eval::kFewestResamples) + " or more"};
  }
  KF_TRY(check_same_pairs(a, b));
  KF_TRY(eval::check_identities(a, kWhat));
  KF_ASSIGN(const Resampled of_a, resample(a, options, context));
  KF_ASSIGN(const Resampled of_b, resample(b, options, context));
  PairedDifference result;
  result.num_same = of_a.num_same;
  result.num_different = of_a.num_different;
  result.num_identities = of_a.num_identities;
  result.eer = difference_of(of_a.eer, of_b.eer, of_a, of_b, true,
                             [](const eval::Figures& figures) { return figures.eer; });
  for (std::size_t i = 0; i < eval::kFarGoals.size(); ++i) {
    TarDifference tar{eval::kFarGoals[i], std::nullopt};
    if (of_a.tar[i] && of_b.tar[i]) {
      tar.difference = difference_of(*of_a.tar[i], *of_b.tar[i], of_a, of_b, false,
                                     [i](const eval::Figures& figures) { return figures.tar[i]; });
    }
    result.tar.push_back(tar);
  }
  return result;
}

std::string comparison_sentence(const PairedDifference& difference, const std::string& name_a,
                                const std::string& name_b) {
  std::string text;
  if (difference.verdict() == Verdict::kCannotTell) {
    text = "cannot tell " + name_a + " from " + name_b + " with " +
           std::to_string(difference.num_identities) + " people";
  } else {
    text = name_a + " is " + verdict_text(difference.verdict()) + " than " + name_b;
  }
  text += ": EER " + change_text(difference.eer);
  for (const TarDifference& tar : difference.tar) {
    if (tar.difference && tar.difference->verdict != Verdict::kCannotTell) {
      text +=
          "; TAR at FAR " + rate_text(tar.false_accept_rate) + " " + change_text(*tar.difference);
    }
  }
  return text;
}

}  // namespace kface
