#include <cstdio>

#include "base/files.h"
#include "commands.h"
#include "conditions_output.h"
#include "dataset/attribute_table.h"
#include "dataset_job.h"
#include "experiment/conditions.h"
#include "model_arguments.h"
#include "run_output.h"

namespace kface::cli {
namespace {

constexpr std::uintmax_t kMaxTableBytes = std::uintmax_t{1} << 28U;

struct ConditionsArguments {
  std::string dataset;
  ModelArguments model;
  std::string table;
  std::string output;
  ConditionsOptions options;
};

Result<Json> conditions(const Globals& globals, const ConditionsArguments& arguments) {
  KF_ASSIGN(const OpenedModel opened, open_model(globals, arguments.model));
  KF_ASSIGN(Manifest manifest, read_manifest(arguments.dataset));
  if (!arguments.table.empty()) {
    KF_ASSIGN(const std::string text, read_text(arguments.table, kMaxTableBytes));
    KF_TRY(add_attributes(manifest, text, arguments.table));
  }
  KF_ASSIGN(const FeatureSet set,
            measured_features(globals, arguments.dataset, manifest, *opened.backbone));
  KF_ASSIGN(const Json record,
            run_conditions(set, manifest, *opened.backbone, opened.model, opened.name,
                           this_program(), arguments.options, job_context(globals, "conditions")));
  if (!arguments.output.empty()) {
    KF_TRY(write_run(arguments.output, record, arguments.dataset));
  }
  return record;
}

int run_conditions_command(const Globals& globals, const ConditionsArguments& arguments) {
  const auto record = conditions(globals, arguments);
  if (!record.ok()) {
    return report_error(record.error());
  }
  if (globals.json) {
    std::printf("%s", record_text(record.value()).c_str());
    return kSuccess;
  }
  print_conditions(record.value());
  if (!arguments.output.empty()) {
    std::printf("%s/report.html\n", arguments.output.c_str());
  }
  return kSuccess;
}

}  // namespace

void add_conditions_command(CLI::App& app, Globals& globals) {
  const auto arguments = std::make_shared<ConditionsArguments>();
  CLI::App* command = add_command(
      app, globals, "conditions",
      "Measure a model by light, accessory, pose and quality, and a recipe across them",
      "  kface conditions korean -m frozen -o run             a table, and run/report.html\n"
      "  kface conditions korean -m staff.kface --attributes lux --reference lux=1000\n"
      "  kface conditions yale -m frozen --table light.csv    conditions from a table: id,NAME,...",
      [&globals, arguments] { return run_conditions_command(globals, *arguments); });
  command->add_option("DS", arguments->dataset, "dataset folder, as 'kface import' makes it")
      ->required();
  add_model_arguments(*command, arguments->model);
  command->add_option("--table", arguments->table,
                      "CSV of more attributes: a header id,NAME,... and a row an image");
  command->add_option("-o,--output", arguments->output,
                      "folder for results.json and report.html; else only printed");
  visit_conditions_options(arguments->options, OptionAdder(*command));
}

}  // namespace kface::cli
