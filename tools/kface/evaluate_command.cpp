#include <cstdio>

#include "base/files.h"
#include "commands.h"
#include "dataset_job.h"
#include "evaluate_output.h"
#include "experiment/evaluate.h"
#include "experiment/protocol_score.h"
#include "experiment/scores_export.h"
#include "run_output.h"
#include "verify/verifier.h"

namespace kface::cli {
namespace {

constexpr std::uintmax_t kMaxListBytes = std::uintmax_t{1} << 30U;

struct EvaluateArguments {
  std::string model;
  std::string dataset;
  std::string backbone = "dlib-resnet";
  std::string pairs;
  std::string against;
  std::string against_backbone;
  std::string scores_out;
  std::string output;
  EvaluateOptions options;
};

// A model, its features of the dataset, and what it says of the pairs.
struct Scored {
  OpenedModel opened;
  FeatureSet set;
  ScoredPairs scores;
};

Result<Scored> score(const Globals& globals, const std::string& model, const std::string& backbone,
                     const std::filesystem::path& dataset, const Manifest& manifest,
                     const std::optional<PairList>& list) {
  Scored scored;
  KF_ASSIGN(scored.opened, open_model(model, backbone, models_folder(globals)));
  KF_ASSIGN(scored.set, measured_features(globals, dataset, manifest, *scored.opened.backbone));
  if (list) {
    KF_ASSIGN(scored.scores, score_pair_list(scored.set, manifest, scored.opened.model, *list));
  } else {
    KF_ASSIGN(scored.scores,
              score_all_pairs(scored.set, scored.opened.model, job_context(globals, "score")));
  }
  return scored;
}

// The name of a model in the sentence: two frozen networks differ by their backbones alone.
std::string shown_name(const OpenedModel& opened, const OpenedModel& other) {
  return opened.name == other.name ? opened.name + " " + opened.backbone->info().id : opened.name;
}

Result<Json> evaluate(const Globals& globals, const EvaluateArguments& arguments) {
  const std::filesystem::path dataset = arguments.dataset;
  KF_ASSIGN(const Manifest manifest, read_manifest(dataset));
  std::optional<PairList> list;
  if (!arguments.pairs.empty()) {
    KF_ASSIGN(const std::string text, read_text(arguments.pairs, kMaxListBytes));
    KF_ASSIGN(list, parse_pair_list(text, arguments.pairs));
  }
  KF_ASSIGN(const Scored a,
            score(globals, arguments.model, arguments.backbone, dataset, manifest, list));
  const JobContext context = job_context(globals, "evaluate");
  KF_ASSIGN(Json json, evaluate_scores(a.scores, a.set, manifest, a.opened.model, a.opened.name,
                                       arguments.options, context));
  if (!arguments.scores_out.empty()) {
    KF_TRY(write_scores(arguments.scores_out, a.scores, a.set, manifest));
  }
  if (!arguments.against.empty()) {
    const std::string& backbone =
        arguments.against_backbone.empty() ? arguments.backbone : arguments.against_backbone;
    KF_ASSIGN(const Scored b, score(globals, arguments.against, backbone, dataset, manifest, list));
    KF_ASSIGN(json["comparison"],
              compare_scores(a.scores, shown_name(a.opened, b.opened), b.scores,
                             shown_name(b.opened, a.opened), arguments.options, context));
  }
  if (!arguments.output.empty()) {
    Json recorded = Json::object();
    visit_evaluate_options(arguments.options, OptionRecorder(recorded));
    KF_TRY(write_run(
        arguments.output,
        evaluate_record(this_program(), recorded, manifest, a.opened.backbone->info(), json),
        dataset));
  }
  return json;
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
    if (!arguments.output.empty()) {
      std::printf("%s/report.html\n", arguments.output.c_str());
    }
  }
  return kSuccess;
}

}  // namespace

void add_evaluate_command(CLI::App& app, Globals& globals) {
  const auto arguments = std::make_shared<EvaluateArguments>();
  CLI::App* command =
      add_command(app, globals, "evaluate",
                  "Measure a model on a dataset, with 95 % intervals, alone or against another",
                  "  kface evaluate staff.kface data                    all pairs\n"
                  "  kface evaluate frozen lfw --pairs pairs.txt        LFW View 2\n"
                  "  kface evaluate staff.kface data --against frozen   better, worse, cannot tell",
                  [&globals, arguments] { return run_evaluate(globals, *arguments); });
  command
      ->add_option("MODEL", arguments->model, "model file, or 'frozen' for the backbone as it is")
      ->required();
  command->add_option("DS", arguments->dataset, "dataset folder")->required();
  command->add_option("--backbone", arguments->backbone, "backbone of the model 'frozen'")
      ->capture_default_str();
  command->add_option("--pairs", arguments->pairs,
                      "list of pairs: LFW's pairs.txt, or lines of id, id, 1 or 0");
  auto* against = command->add_option("--against", arguments->against,
                                      "another model file, or 'frozen', compared with on the same "
                                      "pairs; needs --bootstrap");
  command
      ->add_option("--against-backbone", arguments->against_backbone,
                   "backbone of --against frozen (else that of --backbone)")
      ->needs(against);
  command->add_option("-o,--output", arguments->output,
                      "folder for results.json and report.html; else only printed");
  command->add_option("--scores-out", arguments->scores_out,
                      "folder for the scores as text, for PyEER and Bob (docs/formats/scores.md)");
  visit_evaluate_options(arguments->options, OptionAdder(*command));
}

}  // namespace kface::cli
