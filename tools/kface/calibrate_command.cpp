#include <cstdio>

#include "commands.h"
#include "dataset_job.h"
#include "experiment/calibrate_model.h"
#include "model_arguments.h"

namespace kface::cli {
namespace {

struct CalibrateArguments {
  std::string dataset;
  ModelArguments model;
  std::string output;
  CalibrateOptions options;
};

Result<CalibratedModel> calibrate(const Globals& globals, const CalibrateArguments& arguments) {
  KF_ASSIGN(const OpenedModel opened, open_model(globals, arguments.model, Precision::kF32));
  const EngineBackbone* engine = opened.backbone->engine_backbone();
  if (engine == nullptr) {
    return Status{ErrorCode::kInvalidArgument,
                  opened.model.backbone + " is not computed by our engine but by " +
                      opened.backbone->info().engine + "; there is nothing to choose"};
  }
  KF_ASSIGN(const Manifest manifest, read_manifest(arguments.dataset));
  KF_ASSIGN(const auto inputs, read_inputs(arguments.dataset, manifest, *engine,
                                           static_cast<std::size_t>(arguments.options.faces)));
  KF_ASSIGN(CalibratedModel calibrated,
            calibrate_model(opened.model, *engine, inputs, arguments.options,
                            job_context(globals, "calibrate")));
  KF_TRY(write_model(arguments.output, calibrated.model));
  return calibrated;
}

int run_calibrate(const Globals& globals, const CalibrateArguments& arguments) {
  const auto calibrated = calibrate(globals, arguments);
  if (!calibrated.ok()) {
    return report_error(calibrated.error());
  }
  const Json& result = calibrated.value().result;
  if (globals.json) {
    std::printf("%s\n", result.dump(2).c_str());
    return kSuccess;
  }
  for (const auto& trial : result["tried"]) {
    std::printf("%-5s %-28s %8.2f ms, lowest cosine with f32 %.5f\n",
                trial["precision"].get<std::string>().c_str(),
                trial["plan"].get<std::string>().c_str(), trial["ms"].get<double>(),
                trial["lowest_cosine"].get<double>());
  }
  std::printf(
      "%s  computes in %s (%s), chosen on %zu faces; 'kface evaluate' tells what it costs\n",
      arguments.output.c_str(), result["precision"].get<std::string>().c_str(),
      result["plan"].get<std::string>().c_str(), result["faces"].get<std::size_t>());
  return kSuccess;
}

}  // namespace

void add_calibrate_command(CLI::App& app, Globals& globals) {
  const auto arguments = std::make_shared<CalibrateArguments>();
  CLI::App* command = add_command(
      app, globals, "calibrate",
      "Choose the arithmetic of a model's backbone by timing it here, on these faces",
      "  kface calibrate data -m staff.kface -o fast.kface       the fastest that keeps its "
      "features\n"
      "  kface calibrate data -m frozen --backbone vgg-face -o vgg-int8.kface --precision int8",
      [&globals, arguments] { return run_calibrate(globals, *arguments); });
  command->add_option("DS", arguments->dataset, "dataset folder, as 'kface import' makes it")
      ->required();
  add_model_arguments(*command, arguments->model);
  command->add_option("-o,--output", arguments->output, "model file to write")->required();
  visit_calibrate_options(arguments->options, OptionAdder(*command));
}

}  // namespace kface::cli
