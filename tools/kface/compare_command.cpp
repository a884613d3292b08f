#include <cstdio>

#include "commands.h"
#include "dataset_job.h"
#include "experiment/compare.h"
#include "run_output.h"

namespace kface::cli {
namespace {

struct CompareArguments {
  DatasetArguments dataset;
  std::string output;
  CompareOptions options;
};

std::string percent_spread(const Json& spread) {
  if (spread.is_null()) {
    return "too few pairs";
  }
  char text[64];
  const double mean = spread["mean"].get<double>() * 100;
  if (spread["sd"].is_null()) {
    std::snprintf(text, sizeof(text), "%.2f %%", mean);
  } else {
    std::snprintf(text, sizeof(text), "%.2f %% +- %.2f", mean, spread["sd"].get<double>() * 100);
  }
  return text;
}

void print_table(const Json& record) {
  std::printf("%d random halves without a common person: fitted on %zu people, measured on %zu\n",
              record["num_splits"].get<int>(),
              record["split"]["num_fit_identities"].get<std::size_t>(),
              record["split"]["num_test_identities"].get<std::size_t>());
  std::printf("%-14s %-18s %-20s %-20s %s\n", "recipe", "EER", "TAR at FAR 1e-2", "TAR at FAR 1e-3",
              "overlap");
  for (const auto& recipe : record["recipes"]) {
    std::printf("%-14s %-18s %-20s %-20s %s\n", recipe["name"].get<std::string>().c_str(),
                percent_spread(recipe["eer"]).c_str(),
                percent_spread(recipe["tar_at_far"]["0.01"]).c_str(),
                percent_spread(recipe["tar_at_far"]["0.001"]).c_str(),
                percent_spread(recipe["overlap"]).c_str());
  }
}

int run_compare_command(const Globals& globals, const CompareArguments& arguments) {
  const auto opened = open_dataset(globals, arguments.dataset);
  if (!opened.ok()) {
    return report_error(opened.error());
  }
  const OpenedDataset& data = opened.value();
  const double start = now_seconds();
  const auto record = run_compare(data.features, data.manifest, *data.backbone, this_program(),
                                  arguments.options, job_context(globals, "compare"));
  if (!record.ok()) {
    return report_error(record.error());
  }
  if (globals.json) {
    std::printf("%s", record_text(record.value()).c_str());
  } else {
    print_table(record.value());
    std::printf("features %.1f s, fits and measurements %.1f s\n", data.extract_seconds,
                now_seconds() - start);
  }
  if (arguments.output.empty()) {
    return kSuccess;
  }
  const Status written = write_run(arguments.output, record.value(), data.path);
  if (!written.ok()) {
    return report_error(written);
  }
  if (!globals.json) {
    std::printf("%s/report.html\n", arguments.output.c_str());
  }
  return kSuccess;
}

}  // namespace

void add_compare_command(CLI::App& app, Globals& globals) {
  const auto arguments = std::make_shared<CompareArguments>();
  CLI::App* command =
      add_command(app, globals, "compare", "Recipes side by side on people never seen",
                  "  kface compare data --recipes frozen,paper --splits 20\n"
                  "  kface compare data -o run                   also writes run/report.html",
                  [&globals, arguments] { return run_compare_command(globals, *arguments); });
  add_dataset_arguments(*command, arguments->dataset);
  command->add_option("-o,--output", arguments->output,
                      "folder for results.json and report.html; else only printed");
  visit_compare_options(arguments->options, OptionAdder(*command));
}

}  // namespace kface::cli
