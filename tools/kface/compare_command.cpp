#include <algorithm>
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

// " [1.20, 2.31]", nothing without an interval.
std::string percent_interval(const Json& spread) {
  if (spread.is_null() || !spread.contains("ci95")) {
    return "";
  }
  char text[64];
  std::snprintf(text, sizeof(text), " [%.2f, %.2f]", spread["ci95"][0].get<double>() * 100,
                spread["ci95"][1].get<double>() * 100);
  return text;
}

// "calibrated 0.10 0.05 (12 of 20), frozen (8 of 20)"
std::string counts_text(const Json& counts) {
  int total = 0;
  for (const auto& [what, count] : counts.items()) {
    total += count.get<int>();
  }
  std::string text;
  for (const auto& [what, count] : counts.items()) {
    text += (text.empty() ? "" : ", ") + what + " (" + count.dump() + " of " +
            std::to_string(total) + ")";
  }
  return text;
}

void print_table(const Json& record) {
  std::printf("%d random halves without a common person: fitted on %zu people, measured on %zu\n",
              record["num_splits"].get<int>(),
              record["split"]["num_fit_identities"].get<std::size_t>(),
              record["split"]["num_test_identities"].get<std::size_t>());
  std::printf("%.2f %% of the photos were refused at import and are in no figure\n",
              record["failure_to_acquire"].get<double>() * 100);
  std::printf("%-18s %-34s %-20s %-20s %s\n", "recipe", "EER +- sd over halves [95 %]",
              "TAR at FAR 1e-2", "TAR at FAR 1e-3", "overlap");
  for (const auto& recipe : record["recipes"]) {
    std::printf("%-18s %-34s %-20s %-20s %s\n", recipe["name"].get<std::string>().c_str(),
                (percent_spread(recipe["eer"]) + percent_interval(recipe["eer"])).c_str(),
                percent_spread(recipe["tar_at_far"]["0.01"]).c_str(),
                percent_spread(recipe["tar_at_far"]["0.001"]).c_str(),
                percent_spread(recipe["overlap"]).c_str());
  }
  for (const auto& recipe : record["recipes"]) {
    if (recipe["name"] == "auto") {
      std::printf("auto took %s, views %s\n", counts_text(recipe["chosen"]).c_str(),
                  counts_text(recipe["views"]).c_str());
    }
  }
  for (const auto& finding : record.value("findings", Json::array())) {
    std::printf("%s\n", finding["en"].get<std::string>().c_str());
  }
}

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
