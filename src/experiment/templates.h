// Does it help to enrol several photos of a person, and to weight them by quality?
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "backbone/feature_set.h"
#include "experiment/probe_metrics.h"

namespace kface {

struct TemplateOptions {
  std::string enrol = "1,2,3,5";  // photos a template, comma-separated
  int draws = 4;
  ProbeOptions probe;
};

template <typename Options, typename Visitor>
void visit_template_options(Options& o, Visitor&& field) {
  field("templates.enrol", o.enrol, AnyText{}, "numbers of enrolled photos, comma-separated");
  field("templates.draws", o.draws, Range{1, 1000},
        "times that the enrolled photos are drawn; the pairs of all draws are counted together");
  visit_probe_options(o.probe, field);
}

// "1,2,5" -> {1, 2, 5}. Errors: kInvalidArgument: not numbers from 1 to 100, or none.
Result<std::vector<std::size_t>> parse_enrol(const std::string& text);

// Pairs of a template and a single real image that is not in it. Of each person with more real
// images than the largest number of `enrol`, that many are drawn for enrolment, and the rest are
// probes, the same for every number: templates of fewer use the first ones drawn. Nothing is
// fitted, so nobody is measured on what was fitted to him.
//
// {model ..., "num_identities", "num_left_out", "num_probes", "draws",
//  "templates": [{"enrolled": 2, "weighting": "mean"|"quality", METRICS...}]}; METRICS as
// probe_metrics gives them; the threshold is the model's own, made for pairs of single images.
//
// Ensures: the same for any number of threads.
// Errors:  kInvalidArgument: fewer than 2 people with that many images, a list that does not parse,
//          more than kMaxPairs pairs; kInterrupted.
Result<Json> measure_templates(const FeatureSet& set, const Manifest& manifest, const Model& model,
                               const std::string& model_name, const TemplateOptions& options,
                               const JobContext& context);

// What a template costs on this machine: {"embed_ms": chip to embedding on one thread, mean of a
// few chips, "templates": [{"enrolled": 2, "pool_ms", "total_ms"}]}. Finding the face in the photo
// comes on top. Machine-dependent: no part of a record that is compared.
// Errors: kNotFound, kCorruption (a chip); kInvalidArgument as parse_enrol.
Result<Json> measure_template_cost(const std::filesystem::path& dataset, const FeatureSet& set,
                                   const Manifest& manifest, const Model& model,
                                   const Backbone& backbone, const std::string& enrol);

}  // namespace kface
