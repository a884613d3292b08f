#include <cstdio>

#include "base/files.h"
#include "commands.h"
#include "dataset_job.h"
#include "experiment/train.h"

namespace kface::cli {
namespace {

struct TrainArguments {
  DatasetArguments dataset;
  std::string output;
  ModelOptions options;
};

void print_trained(const TrainArguments& arguments, const TrainedModel& trained, double seconds) {
  const Threshold& threshold = trained.model.threshold;
  const Json& metrics = trained.record["metrics"];
  std::printf("%s  %s, recipe %s, %.1f s\n", arguments.output.c_str(),
              model_name(trained.model).c_str(), trained.model.recipe.c_str(), seconds);
  std::printf("threshold %.4f (%s): accepts %.3g %% of different-person pairs of %zu people%s\n",
              static_cast<double>(threshold.distance), threshold.rule.c_str(),
              threshold.far.value_or(0) * 100, threshold.num_people,
              threshold.unseen_people
                  ? " that the fit never saw"
                  : " that the fit HAS SEEN: others will be accepted more often");
  std::printf("equal error rate there %.2f %%\n", metrics["eer"]["value"].get<double>() * 100);
}

int run_train(const Globals& globals, const TrainArguments& arguments) {
  const auto opened = open_dataset(globals, arguments.dataset);
  if (!opened.ok()) {
    return report_error(opened.error());
  }
  const OpenedDataset& data = opened.value();
  const double start = now_seconds();
  const auto trained = train_model(data.features, data.manifest, *data.backbone, this_program(),
                                   arguments.options, job_context(globals, "train"));
  if (!trained.ok()) {
    return report_error(trained.error());
  }
  Status written = write_model(arguments.output, trained.value().model);
  if (written.ok()) {
    written = write_file_atomic(arguments.output + ".json", record_text(trained.value().record));
  }
  if (!written.ok()) {
    return report_error(written);
  }
  if (globals.json) {
    std::printf("%s", record_text(trained.value().record).c_str());
  } else {
    print_trained(arguments, trained.value(), now_seconds() - start);
  }
  return kSuccess;
}

}  // namespace

void add_train_command(CLI::App& app, Globals& globals) {
  const auto arguments = std::make_shared<TrainArguments>();
  CLI::App* command = add_command(
      app, globals, "train", "Fit a recipe on a dataset's people and choose its threshold",
      "  kface train data -o staff.kface                     the default recipe\n"
      "  kface train data -o as-is.kface --recipe frozen     no fit, a threshold for these people\n"
      "  kface train data -o paper.kface --recipe paper --ratio 9:1 --split pairs",
      [&globals, arguments] { return run_train(globals, *arguments); });
  add_dataset_arguments(*command, arguments->dataset);
  command
      ->add_option("-o,--output", arguments->output,
                   "model file; the run's record is written beside it, as FILE.json")
      ->required();
  visit_model_options(arguments->options, OptionAdder(*command));
}

}  // namespace kface::cli
