// A model measured on a dataset: all pairs, or the pairs of a list; and beside another model.
#pragma once

#include <optional>
#include <string>

#include "backbone/feature_set.h"
#include "base/parallel.h"
#include "eval/pair_list.h"
#include "experiment/record.h"
#include "experiment/scored_pairs.h"
#include "head/model_file.h"
#include "kface/status.h"

namespace kface {

struct EvaluateOptions {
  int bootstrap = 1000;  // resamples of people for each interval; 0: none
  std::uint64_t seed = 1;
  int det_points = 100;
  int gallery_images = 1;
  int splits = 10;
};

template <typename Options, typename Visitor>
void visit_evaluate_options(Options& o, Visitor&& field) {
  field("evaluate.bootstrap", o.bootstrap, Range{0, 100000},
        "resamples of people for each 95 % interval; 0 for none, else at least 40");
  field("seed", o.seed, Range{0, 9e15},
        "seed of the sampled overlap, of the intervals and of who is enrolled");
  field("evaluate.det_points", o.det_points, Range{0, 1000},
        "points of the DET curve in the JSON, at most; 0 for none, else at least 2");
  field("evaluate.gallery_images", o.gallery_images, Range{1, 1000},
        "identification: a person's first images that are averaged into his template; the others "
        "are searched for");
  field("evaluate.splits", o.splits, Range{1, 1000},
        "identification, open set: times that half of the people are drawn to be enrolled");
}

// The metrics of docs/metrics.md over scored pairs, at the model's own threshold; with the model's
// name and the images refused at import, which are failures to acquire and count beside every
// figure. "det" is the curve, unless no points are asked for.
//
// Of a list with several folds also "view2": the accuracy of each fold at the threshold that is
// best on the others, mean and standard error (LFW View 2). A pair that names an image that was
// refused is counted as wrong in view2, left out of the other metrics, and counted in
// "num_missing". Of all pairs also "identification"; null where nobody has an image to search for.
//
// Errors: kInvalidArgument (no same or no different pair, too few resamples), kInterrupted.
Result<Json> evaluate_scores(const ScoredPairs& scores, const FeatureSet& set,
                             const Manifest& manifest, const Model& model,
                             const std::string& model_name, const EvaluateOptions& options,
                             const JobContext& context);

// score_all_pairs, then evaluate_scores.
Result<Json> evaluate_all_pairs(const FeatureSet& set, const Manifest& manifest, const Model& model,
                                const std::string& model_name, const EvaluateOptions& options,
                                const JobContext& context);

// score_pair_list, then evaluate_scores.
Result<Json> evaluate_pair_list(const FeatureSet& set, const Manifest& manifest, const Model& model,
                                const std::string& model_name, const PairList& list,
                                const EvaluateOptions& options, const JobContext& context);

// The same pairs scored by two models (kface/paired.h): differences, verdicts, "sentence" and the
// other model's name, "against".
// Errors: those of paired_difference.
Result<Json> compare_scores(const ScoredPairs& scores, const std::string& model_name,
                            const ScoredPairs& other, const std::string& other_name,
                            const EvaluateOptions& options, const JobContext& context);

}  // namespace kface
