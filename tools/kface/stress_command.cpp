#include <cstdio>

#include "commands.h"
#include "experiment/stress.h"
#include "model_arguments.h"
#include "probe_output.h"

namespace kface::cli {
namespace {

struct StressArguments {
  ModelArguments model;
  std::string dataset;
  ProbeOptions options;
};

void print_stress(const Json& json) {
  std::printf("model %s (%s), threshold %.4f, %s images refused at import\n%s.\n",
              json["model"].get<std::string>().c_str(), json["recipe"].get<std::string>().c_str(),
              json["threshold"].get<double>(), json["num_rejected"].dump().c_str(),
              json["note"].get<std::string>().c_str());
  print_probe_head("pairs of a real image and");
  print_probe_line("a real image", json["real"]);
  for (const Json& entry : json["stress"]) {
    const std::string name = "SIMULATED " + entry["simulated"].get<std::string>();
    if (!entry["other_photo"].is_null()) {
      print_probe_line(name + " on another photo", entry["other_photo"]);
    }
    if (!entry["same_photo"].is_null()) {
      print_probe_line(name + " on the same photo", entry["same_photo"]);
    }
  }
}

Result<Json> stress(const Globals& globals, const StressArguments& arguments) {
  KF_ASSIGN(const OpenedModel opened, open_model(globals, arguments.model));
  const std::filesystem::path dataset = arguments.dataset;
  KF_ASSIGN(const Manifest manifest, read_manifest(dataset));
  KF_ASSIGN(const FeatureSet set,
            load_or_extract(dataset, manifest, *opened.backbone, job_context(globals, "extract")));
  return stress_model(set, manifest, opened.model, opened.name, arguments.options,
                      job_context(globals, "stress"));
}

int run_stress(const Globals& globals, const StressArguments& arguments) {
  const auto json = stress(globals, arguments);
  if (!json.ok()) {
    return report_error(json.error());
  }
  if (globals.json) {
    std::printf("%s", record_text(json.value()).c_str());
  } else {
    print_stress(json.value());
  }
  return kSuccess;
}

}  // namespace

void add_stress_command(CLI::App& app, Globals& globals) {
  const auto arguments = std::make_shared<StressArguments>();
  CLI::App* command =
      add_command(app, globals, "stress",
                  "Measure a model on SIMULATED images, by what was simulated, beside real ones",
                  "  kface simulate data -o more && kface stress more -m staff.kface",
                  [&globals, arguments] { return run_stress(globals, *arguments); });
  command->add_option("DS", arguments->dataset, "dataset folder, as 'kface simulate' makes it")
      ->required();
  add_model_arguments(*command, arguments->model);
  visit_probe_options(arguments->options, OptionAdder(*command));
}

}  // namespace kface::cli
