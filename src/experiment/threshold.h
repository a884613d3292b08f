// The threshold for a stated false-accept rate on a dataset's people, and whether the dataset can
// support that rate at all.
#pragma once

#include <optional>
#include <string>

#include "backbone/feature_set.h"
#include "base/parallel.h"
#include "experiment/record.h"
#include "head/model_file.h"
#include "kface/status.h"

namespace kface {

struct ThresholdOptions {
  double far = 0.001;
  int bootstrap = 1000;
  std::uint64_t seed = 1;
};

template <typename Options, typename Visitor>
void visit_threshold_options(Options& o, Visitor&& field) {
  field("threshold.far", o.far, Range{1e-9, 1},
        "false-accept rate that the threshold is for, a share of different-person pairs");
  field("threshold.bootstrap", o.bootstrap, Range{0, 100000},
        "resamples of people for each 95 % interval; 0 for none, else at least 40");
  field("seed", o.seed, Range{0, 9e15}, "seed of the intervals");
}

struct ChosenThreshold {  // NOLINT(bugprone-exception-escape): nlohmann's move asserts only
  // As a model carries it; none: the dataset cannot support that rate.
  std::optional<Threshold> threshold;
  std::string refusal;  // then: why, and what would be needed
  std::string warning;  // the model was fitted on these people; empty: it was not
  Json record;          // docs/formats/threshold.md
};

// Over all pairs of the dataset's accepted images: the largest distance whose false-accept rate is
// within options.far, with its interval and the true-accept rate there; and what the network's own
// last layer would accept at the threshold that its authors recommend.
//
// A rate needs 3 / far different pairs or more (kface/metrics.h, threshold_at_far), and a distance
// at which no more than that are accepted.
// Errors: kInvalidArgument (no same or no different pair, too few resamples), kInterrupted.
// Cost:   two calls of compute_metrics.
Result<ChosenThreshold> choose_threshold(const FeatureSet& set, const Manifest& manifest,
                                         const Model& model, const std::string& model_name,
                                         const Backbone& backbone, const ThresholdOptions& options,
                                         const JobContext& context);

// `model` with that threshold. A bare frozen network also takes over how the dataset's photos
// became chips, and its digest, as `kface train --recipe frozen` does. Errors: kMismatch if a
// fitted model treats photos otherwise than the dataset was made: a threshold
//         chosen on such chips is not for its door.
Result<Model> with_threshold(Model model, const Threshold& threshold, const Manifest& manifest,
                             const Program& program);

}  // namespace kface
