#include <cstdio>

#include "commands.h"
#include "experiment/templates.h"
#include "model_arguments.h"
#include "probe_output.h"

namespace kface::cli {
namespace {

struct TemplatesArguments {
  ModelArguments model;
  std::string dataset;
  TemplateOptions options;
};

void print_templates(const Json& json) {
  std::printf(
      "model %s (%s), threshold %.4f: %s people, %s with too few images left out, %s probes, %s "
      "draws\n",
      json["model"].get<std::string>().c_str(), json["recipe"].get<std::string>().c_str(),
      json["threshold"].get<double>(), json["num_identities"].dump().c_str(),
      json["num_left_out"].dump().c_str(), json["num_probes"].dump().c_str(),
      json["draws"].dump().c_str());
  print_probe_head("a single image against a template of");
  for (const Json& entry : json["templates"]) {
    const auto enrolled = entry["enrolled"].get<std::size_t>();
    print_probe_line(count_of(enrolled, "photo", "photos") +
                         (entry["weighting"] == "mean" ? ", mean" : ", weighted by quality"),
                     entry);
  }
  std::printf("on this machine, one thread: chip to embedding %.1f ms",
              json["machine"]["embed_ms"].get<double>());
  for (const Json& entry : json["machine"]["templates"]) {
    std::printf("; template of %s %.1f ms, of which pooling %.4f", entry["enrolled"].dump().c_str(),
                entry["total_ms"].get<double>(), entry["pool_ms"].get<double>());
  }
  std::printf("\n");
}

Result<Json> templates(const Globals& globals, const TemplatesArguments& arguments) {
  KF_ASSIGN(const OpenedModel opened, open_model(globals, arguments.model));
  const std::filesystem::path dataset = arguments.dataset;
  KF_ASSIGN(const Manifest manifest, read_manifest(dataset));
  KF_ASSIGN(const FeatureSet set,
            load_or_extract(dataset, manifest, *opened.backbone, job_context(globals, "extract")));
  KF_ASSIGN(Json json, measure_templates(set, manifest, opened.model, opened.name,
                                         arguments.options, job_context(globals, "templates")));
  KF_ASSIGN(json["machine"], measure_template_cost(dataset, set, manifest, opened.model,
                                                   *opened.backbone, arguments.options.enrol));
  return json;
}

int run_templates(const Globals& globals, const TemplatesArguments& arguments) {
  const auto json = templates(globals, arguments);
  if (!json.ok()) {
    return report_error(json.error());
  }
  if (globals.json) {
    std::printf("%s", record_text(json.value()).c_str());
  } else {
    print_templates(json.value());
  }
  return kSuccess;
}

}  // namespace

void add_templates_command(CLI::App& app, Globals& globals) {
  const auto arguments = std::make_shared<TemplatesArguments>();
  CLI::App* command =
      add_command(app, globals, "templates",
                  "Measure what it brings to enrol several photos of a person as one template",
                  "  kface templates data -m staff.kface --enrol 1,2,3",
                  [&globals, arguments] { return run_templates(globals, *arguments); });
  command->add_option("DS", arguments->dataset, "dataset folder, as 'kface import' makes it")
      ->required();
  add_model_arguments(*command, arguments->model);
  visit_template_options(arguments->options, OptionAdder(*command));
}

}  // namespace kface::cli
