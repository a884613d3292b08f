#include <cstdio>

#include "commands.h"
#include "dataset_job.h"

namespace kface::cli {
namespace {

int run_extract(const Globals& globals, const DatasetArguments& arguments) {
  const auto opened = open_dataset(globals, arguments);
  if (!opened.ok()) {
    return report_error(opened.error());
  }
  const FeatureSet& features = opened.value().features;
  const double seconds = opened.value().extract_seconds;
  const BackboneInfo& backbone = opened.value().backbone->info();
  if (globals.json) {
    const Json result{
        {"num_images", features.size()},       {"num_identities", features.identity_names.size()},
        {"feature_dim", features.d},           {"backbone", backbone.id},
        {"engine", backbone.engine},           {"backbone_digest", features.backbone_digest},
        {"data_digest", features.data_digest}, {"seconds", seconds}};
    std::printf("%s\n", result.dump(2).c_str());
    return kSuccess;
  }
  std::printf("%s of %s, %zu values each, in %.1f s\n",
              count_of(features.size(), "image", "images").c_str(),
              count_of(features.identity_names.size(), "person", "people").c_str(), features.d,
              seconds);
  std::printf("computed by %s\n", backbone.engine.c_str());
  if (!backbone.license.empty()) {
    std::printf("licence of the weights: %s\n", backbone.license.c_str());
  }
  return kSuccess;
}

}  // namespace

void add_extract_command(CLI::App& app, Globals& globals) {
  const auto arguments = std::make_shared<DatasetArguments>();
  CLI::App* command = add_command(
      app, globals, "extract",
      "Compute the features of a dataset's chips; what is there already is not computed again",
      "  kface extract data", [&globals, arguments] { return run_extract(globals, *arguments); });
  add_dataset_arguments(*command, *arguments);
}

}  // namespace kface::cli
