// The paper's two experiments, in its order: A, nine pair ratios; B, 5 and 10 images a person. Each
// with the paper's split (by pairs, the same people on both sides) and with people never seen.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "backbone/feature_set.h"
#include "base/parallel.h"
#include "experiment/record.h"
#include "head/recipes.h"
#include "kface/status.h"

namespace kface {

struct SweepOptions {
  int images = 5;                    // images a person in experiment A, the fewer in B
  int more_images = 10;              // the more in B
  std::string images_ratio = "4:6";  // ratio of B; the paper prefers it
  int bootstrap = 200;               // resamples of people for each interval; 0: none
  RecipeOptions recipe;              // its ratio is replaced by each of the nine
};

template <typename Options, typename Visitor>
void visit_sweep_options(Options& o, Visitor&& field) {
  field("sweep.images", o.images, Range{2, 1000},
        "images a person in experiment A, and the fewer in B");
  field("sweep.more_images", o.more_images, Range{2, 1000}, "the more images a person in B");
  field("sweep.images_ratio", o.images_ratio, AnyText{}, "pair ratio n:p of experiment B");
  field("sweep.bootstrap", o.bootstrap, Range{0, 100000},
        "resamples of people for each 95 % interval; 0 for none");
  visit_fit_options(o.recipe, field);
}

// Wall seconds of the parts, for the tool to print; not in the record, which holds no times.
struct SweepTimes {
  double ratios = 0;
  double images = 0;
  double conditions = 0;
};

// The run record of kind "sweep" (docs/formats/run-record.md).
//
// `clock` gives seconds since any fixed moment.
// Ensures: the same record for the same features and options, whatever the number of threads.
// Errors:  kInvalidArgument if fewer than 4 people have options.images images: says how many have
//          how many. Too few people for B is no error but an entry in "skipped". kInterrupted.
Result<Json> run_sweep(const FeatureSet& set, const Manifest& manifest, const Backbone& backbone,
                       const Program& program, const SweepOptions& options,
                       const JobContext& context, const std::function<double()>& clock,
                       SweepTimes& times);

}  // namespace kface
