#include <cstdio>

#include "base/files.h"
#include "commands.h"
#include "dataset_job.h"
#include "experiment/protocol_score.h"
#include "experiment/published_results.h"
#include "model_arguments.h"
#include "protocol_commands.h"
#include "run_output.h"

namespace kface::cli {
namespace {

constexpr std::uintmax_t kMaxListBytes = std::uintmax_t{1} << 30U;

struct ScoreArguments {
  std::string dataset;
  ModelArguments model;
  std::string pairs;
  std::string output;
  ProtocolScoreOptions options;
};

void print_rows(const Json& rows, const Json& columns) {
  for (const Json& row : rows) {
    std::printf("%-34s", row["model"].get<std::string>().c_str());
    for (const Json& column : columns) {
      const auto found = row["accuracy"].find(column.get<std::string>());
      if (found == row["accuracy"].end()) {
        std::printf(" %7s", "-");
      } else {
        std::printf(" %7.2f", found->get<double>());
      }
    }
    const auto training = row["training"].get<std::string>();
    std::printf("  %s%s%s\n", training.c_str(), training.empty() ? "" : "; ",
                row["rule"]["en"].get<std::string>().c_str());
  }
}

void print_score(const Json& record) {
  const Json& protocol = record["protocol"];
  const Json& columns = protocol["published"]["columns"];
  std::printf("%-34s", "accuracy, %");
  for (const Json& column : columns) {
    std::printf(" %7s", column.get<std::string>().c_str());
  }
  std::printf("\n");
  print_rows(protocol["ours"], columns);
  print_rows(protocol["published"]["rows"], columns);
  for (const Json& note : protocol["notes"]) {
    std::printf("%s\n", note["en"].get<std::string>().c_str());
  }
}

Result<Json> score(const Globals& globals, const ScoreArguments& arguments) {
  KF_ASSIGN(const std::string text, read_text(arguments.pairs, kMaxListBytes));
  KF_ASSIGN(const PairList list, parse_pair_list(text, arguments.pairs));
  KF_ASSIGN(const OpenedModel opened, open_model(globals, arguments.model));
  KF_ASSIGN(const Manifest manifest, read_manifest(arguments.dataset));
  KF_ASSIGN(const FeatureSet set,
            measured_features(globals, arguments.dataset, manifest, *opened.backbone));
  KF_ASSIGN(
      const Json record,
      run_protocol_score(set, manifest, *opened.backbone, opened.model, opened.name, this_program(),
                         list, arguments.options, job_context(globals, "score")));
  if (!arguments.output.empty()) {
    KF_TRY(write_run(arguments.output, record, arguments.dataset));
  }
  return record;
}

int run_score(const Globals& globals, const ScoreArguments& arguments) {
  const auto record = score(globals, arguments);
  if (!record.ok()) {
    return report_error(record.error());
  }
  if (globals.json) {
    std::printf("%s", record_text(record.value()).c_str());
    return kSuccess;
  }
  print_score(record.value());
  if (!arguments.output.empty()) {
    std::printf("%s/report.html\n", arguments.output.c_str());
  }
  return kSuccess;
}

}  // namespace

void add_protocol_score_command(CLI::App& protocol, Globals& globals) {
  const auto arguments = std::make_shared<ScoreArguments>();
  CLI::App* command = add_command(
      protocol, globals, "score", "Measure a model by a published rule, beside published results",
      "  kface protocol score lfw -m frozen --pairs pairs.txt --published lfw -o run\n"
      "  kface protocol score korean -m staff.kface --pairs q4.txt --published Q4",
      [&globals, arguments] { return run_score(globals, *arguments); });
  command->add_option("DS", arguments->dataset, "dataset folder, as 'kface import' makes it")
      ->required();
  add_model_arguments(*command, arguments->model);
  command->add_option("--pairs", arguments->pairs, "list of pairs, as for 'kface evaluate'")
      ->required();
  command
      ->add_option("--published", arguments->options.published,
                   "whose rule and results: LFW's View 2, or a list of K-FACE")
      ->check(CLI::IsMember(published_protocols()))
      ->required();
  command->add_option("-o,--output", arguments->output,
                      "folder for results.json and report.html; else only printed");
  visit_evaluate_options(arguments->options.evaluate, OptionAdder(*command));
}

}  // namespace kface::cli
