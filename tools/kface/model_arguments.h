// What every command on a model begins with: which one, on which backbone.
#pragma once

#include <optional>
#include <string>

#include "cli.h"
#include "verify/verifier.h"

namespace kface::cli {

struct ModelArguments {
  std::string model;
  std::string backbone = "dlib-resnet";
};

// Declares -m and --backbone.
void add_model_arguments(CLI::App& command, ModelArguments& arguments);

// Declares --precision, for commands that use a model as it is.
void add_precision_argument(CLI::App& command, std::string& precision);

Result<OpenedModel> open_model(const Globals& globals, const ModelArguments& arguments,
                               std::optional<Precision> precision = {});

}  // namespace kface::cli
