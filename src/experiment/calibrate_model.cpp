#include "experiment/calibrate_model.h"

namespace kface {

std::vector<Precision> allowed_precisions(const std::string& word) {
  if (word == "auto") {
    return {Precision::kF32, Precision::kBf16, Precision::kInt8};
  }
  const auto parsed = parse_precision(word);
  KF_REQUIRE(parsed.has_value(), word);
  return {*parsed};
}

Json trials_json(const PrecisionChoice& choice) {
  Json trials = Json::array();
  for (const PrecisionTrial& trial : choice.tried) {
    trials.push_back({{"precision", precision_name(trial.precision)},
                      {"plan", trial.name},
                      {"ms", trial.ms},
                      {"lowest_cosine", trial.lowest_cosine}});
  }
  return trials;
}

Result<CalibratedModel> calibrate_model(const Model& model, const EngineBackbone& backbone,
                                        std::span<const float> inputs,
                                        const CalibrateOptions& options,
                                        const JobContext& context) {
  KF_ASSIGN(const CalibratedChoice found,
            calibrate_and_choose(backbone, inputs, allowed_precisions(options.precision),
                                 static_cast<std::size_t>(options.batch), context));
  const PrecisionChoice& choice = found.choice;
  const PrecisionTrial& best = choice.best();
  CalibratedModel calibrated{.model = model, .result = {}};
  EngineChoice engine{.precision = best.precision, .plan = best.plan};
  engine.lowest_cosine = best.lowest_cosine;
  if (best.precision == Precision::kInt8) {
    engine.calibration = found.calibration->calibration;
    engine.rule = found.calibration->rule;
  }
  calibrated.model.engine = engine;
  calibrated.result = {{"precision", precision_name(best.precision)},
                       {"plan", best.name},
                       {"rule", engine.rule},
                       {"faces", inputs.size() / backbone.network().input.size()},
                       {"tried", trials_json(choice)}};
  return calibrated;
}

}  // namespace kface
