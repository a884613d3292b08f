// The few figures by which experiments on probes (stress, templates) are read.
#pragma once

#include <span>

#include "base/parallel.h"
#include "experiment/record.h"
#include "head/model_file.h"
#include "kface/metrics.h"
#include "kface/status.h"

namespace kface {

struct ProbeOptions {
  int bootstrap = 1000;  // resamples of people for each interval; 0: none
  std::uint64_t seed = 1;
};

template <typename Options, typename Visitor>
void visit_probe_options(Options& o, Visitor&& field) {
  field("bootstrap", o.bootstrap, Range{0, 100000},
        "resamples of people for each 95 % interval; 0 for none, else at least 40");
  field("seed", o.seed, Range{0, 9e15}, "seed of draws and of the intervals");
}

// {"eer", "tar_at_far": {"0.01", "0.001"}, "frr_at_threshold", "far_at_threshold",
//  "num_false_rejects", "num_false_accepts", "num_same", "num_different", "num_identities"}:
// estimates with identity-bootstrap intervals as in compute_metrics; a TAR is null with too few
// pairs. `threshold` is a distance, accept iff distance <= it.
//
// null if there is no same or no different pair.
// Errors: those of compute_metrics.
Result<Json> probe_metrics(std::span<const ScoredPair> pairs, float threshold,
                           const ProbeOptions& options, const JobContext& context);

// What stands beside the figures of a model on a dataset: model, recipe, backbone, threshold,
// threshold_rule, num_rejected, failure_to_acquire (of the photos, drawings not counted),
// data_digest.
Json probe_context(const Manifest& manifest, const Model& model, const std::string& model_name);

}  // namespace kface
