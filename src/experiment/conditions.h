// A model measured by condition: lux, light direction, accessory, expression, pose, quality; and
// what a recipe is worth that saw one condition alone.
#pragma once

#include <map>
#include <string>

#include "backbone/feature_set.h"
#include "base/parallel.h"
#include "experiment/condition_heat_map.h"
#include "experiment/record.h"
#include "head/model_file.h"
#include "kface/status.h"

namespace kface {

struct ConditionsOptions {
  std::string attributes;  // comma-separated; empty: all that there are
  std::string reference;   // "lux=1000,accessory=none"
  int bootstrap = 1000;    // resamples of people for each interval; 0: none
  HeatMapOptions heat_map;
};

template <typename Options, typename Visitor>
void visit_conditions_options(Options& o, Visitor&& field) {
  field("conditions.attributes", o.attributes, AnyText{},
        "attributes to look at, comma-separated, quality_sharpness and the like among them; empty "
        "for all of 2 to 40 values");
  field("conditions.reference", o.reference, AnyText{},
        "condition that others are held against, such as lux=1000,accessory=none; else that of a "
        "passport photo, or the most frequent");
  field("conditions.bootstrap", o.bootstrap, Range{0, 100000},
        "resamples of people for each 95 % interval; 0 for none, else at least 40");
  field("conditions.recipe", o.heat_map.recipe, AnyText{},
        "recipe of the heat map: fitted on one condition of one half of the people, measured on "
        "every condition of the other half");
  field("conditions.splits", o.heat_map.splits, Range{0, 10000},
        "random halves that the heat map is the mean over; 0 for no heat map");
  visit_recipe_options(o.heat_map.fit, field);
}

// The run record of kind "conditions" (docs/formats/run-record.md): for each attribute a row for
// each value and way of pairing, and the heat map. Distances are the model's own.
//
// Ensures: the same record for the same features, model and options, whatever the number of
//          threads. A figure that too few pairs support is null, and its row says why.
// Errors:  those of condition_groups and parse_references; kInvalidArgument (unknown recipe, one
//          person only), kInterrupted.
Result<Json> run_conditions(const FeatureSet& set, const Manifest& manifest,
                            const Backbone& backbone, const Model& model,
                            const std::string& model_name, const Program& program,
                            const ConditionsOptions& options, const JobContext& context);

// "lux=1000,accessory=none" -> {lux: 1000, accessory: none}.
// Errors: kInvalidArgument: a part without '=', an empty name or value, a name given twice.
Result<std::map<std::string, std::string>> parse_references(const std::string& text);

}  // namespace kface
