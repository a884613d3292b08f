// A model made fast on this machine: the arithmetic of its backbone chosen by timing, 8-bit limits
// found on given faces, both kept in the model file.
#pragma once

#include <string>

#include "backbone/precision_choice.h"
#include "base/options.h"
#include "experiment/record.h"
#include "head/model_file.h"

namespace kface {

struct CalibrateOptions {
  std::string precision = "auto";
  int faces = 256;
  int batch = 1;
};

// The option that says which precisions are allowed.
template <typename Word, typename Visitor>
void visit_precision(Word& precision, Visitor&& field) {
  field("precision", precision, Choices{{"auto", "f32", "bf16", "int8"}},
        "arithmetic: f32; bf16, the fastest without 8 bits; int8; auto, the fastest whose features "
        "keep a cosine of 0.995 with f32");
}

template <typename Options, typename Visitor>
void visit_calibrate_options(Options& o, Visitor&& field) {
  visit_precision(o.precision, field);
  field("faces", o.faces, Range{1, 100000}, "faces of the dataset to calibrate and compare on");
  field("batch", o.batch, Range{1, 1024}, "faces a forward pass when timing");
}

struct CalibratedModel {  // NOLINT(bugprone-exception-escape): nlohmann's move asserts only
  Model model;            // with `engine` set
  Json result;            // what was tried: precision, plan, ms, lowest cosine
};

// Precisions that `word` (one of the options' choices) allows. Requires: one of those words.
std::vector<Precision> allowed_precisions(const std::string& word);

// Requires: `backbone` is the model's, opened in float32; `inputs` as choose_precision.
// Errors:   those of calibrate_backbone and choose_precision.
Result<CalibratedModel> calibrate_model(const Model& model, const EngineBackbone& backbone,
                                        std::span<const float> inputs,
                                        const CalibrateOptions& options, const JobContext& context);

// [{"precision": ..., "plan": ..., "ms": ..., "lowest_cosine": ...}], fastest first.
Json trials_json(const PrecisionChoice& choice);

}  // namespace kface
