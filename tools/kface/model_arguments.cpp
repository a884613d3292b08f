#include "model_arguments.h"

namespace kface::cli {

void add_model_arguments(CLI::App& command, ModelArguments& arguments) {
  command
      .add_option("-m,--model", arguments.model,
                  "model file, or 'frozen' for the backbone as it is")
      ->required();
  command.add_option("--backbone", arguments.backbone, "backbone of the model 'frozen'")
      ->capture_default_str();
}

void add_precision_argument(CLI::App& command, std::string& precision) {
  command
      .add_option("--precision", precision,
                  "arithmetic of the backbone: f32, bf16, int8 (else what 'kface calibrate' chose "
                  "for the model, or f32)")
      ->check(CLI::IsMember({"f32", "bf16", "int8"}));
}

Result<OpenedModel> open_model(const Globals& globals, const ModelArguments& arguments,
                               std::optional<Precision> precision) {
  return kface::open_model(arguments.model, arguments.backbone, models_folder(globals), precision);
}

}  // namespace kface::cli
