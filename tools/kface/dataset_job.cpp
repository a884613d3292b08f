#include "dataset_job.h"

#include <chrono>
#include <fstream>

#include "experiment/real_rows.h"

namespace kface::cli {

void add_dataset_arguments(CLI::App& command, DatasetArguments& arguments) {
  command.add_option("DS", arguments.dataset, "dataset folder, as 'kface import' makes it")
      ->required();
  command.add_option("--backbone", arguments.backbone, "frozen network that gives the features")
      ->capture_default_str();
}

Result<FeatureSet> measured_features(const Globals& globals, const std::filesystem::path& dataset,
                                     const Manifest& manifest, const Backbone& backbone) {
  KF_ASSIGN(FeatureSet features,
            load_or_extract(dataset, manifest, backbone, job_context(globals, "extract")));
  return without_simulated(std::move(features), manifest);
}

Result<OpenedDataset> open_dataset(const Globals& globals, const DatasetArguments& arguments) {
  OpenedDataset opened;
  opened.path = arguments.dataset;
  KF_ASSIGN(opened.manifest, read_manifest(opened.path));
  KF_ASSIGN(opened.backbone, open_backbone(arguments.backbone, models_folder(globals)));
  const double start = now_seconds();
  KF_ASSIGN(opened.features, load_or_extract(opened.path, opened.manifest, *opened.backbone,
                                             job_context(globals, "extract")));
  opened.extract_seconds = now_seconds() - start;
  return opened;
}

Result<OpenedViews> open_views(const Globals& globals, const DatasetArguments& arguments,
                               const std::vector<Views>& views) {
  OpenedViews opened;
  opened.path = arguments.dataset;
  KF_ASSIGN(opened.manifest, read_manifest(opened.path));
  std::vector<Views> wanted = views;
  for (const Views named : {Views::kMirror, Views::kJitter}) {
    if (arguments.backbone.ends_with(views_suffix(named))) {
      wanted = {Views::kPlain};
    }
  }
  const double start = now_seconds();
  opened.features.reserve(wanted.size());
  for (const Views one : wanted) {
    const std::string id = arguments.backbone + views_suffix(one);
    KF_ASSIGN(auto backbone, open_backbone(id, models_folder(globals)));
    KF_ASSIGN(FeatureSet features, load_or_extract(opened.path, opened.manifest, *backbone,
                                                   job_context(globals, "extract " + id)));
    opened.backbones.push_back(std::move(backbone));
    opened.features.push_back(std::move(features));
    opened.views.push_back({one, opened.backbones.back().get(), &opened.features.back()});
  }
  opened.extract_seconds = now_seconds() - start;
  return opened;
}

Program this_program() {
  Program program{.version = KFACE_VERSION, .cpu = "unknown"};
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    if (line.starts_with("model name") && line.find(": ") != std::string::npos) {
      program.cpu = line.substr(line.find(": ") + 2);
      break;
    }
  }
  return program;
}

double now_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace kface::cli
