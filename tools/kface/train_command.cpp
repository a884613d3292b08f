#include <algorithm>
#include <cstdio>

#include "base/files.h"
#include "commands.h"
#include "dataset_job.h"
#include "experiment/train.h"
#include "train_output.h"

namespace kface::cli {
namespace {

constexpr int kTimedFaces = 5;
constexpr std::uint8_t kGrey = 128;

struct TrainArguments {
  DatasetArguments dataset;
  std::string output;
  ModelOptions options;
};

// Median time of one face on all threads, for each kind of view.
Result<std::vector<double>> time_views(const OpenedViews& data, unsigned threads) {
  std::vector<double> times;
  for (const auto& backbone : data.backbones) {
    KF_ASSIGN(const auto extractor, backbone->make_extractor({.threads = threads, .batch = 1}));
    const int side = backbone->info().chip_size;
    const auto bytes = static_cast<std::size_t>(side) * static_cast<std::size_t>(side) * 3;
    const Image chip{side, side, std::vector<std::uint8_t>(bytes, kGrey)};
    std::vector<float> feature(backbone->info().feature_dim);
    std::vector<double> each;
    for (int i = 0; i < kTimedFaces; ++i) {
      const double start = now_seconds();
      KF_TRY(extractor->extract(std::span(&chip, 1), feature));
      each.push_back((now_seconds() - start) * 1000);
    }
    std::sort(each.begin(), each.end());
    times.push_back(each[each.size() / 2]);
  }
  return times;
}

int run_train(const Globals& globals, const TrainArguments& arguments) {
  const auto opened = open_views(globals, arguments.dataset,
                                 parse_views(arguments.options.views, arguments.options.recipe));
  if (!opened.ok()) {
    return report_error(opened.error());
  }
  const OpenedViews& data = opened.value();
  const double start = now_seconds();
  const auto trained = train_model(data.views, data.manifest, this_program(), arguments.options,
                                   job_context(globals, "train"));
  if (!trained.ok()) {
    return report_error(trained.error());
  }
  const double seconds = now_seconds() - start;
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
    const auto view_ms = time_views(data, globals.threads);
    if (!view_ms.ok()) {
      return report_error(view_ms.error());
    }
    print_choice(trained.value(), view_ms.value());
    print_trained(arguments.output, trained.value(), seconds);
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
