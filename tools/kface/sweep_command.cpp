#include <cstdio>

#include "commands.h"
#include "dataset_job.h"
#include "experiment/real_rows.h"
#include "experiment/sweep.h"
#include "run_output.h"

namespace kface::cli {
namespace {

struct SweepArguments {
  DatasetArguments dataset;
  std::string output;
  SweepOptions options;
};

double value_of(const Json& metric) {
  return metric.is_object() ? metric["value"].get<double>() : metric.get<double>();
}

void print_results(const Json& results, const char* title) {
  std::printf("%s\n%-7s %-11s %7s %9s %7s %8s %10s %8s\n", title, "n:p", "split", "images",
              "accuracy", "loss", "overlap", "threshold", "EER");
  for (const auto& row : results) {
    std::printf("%-7s %-11s %7d %9.3f %7.3f %8.3f %10.3f %6.2f %%\n",
                row["ratio"].get<std::string>().c_str(), row["split"].get<std::string>().c_str(),
                row["images_per_person"].get<int>(), value_of(row["accuracy"]),
                value_of(row["loss"]), value_of(row["overlap"]), value_of(row["threshold"]),
                value_of(row["eer"]) * 100);
  }
}

void print_summary(const Json& record, const SweepTimes& times, double extract_seconds,
                   double write_seconds) {
  print_results(record["ratios"], "A. Ratio of different-person to same-person pairs");
  print_results(record["images"], "B. Images a person");
  for (const auto& skipped : record["skipped"]) {
    std::printf("left out: %s images a person: %s\n", skipped["images_per_person"].dump().c_str(),
                skipped["reason"].get<std::string>().c_str());
  }
  std::printf("frozen network, the same unseen people: overlap %.3f, EER %.2f %%\n",
              value_of(record["frozen"]["overlap"]), value_of(record["frozen"]["eer"]) * 100);
  std::printf(
      "features %.1f s, experiment A %.1f s, experiment B %.1f s, conditions %.1f s, "
      "report %.1f s\n",
      extract_seconds, times.ratios, times.images, times.conditions, write_seconds);
}

int run_sweep_command(const Globals& globals, const SweepArguments& arguments) {
  auto opened = open_dataset(globals, arguments.dataset);
  if (!opened.ok()) {
    return report_error(opened.error());
  }
  opened.value().features =
      without_simulated(std::move(opened.value().features), opened.value().manifest);
  const OpenedDataset& data = opened.value();
  SweepTimes times;
  const auto record =
      run_sweep(data.features, data.manifest, *data.backbone, this_program(), arguments.options,
                job_context(globals, "sweep"), now_seconds, times);
  if (!record.ok()) {
    return report_error(record.error());
  }
  const double start = now_seconds();
  const Status written = write_run(arguments.output, record.value(), data.path);
  if (!written.ok()) {
    return report_error(written);
  }
  if (globals.json) {
    std::printf("%s", record_text(record.value()).c_str());
  } else {
    print_summary(record.value(), times, data.extract_seconds, now_seconds() - start);
    std::printf("%s/report.html\n", arguments.output.c_str());
  }
  return kSuccess;
}

}  // namespace

void add_sweep_command(CLI::App& app, Globals& globals) {
  const auto arguments = std::make_shared<SweepArguments>();
  CLI::App* command =
      add_command(app, globals, "sweep",
                  "The paper's two experiments: nine pair ratios, then 5 and 10 images a person",
                  "  kface sweep data -o run                     run/report.html shows it all\n"
                  "  kface sweep data -o run --images 4 --more-images 8",
                  [&globals, arguments] { return run_sweep_command(globals, *arguments); });
  add_dataset_arguments(*command, arguments->dataset);
  command
      ->add_option("-o,--output", arguments->output,
                   "folder for report.html, results.json, ratios.csv and images.csv")
      ->required();
  visit_sweep_options(arguments->options, OptionAdder(*command));
}

}  // namespace kface::cli
