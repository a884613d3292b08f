#include <cstdio>

#include "commands.h"
#include "dataset_job.h"
#include "evaluate_output.h"
#include "experiment/threshold.h"
#include "model_arguments.h"

namespace kface::cli {
namespace {

struct ThresholdArguments {
  ModelArguments model;
  std::string dataset;
  std::string output;
  ThresholdOptions options;
};

struct Outcome {  // NOLINT(bugprone-exception-escape): nlohmann's move asserts only
  OpenedModel opened;
  ChosenThreshold chosen;
};

Result<Outcome> choose(const Globals& globals, const ThresholdArguments& arguments) {
  Outcome outcome;
  KF_ASSIGN(outcome.opened, open_model(globals, arguments.model));
  const std::filesystem::path dataset = arguments.dataset;
  KF_ASSIGN(const Manifest manifest, read_manifest(dataset));
  KF_ASSIGN(const FeatureSet set,
            measured_features(globals, dataset, manifest, *outcome.opened.backbone));
  KF_ASSIGN(outcome.chosen, choose_threshold(set, manifest, outcome.opened.model,
                                             outcome.opened.name, *outcome.opened.backbone,
                                             arguments.options, job_context(globals, "threshold")));
  if (outcome.chosen.threshold && !arguments.output.empty()) {
    KF_ASSIGN(const Model model, with_threshold(outcome.opened.model, *outcome.chosen.threshold,
                                                manifest, this_program()));
    KF_TRY(write_model(arguments.output, model));
    outcome.chosen.record["written"] = arguments.output;
    outcome.chosen.record["written_model"] = model_name(model);
  }
  return outcome;
}

void print_at(const std::string& what, const Json& rates) {
  char text[96];
  std::snprintf(text, sizeof(text), "at %s %.4f:", what.c_str(), rates["threshold"].get<double>());
  std::printf("%s\n", text);
  print_line("  false-accept rate", percent_text(rates["far"]));
  print_line("  false-reject rate", percent_text(rates["frr"]));
}

void print_threshold(const Json& json) {
  std::printf("model %s (%s), %s different pairs of %s people; FAR %s needs %.0f\n",
              json["model"].get<std::string>().c_str(), json["recipe"].get<std::string>().c_str(),
              json["num_different"].dump().c_str(), json["num_identities"].dump().c_str(),
              json["far"].dump().c_str(), json["num_different_needed"].get<double>());
  if (json["supported"].get<bool>()) {
    print_line("threshold for FAR " + json["far"].dump(), number_text(json["threshold"]));
    print_line("  true-accept rate there", percent_text(json["tar"]));
  }
  print_at("the model's own threshold", json["model_threshold"]);
  if (!json["customary"].is_null()) {
    print_at("the frozen network's customary threshold", json["customary"]);
  }
  if (json.contains("written")) {
    std::printf("%s  %s\n", json["written"].get<std::string>().c_str(),
                json["written_model"].get<std::string>().c_str());
  }
}

int run_threshold(const Globals& globals, const ThresholdArguments& arguments) {
  const auto outcome = choose(globals, arguments);
  if (!outcome.ok()) {
    return report_error(outcome.error());
  }
  const ChosenThreshold& chosen = outcome.value().chosen;
  if (globals.json) {
    std::printf("%s", record_text(chosen.record).c_str());
  } else {
    print_threshold(chosen.record);
  }
  if (!chosen.warning.empty()) {
    std::fprintf(stderr, "kface: warning: %s\n", chosen.warning.c_str());
  }
  // Nothing was chosen and nothing written: what follows in a script must not go on.
  return chosen.threshold ? kSuccess : report_error({ErrorCode::kInvalidArgument, chosen.refusal});
}

}  // namespace

void add_threshold_command(CLI::App& app, Globals& globals) {
  const auto arguments = std::make_shared<ThresholdArguments>();
  CLI::App* command =
      add_command(app, globals, "threshold",
                  "The threshold for a stated false-accept rate on these people, with its interval",
                  "  kface threshold -m staff.kface data --far 1e-3\n"
                  "  kface threshold -m staff.kface data --far 1e-3 -o door.kface\n"
                  "Exit code 1, and nothing written, where the data cannot support that rate.",
                  [&globals, arguments] { return run_threshold(globals, *arguments); });
  add_model_arguments(*command, arguments->model);
  command->add_option("DS", arguments->dataset, "dataset folder")->required();
  command->add_option("-o,--output", arguments->output,
                      "the model with that threshold, a new file");
  visit_threshold_options(arguments->options, OptionAdder(*command));
}

}  // namespace kface::cli
