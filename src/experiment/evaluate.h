// A model measured on a dataset: all pairs, or the pairs of a list.
#pragma once

#include <optional>
#include <string>

#include "backbone/feature_set.h"
#include "base/parallel.h"
#include "eval/pair_list.h"
#include "experiment/record.h"
#include "head/model_file.h"
#include "kface/status.h"

namespace kface {

struct EvaluateOptions {
  int bootstrap = 1000;  // resamples of people for each interval; 0: none
  std::uint64_t seed = 1;
};

template <typename Options, typename Visitor>
void visit_evaluate_options(Options& o, Visitor&& field) {
  field("evaluate.bootstrap", o.bootstrap, Range{0, 100000},
        "resamples of people for each 95 % interval; 0 for none, else at least 40");
  field("seed", o.seed, Range{0, 9e15}, "seed of the sampled overlap and of the intervals");
}

// The metrics of design.md section 2, over all pairs of the dataset's accepted images, at the
// model's own threshold; with the model's name and the images refused at import, which are failures
// to acquire and count beside every figure.
// Errors: kInvalidArgument (no same or no different pair), kInterrupted.
Result<Json> evaluate_all_pairs(const FeatureSet& set, const Manifest& manifest, const Model& model,
                                const std::string& model_name, const EvaluateOptions& options,
                                const JobContext& context);

// The same over a list's pairs; with several folds also "view2": the accuracy of each fold at the
// threshold that is best on the others, mean and standard error (LFW View 2). A pair that names an
// image that was refused is counted as wrong in view2, left out of the other metrics, and counted
// in "num_missing". Errors: kNotFound if a pair names an image that the dataset never had: names
// the first and how
//         many there are; otherwise as above.
Result<Json> evaluate_pair_list(const FeatureSet& set, const Manifest& manifest, const Model& model,
                                const std::string& model_name, const PairList& list,
                                const EvaluateOptions& options, const JobContext& context);

}  // namespace kface
