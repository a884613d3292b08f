#include <cstdio>

#include "base/files.h"
#include "commands.h"
#include "dataset_job.h"
#include "experiment/evaluate.h"
#include "verify/verifier.h"

namespace kface::cli {
namespace {

constexpr std::uintmax_t kMaxListBytes = std::uintmax_t{1} << 30U;

struct EvaluateArguments {
  std::string model;
  std::string dataset;
  std::string backbone = "dlib-resnet";
  std::string pairs;
  EvaluateOptions options;
};

std::string percent(const Json& estimate) {
  if (estimate.is_null()) {
    return "too few pairs";
  }
  char text[96];
  const double value = estimate["value"].get<double>() * 100;
  if (estimate.contains("ci95") && !estimate["ci95"].is_null()) {
    std::snprintf(text, sizeof(text), "%.3f %%  [%.3f, %.3f]", value,
                  estimate["ci95"][0].get<double>() * 100, estimate["ci95"][1].get<double>() * 100);
  } else {
    std::snprintf(text, sizeof(text), "%.3f %%", value);
  }
  return text;
}

void print_line(const char* what, const std::string& value) {
  std::printf("%-34s %s\n", what, value.c_str());
}

void print_evaluation(const Json& json) {
  std::printf("model %s (%s), %s same and %s different pairs of %s people, %s images refused\n",
              json["model"].get<std::string>().c_str(), json["recipe"].get<std::string>().c_str(),
              json["num_same"].dump().c_str(), json["num_different"].dump().c_str(),
              json["num_identities"].dump().c_str(), json["num_rejected"].dump().c_str());
  print_line("equal error rate", percent(json["eer"]));
  for (const auto& [far, tar] : json["tar_at_far"].items()) {
    print_line(("true accepts at FAR " + far).c_str(), percent(tar));
  }
  char threshold[64];
  std::snprintf(threshold, sizeof(threshold),
                "at the model's threshold %.4f:", json["threshold"].get<double>());
  std::printf("%s\n", threshold);
  print_line("  accuracy", percent(json["accuracy"]));
  print_line("  false-accept rate", percent(json["far_at_threshold"]));
  print_line("overlap, 400 + 400 pairs", percent(json["overlap"]));
  if (json.contains("view2")) {
    char text[96];
    std::snprintf(
        text, sizeof(text), "%.2f %% +- %.2f (%s of %s pairs lack an image: counted wrong)",
        json["view2"]["accuracy"].get<double>() * 100,
        json["view2"]["standard_error"].get<double>() * 100,
        json["view2"]["num_missing"].dump().c_str(), json["view2"]["num_pairs"].dump().c_str());
    print_line("accuracy over folds (View 2)", text);
  }
}

Result<Json> evaluate(const Globals& globals, const EvaluateArguments& arguments) {
  KF_ASSIGN(const OpenedModel opened,
            open_model(arguments.model, arguments.backbone, models_folder(globals)));
  const std::filesystem::path dataset = arguments.dataset;
  KF_ASSIGN(const Manifest manifest, read_manifest(dataset));
  KF_ASSIGN(const FeatureSet set,
            load_or_extract(dataset, manifest, *opened.backbone, job_context(globals, "extract")));
  const JobContext context = job_context(globals, "evaluate");
  if (arguments.pairs.empty()) {
    return evaluate_all_pairs(set, manifest, opened.model, opened.name, arguments.options, context);
  }
  KF_ASSIGN(const std::string text, read_text(arguments.pairs, kMaxListBytes));
  KF_ASSIGN(const PairList list, parse_pair_list(text, arguments.pairs));
  return evaluate_pair_list(set, manifest, opened.model, opened.name, list, arguments.options,
                            context);
}

int run_evaluate(const Globals& globals, const EvaluateArguments& arguments) {
  const auto json = evaluate(globals, arguments);
  if (!json.ok()) {
    return report_error(json.error());
  }
  if (globals.json) {
    std::printf("%s", record_text(json.value()).c_str());
  } else {
    print_evaluation(json.value());
  }
  return kSuccess;
}

}  // namespace

void add_evaluate_command(CLI::App& app, Globals& globals) {
  const auto arguments = std::make_shared<EvaluateArguments>();
  CLI::App* command =
      add_command(app, globals, "evaluate", "Measure a model on a dataset, with 95 % intervals",
                  "  kface evaluate staff.kface data                    all pairs\n"
                  "  kface evaluate frozen lfw --pairs pairs.txt        LFW View 2",
                  [&globals, arguments] { return run_evaluate(globals, *arguments); });
  command
      ->add_option("MODEL", arguments->model, "model file, or 'frozen' for the backbone as it is")
      ->required();
  command->add_option("DS", arguments->dataset, "dataset folder")->required();
  command->add_option("--backbone", arguments->backbone, "backbone of the model 'frozen'")
      ->capture_default_str();
  command->add_option("--pairs", arguments->pairs,
                      "list of pairs: LFW's pairs.txt, or lines of id, id, 1 or 0");
  visit_evaluate_options(arguments->options, OptionAdder(*command));
}

}  // namespace kface::cli
