// What every command on a dataset begins with: its manifest, the backbone, the features.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "backbone/feature_set.h"
#include "cli.h"
#include "experiment/fit_views.h"
#include "experiment/record.h"

namespace kface::cli {

struct DatasetArguments {
  std::string dataset;
  std::string backbone = "dlib-resnet";
};

// Declares the positional DS and --backbone.
void add_dataset_arguments(CLI::App& command, DatasetArguments& arguments);

// The features that figures are made of: read or computed, without drawings.
Result<FeatureSet> measured_features(const Globals& globals, const std::filesystem::path& dataset,
                                     const Manifest& manifest, const Backbone& backbone);

struct OpenedDataset {
  std::filesystem::path path;
  Manifest manifest;
  std::unique_ptr<Backbone> backbone;
  FeatureSet features;
  double extract_seconds = 0;
};

// Reads the manifest, opens the backbone, and reads or computes the features.
Result<OpenedDataset> open_dataset(const Globals& globals, const DatasetArguments& arguments);

// The features of one dataset in several views (backbone/views.h), cheapest first.
struct OpenedViews {
  std::filesystem::path path;
  Manifest manifest;
  std::vector<std::unique_ptr<Backbone>> backbones;  // one for each of the views
  std::vector<FeatureSet> features;
  std::vector<ViewedFeatures> views;  // refer to the two above
  double extract_seconds = 0;
};

// Reads the manifest, and reads or computes the features of each of `views`. A backbone whose name
// says already how it sees a face is taken as it is: then there is one kind of views.
Result<OpenedViews> open_views(const Globals& globals, const DatasetArguments& arguments,
                               const std::vector<Views>& views);

// Version of the program and model name of the processor, for run records.
Program this_program();

// Seconds since an arbitrary moment.
double now_seconds();

}  // namespace kface::cli
