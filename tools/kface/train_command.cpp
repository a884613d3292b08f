#include <algorithm>
#include <cstdio>

#include "base/files.h"
#include "commands.h"
#include "dataset_job.h"
#include "experiment/train.h"

namespace kface::cli {
namespace {

constexpr int kTimedFaces = 5;
constexpr std::uint8_t kGrey = 128;

std::string percent(double rate) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.2f %%", rate * 100);
  return text;
}

struct TrainArguments {
  DatasetArguments dataset;
  std::string output;
  ModelOptions options;
};

// What was tried, and how long a face takes with each kind of view on this machine.
void print_choice(const TrainedModel& trained, const std::vector<double>& view_ms) {
  const Json& choice = trained.record["choice"];
  for (std::size_t i = 0; i < choice["views"].size(); ++i) {
    const Json& views = choice["views"][i];
    const std::string missed =
        views["miss_rate"].is_null() ? "not measured" : percent(views["miss_rate"].get<double>());
    std::printf("  %-26s %5.1f ms a face here, misses %s%s\n",
                views["backbone"].get<std::string>().c_str(), view_ms[i], missed.c_str(),
                views["chosen"].get<bool>() ? "  <- taken" : "");
  }
  for (const auto& tried : choice.value("tried", Json::array())) {
    std::printf("    %-24s misses %s%s\n", tried["candidate"].get<std::string>().c_str(),
                tried["miss_rate"].is_null() ? tried["problem"].get<std::string>().c_str()
                                             : percent(tried["miss_rate"].get<double>()).c_str(),
                tried["candidate"] == choice["chosen"] ? "  <- taken" : "");
  }
  if (choice.contains("gain_over_frozen")) {
    const Json& gain = choice["gain_over_frozen"];
    std::printf(
        "the best one misses %s fewer than frozen [%s, %s], d' %+.2f [%.2f, %.2f]: %s\n",
        percent(gain["miss_rate"].get<double>()).c_str(),
        percent(gain["ci90"][0].get<double>()).c_str(),
        percent(gain["ci90"][1].get<double>()).c_str(), gain["d_prime"].get<double>(),
        gain["d_prime_ci90"][0].get<double>(), gain["d_prime_ci90"][1].get<double>(),
        gain["beyond_doubt"].get<bool>() ? "beyond doubt" : "this may be chance, frozen is kept");
  }
  if (choice.contains("note")) {
    std::printf("nothing could be tried on people left out: %s\n",
                choice["note"].get<std::string>().c_str());
  }
}

void print_trained(const TrainArguments& arguments, const TrainedModel& trained, double seconds) {
  const Threshold& threshold = trained.model.threshold;
  const Json& metrics = trained.record["metrics"];
  std::printf("%s  %s, recipe %s on %s, %.1f s\n", arguments.output.c_str(),
              model_name(trained.model).c_str(), trained.model.recipe.c_str(),
              trained.model.backbone.c_str(), seconds);
  std::printf("threshold %.4f (%s): accepts %.3g %% of different-person pairs of %zu people%s\n",
              static_cast<double>(threshold.distance), threshold.rule.c_str(),
              threshold.far.value_or(0) * 100, threshold.num_people,
              threshold.unseen_people
                  ? " that the fit never saw"
                  : " that the fit HAS SEEN: others will be accepted more often");
  std::printf("equal error rate there %.2f %%\n", metrics["eer"]["value"].get<double>() * 100);
}

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
    print_trained(arguments, trained.value(), seconds);
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
