// What every command on a dataset begins with: its manifest, the backbone, the features.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "backbone/feature_set.h"
#include "cli.h"
#include "experiment/record.h"

namespace kface::cli {

struct DatasetArguments {
  std::string dataset;
  std::string backbone = "dlib-resnet";
};

// Declares the positional DS and --backbone.
void add_dataset_arguments(CLI::App& command, DatasetArguments& arguments);

struct OpenedDataset {
  std::filesystem::path path;
  Manifest manifest;
  std::unique_ptr<Backbone> backbone;
  FeatureSet features;
  double extract_seconds = 0;
};

// Reads the manifest, opens the backbone, and reads or computes the features.
Result<OpenedDataset> open_dataset(const Globals& globals, const DatasetArguments& arguments);

// Version of the program and model name of the processor, for run records.
Program this_program();

// Seconds since an arbitrary moment.
double now_seconds();

}  // namespace kface::cli
