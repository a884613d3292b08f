// Quality of a verifier, computed from scored pairs. Formulas and examples worked by hand:
// docs/metrics.md.
//
// Orientation, everywhere in this file: `distance` is Euclidean (not squared), in embedding
// space; SMALLER means more alike. A pair is accepted when distance <= threshold. Rates are
// fractions in [0, 1].
//
// Everything here is deterministic, whatever the number of threads, does not depend on the order
// of the pairs, and is safe to call from several threads. Unless it says otherwise, a function
// that takes `pairs` has
//   Errors: kInvalidArgument if there is no same pair, no different pair, or a distance that is
//           not finite.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "kface/status.h"

namespace kface {

class StopFlag;
struct JobContext;

// Two images and how far apart their embeddings are.
struct ScoredPair {
  float distance = 0;
  bool same = false;             // true: two images of one identity
  std::uint32_t identity_a = 0;  // indices of the identities; equal if and only if same
  std::uint32_t identity_b = 0;
};

// ---- The curve and what is read from it ----

struct RocPoint {
  float threshold;
  double true_accept_rate;
  double false_accept_rate;
};

// The ROC curve of `pairs`; their identities are not looked at.
//
// Ensures: points[0] rejects everything (-infinity, 0, 0); then one point per DISTINCT distance,
//          thresholds strictly ascending, both rates non-decreasing; accepting
//          distance <= points[i].threshold gives exactly the rates of points[i].
// Cost:    O(n log n) time, O(n) memory.
Result<std::vector<RocPoint>> compute_roc(std::span<const ScoredPair> pairs);

struct EqualError {
  double eer = 0;
  float threshold = 0;
};

// Where the false-accept rate meets the false-reject rate (1 - true_accept_rate).
//
// Ensures: with i the first point at which FAR >= FRR: if they are equal there, that rate, and the
//          middle of threshold i and i + 1 (every threshold between them has that rate);
//          otherwise the crossing of the straight lines from point i - 1 to i, and the threshold
//          at the same share of the way (threshold i where point i - 1 rejects everything).
// Requires: a curve of compute_roc. Cost: O(points).
EqualError equal_error(std::span<const RocPoint> roc);

// The highest true-accept rate among the points with FAR <= false_accept_rate.
//
// Ensures: nullopt if num_different < 3 / false_accept_rate: with fewer pairs, seeing no error says
//          nothing of that rate (the rule of three); 0 if only rejecting everything is that safe.
// Requires: a curve of compute_roc; 0 < false_accept_rate <= 1. Cost: O(log points).
std::optional<double> tar_at_far(std::span<const RocPoint> roc, double false_accept_rate,
                                 std::size_t num_different);

// The largest distance of the data that is a threshold with FAR <= false_accept_rate.
//
// Ensures: nullopt as for tar_at_far, and where even the smallest distance accepts too many.
// Requires, Cost: as tar_at_far.
std::optional<float> threshold_at_far(std::span<const RocPoint> roc, double false_accept_rate,
                                      std::size_t num_different);

// Area under the curve: the chance that a same pair is closer than a different pair, ties counted
// half. Requires: a curve of compute_roc. Cost: O(points).
double auc(std::span<const RocPoint> roc);

// At most max_points points of `roc` that draw the same curve: first and last, and the others
// spread evenly over log FAR and over TAR, so that low FARs stay visible.
// Requires: a curve of compute_roc; max_points >= 2. Cost: O(points).
std::vector<RocPoint> thin_roc(std::span<const RocPoint> roc, std::size_t max_points);

// The normal deviate of a rate: the x with P(standard normal < x) = rate. The axes of a DET curve:
// two normal distributions of equal variance give a straight line on them.
// Requires: 0 <= rate <= 1 (-infinity at 0, infinity at 1). Error below 1e-14 * max(1, |x|), where
// a double can tell the rate from 1.
double probit(double rate);

struct DetPoint {
  float threshold;
  double false_accept_rate;  // FMR, false match rate, in NIST's words
  double false_reject_rate;  // FNMR, false non-match rate: 1 - true_accept_rate
};

// The detection error trade-off: at most max_points points of `roc`, evenly spread along the curve
// as it is drawn on axes of probit(). Points with a rate of 0 or 1 have no place there and are left
// out; a model without errors has none left.
// Requires: a curve of compute_roc; max_points >= 2. Cost: O(points).
std::vector<DetPoint> det_curve(std::span<const RocPoint> roc, std::size_t max_points);

// ---- At one threshold ----

struct RatesAtThreshold {
  double accuracy = 0;           // right decisions / pairs; not balanced between the kinds
  double false_accept_rate = 0;  // accepted different pairs / different pairs
  double false_reject_rate = 0;  // rejected same pairs / same pairs
};

// Cost: O(n).
Result<RatesAtThreshold> rates_at(std::span<const ScoredPair> pairs, float threshold);

struct BestThreshold {
  float threshold = 0;
  double accuracy = 0;
};

// The threshold with the highest accuracy. For development people only: an accuracy at a threshold
// chosen on the same pairs is too good.
//
// Ensures: of several best, the smallest distance (the fewest false accepts); the threshold is the
//          middle of it and the next distance, itself if there is none, and just below the
//          smallest distance if rejecting everything is best.
// Cost:    O(n log n).
Result<BestThreshold> best_threshold(std::span<const ScoredPair> pairs);

// ---- The two distributions ----

struct DistanceSummary {
  double mean_same = 0;
  double mean_different = 0;
  double midpoint = 0;  // of the two means: the paper's threshold
  // (mean_different - mean_same) / sqrt((variance_same + variance_different) / 2), variances over
  // n; nullopt if neither kind varies.
  std::optional<double> d_prime;
};

// Cost: O(n log n).
Result<DistanceSummary> summarize_distances(std::span<const ScoredPair> pairs);

// Both distributions over `bins` equal bins from the smallest to the largest distance of both
// kinds; the last bin holds its upper edge. One bin of width 1 around the value if all are equal.
struct DistanceHistogram {
  std::vector<double> edges;      // bins + 1, ascending
  std::vector<double> same;       // densities: sum(same[k] * width) = 1
  std::vector<double> different;  // likewise
};

// Cost: O(n). Requires: bins >= 1.
Result<DistanceHistogram> distance_histogram(std::span<const ScoredPair> pairs, std::size_t bins);

// Bins of every overlap in this project; docs/metrics.md says why so few.
inline constexpr std::size_t kOverlapBins = 20;

// The area that both histograms cover, with `bins` equal bins from the smallest to the largest
// distance of both kinds: 0 = apart, 1 = equal.
//
// Errors:  kInvalidArgument if either is empty or holds a distance that is not finite.
// Requires: bins >= 1. Cost: O(n).
Result<double> overlap_histogram(std::span<const float> same, std::span<const float> different,
                                 std::size_t bins = kOverlapBins);

struct SampledOverlap {
  double value = 0;
  std::size_t num_same = 0;  // pairs drawn
  std::size_t num_different = 0;
};

// The paper's overlap: of `sample` same and `sample` different pairs drawn without replacement (all
// of a kind that has no more), the area that both histograms cover. The bins lie over ALL pairs, so
// that the figure compares with overlap_histogram of all pairs.
//
// Requires: sample >= 1; bins >= 1. Cost: O(n log n).
Result<SampledOverlap> sampled_overlap(std::span<const ScoredPair> pairs, std::uint64_t seed,
                                       std::size_t sample = 400, std::size_t bins = kOverlapBins);

// ---- Everything at once, with intervals ----

struct Interval {
  double low = 0;
  double high = 0;
};

struct Estimate {
  double value = 0;
  std::optional<Interval> ci95;  // none if not asked for
};

// p(same) = 1 / (1 + exp(-(weight * distance + bias))): the paper's output unit.
struct PairScore {
  double weight = 0;
  double bias = 0;
};

struct MetricsOptions {
  std::optional<float> threshold;  // chosen on OTHER people; none: no accuracy and FAR at it
  std::optional<PairScore> score;  // none: no loss
  std::size_t num_images = 0;      // passed on to Metrics: pairs do not know their images
  std::uint64_t seed = 1;          // of the sampled overlap and the intervals
  std::size_t bootstrap_resamples = 1000;  // 0: no intervals; otherwise at least 40
  std::size_t overlap_sample = 400;        // pairs of each kind, as in the paper
  // The goals of Metrics::tar_at_far.
  std::vector<double> false_accept_rates = {1e-2, 1e-3, 1e-4, 1e-5, 1e-6};
};

struct TarAtFar {
  double false_accept_rate = 0;       // the goal
  std::optional<Estimate> tar;        // none: too few different pairs to say
  std::optional<Estimate> threshold;  // see threshold_at_far
};

struct Metrics {
  Estimate eer;
  Estimate threshold_at_eer;
  std::optional<float> threshold;            // MetricsOptions::threshold
  std::optional<Estimate> accuracy;          // at it
  std::optional<Estimate> far_at_threshold;  // at it
  std::optional<Estimate> frr_at_threshold;  // at it
  std::optional<Estimate> loss;              // mean binary cross-entropy in nats, over all pairs
  Estimate overlap;                          // the paper's: sampled
  std::size_t overlap_num_same = 0;          // pairs that were drawn for it
  std::size_t overlap_num_different = 0;
  Estimate overlap_all;  // over all pairs
  Estimate auc;
  std::vector<TarAtFar> tar_at_far;  // at MetricsOptions::false_accept_rates
  DistanceSummary distances;
  std::optional<Estimate> d_prime;  // DistanceSummary::d_prime
  std::size_t num_same = 0;
  std::size_t num_different = 0;
  std::size_t num_identities = 0;  // that occur in the pairs
  std::size_t num_images = 0;
};

// All figures of `pairs`.
//
// Intervals are 95 % percentile intervals of a bootstrap that resamples IDENTITIES: as many as
// there are, with replacement; if identity i was drawn w_i times, a same pair of i counts w_i
// times and a different pair of i and j counts w_i * w_j times. (Resampling pairs would treat the
// pairs of one face as independent, and give intervals that are far too narrow.) A resample without
// a pair of both kinds is drawn anew. Of a threshold at a FAR, where a resample accepts too many
// even at its smallest distance, a value just below that one is taken.
//
// Errors: as above; kInvalidArgument if `same` disagrees with the identities of a pair (named), if
//         the threshold or the score is not finite, or if bootstrap_resamples is 1..39;
//         kInterrupted.
// Requires: overlap_sample >= 1; 0 < false_accept_rates <= 1.
// Cost:   O(n log n + n * bootstrap_resamples / 8) vector operations on context.threads threads;
//         about 40 bytes a pair. The same bytes for any number of threads.
Result<Metrics> compute_metrics(std::span<const ScoredPair> pairs, const MetricsOptions& options,
                                const JobContext& context);

// ---- LFW View 2, and any other list of pairs in folds ----

struct FoldedPair {
  std::optional<float> distance;  // none: an image of the pair is missing or has no face
  bool same = false;
  std::uint32_t fold = 0;  // 0, 1, 2, ...
};

struct FoldResult {
  float threshold = 0;  // best_threshold of the pairs of the other folds
  double accuracy = 0;
  std::size_t num_pairs = 0;
  std::size_t num_missing = 0;  // of them without a distance: counted as errors
};

struct CrossValidation {
  double accuracy = 0;        // mean over folds
  double standard_error = 0;  // sd / sqrt(folds), sd over folds - 1
  std::vector<FoldResult> folds;
  std::size_t num_pairs = 0;
  std::size_t num_missing = 0;
};

// Each fold's accuracy at the threshold that is best on the other folds. A pair without a distance
// is an error in its fold and takes no part in choosing thresholds.
//
// Errors: kInvalidArgument if there are fewer than two folds, an empty fold, a distance that is not
//         finite, or too few distances in the other folds to choose a threshold.
// Cost:   O(folds * n log n).
Result<CrossValidation> cross_validate(std::span<const FoldedPair> pairs);

}  // namespace kface
