#include <cstdio>

#include "commands.h"
#include "dataset/simulate_dataset.h"
#include "dataset_job.h"

namespace kface::cli {
namespace {

struct SimulateArguments {
  std::string dataset;
  std::string output;
  SimulateOptions options;
};

void print_summary(const std::string& output, const SimulateSummary& summary, double seconds) {
  std::printf("%s: %s, and %s SIMULATED\n", output.c_str(),
              count_of(summary.num_real, "real image", "real images").c_str(),
              grouped_digits(summary.num_simulated).c_str());
  for (const auto& [name, count] : summary.simulated) {
    std::printf("%8zu  SIMULATED %s\n", count, name.c_str());
  }
  if (summary.num_too_few > 0) {
    std::printf("%8zu  real images on which no more could be drawn\n", summary.num_too_few);
  }
  std::printf("%.1f s\n", seconds);
}

int run_simulate(const Globals& globals, const SimulateArguments& arguments) {
  const double start = now_seconds();
  const auto summary = simulate_dataset(arguments.dataset, arguments.output, arguments.options,
                                        job_context(globals, "simulate"));
  if (!summary.ok()) {
    return report_error(summary.error());
  }
  const double seconds = now_seconds() - start;
  if (globals.json) {
    const Json json{{"num_real", summary.value().num_real},
                    {"num_simulated", summary.value().num_simulated},
                    {"num_too_few", summary.value().num_too_few},
                    {"simulated", summary.value().simulated},
                    {"data_digest", summary.value().digest},
                    {"seconds", seconds}};
    std::printf("%s\n", json.dump(2).c_str());
  } else {
    print_summary(arguments.output, summary.value(), seconds);
  }
  return kSuccess;
}

}  // namespace

void add_simulate_command(CLI::App& app, Globals& globals) {
  const auto arguments = std::make_shared<SimulateArguments>();
  CLI::App* command = add_command(
      app, globals, "simulate",
      "Add simulated images to a dataset: other light, glasses, masks drawn on its real ones, and "
      "marked as such",
      "  kface simulate data -o more\n"
      "  kface simulate data -o masks --kinds mask --per-image 1",
      [&globals, arguments] { return run_simulate(globals, *arguments); });
  command->add_option("DS", arguments->dataset, "dataset folder, as 'kface import' makes it")
      ->required();
  command->add_option("-o,--output", arguments->output, "folder of the new dataset")->required();
  visit_simulate_options(arguments->options, OptionAdder(*command));
}

}  // namespace kface::cli
