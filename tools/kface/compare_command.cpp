#include <algorithm>
#include <cstdio>

#include "commands.h"
#include "compare_output.h"
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

// All views that some recipe uses, cheapest first.
std::vector<Views> views_of(const std::vector<ComparedRecipe>& recipes) {
  std::vector<Views> used;
  for (const Views views : all_views()) {
    if (std::any_of(recipes.begin(), recipes.end(), [views](const ComparedRecipe& recipe) {
          return std::find(recipe.views.begin(), recipe.views.end(), views) != recipe.views.end();
        })) {
      used.push_back(views);
    }
  }
  return used;
}

int run_compare_command(const Globals& globals, const CompareArguments& arguments) {
  const auto recipes = parse_compared(arguments.options);
  if (!recipes.ok()) {
    return report_error(recipes.error());
  }
  const auto opened = open_views(globals, arguments.dataset, views_of(recipes.value()));
  if (!opened.ok()) {
    return report_error(opened.error());
  }
  const OpenedViews& data = opened.value();
  const double start = now_seconds();
  const auto record = run_compare(data.views, data.manifest, this_program(), arguments.options,
                                  job_context(globals, "compare"));
  if (!record.ok()) {
    return report_error(record.error());
  }
  if (globals.json) {
    std::printf("%s", record_text(record.value()).c_str());
  } else {
    print_comparison(record.value());
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
  CLI::App* command = add_command(
      app, globals, "compare", "Recipes side by side on people never seen",
      "  kface compare data                          frozen, calibrated, auto and the paper's\n"
      "  kface compare data --recipes frozen,frozen+jitter,calibrated+jitter\n"
      "  kface compare data -o run                   also writes run/report.html",
      [&globals, arguments] { return run_compare_command(globals, *arguments); });
  add_dataset_arguments(*command, arguments->dataset);
  command->add_option("-o,--output", arguments->output,
                      "folder for results.json and report.html; else only printed");
  visit_compare_options(arguments->options, OptionAdder(*command));
}

}  // namespace kface::cli
