// A model measured by the rule of a published protocol, beside the published results.
#pragma once

#include <string>

#include "experiment/evaluate.h"
#include "experiment/record.h"

namespace kface {

// The run record of kind "evaluate" around `evaluation`, which is what evaluate_all_pairs and
// evaluate_pair_list give; `options` are those of the run.
Json evaluate_record(const Program& program, const Json& options, const Manifest& manifest,
                     const BackboneInfo& backbone, const Json& evaluation);

struct ProtocolScoreOptions {
  std::string published = "lfw";  // one of published_protocols()
  EvaluateOptions evaluate;
};

// A record of kind "evaluate" of the model on `list`, with the key "protocol": our accuracies, by
// the published rule and at the model's own threshold, and the published ones.
//   lfw     mean over folds, each at the threshold that is best on the other folds (View 2)
//   Q1..Q4  at the threshold that is best on the list itself: too good, but what is published
// A pair with a photo that was refused counts as wrong in both.
//
// Errors: those of evaluate_pair_list; kInvalidArgument: lfw with a list of one fold, or a name
//         that is not published.
Result<Json> run_protocol_score(const FeatureSet& set, const Manifest& manifest,
                                const Backbone& backbone, const Model& model,
                                const std::string& model_name, const Program& program,
                                const PairList& list, const ProtocolScoreOptions& options,
                                const JobContext& context);

}  // namespace kface
