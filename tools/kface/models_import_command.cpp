#include <cstdio>
#include <nlohmann/json.hpp>

#include "models_commands.h"

namespace kface::cli {
namespace {

struct ModelsImportArguments {
  std::string file;
  ModelImportArguments import;
};

int run_models_import(const Globals& globals, const ModelsImportArguments& arguments) {
  const auto imported =
      import_model(arguments.file, models_folder(globals), to_options(arguments.import),
                   {.threads = globals.threads, .stop = &globals.stop});
  if (!imported.ok()) {
    return report_error(imported.error());
  }
  print_imported(imported.value(), globals.json);
  return kSuccess;
}

}  // namespace

void add_model_import_arguments(CLI::App& command, ModelImportArguments& arguments) {
  command
      .add_option("--channels", arguments.channels,
                  "which colour conv1_1 reads first in the file, where its format's custom is not "
                  "followed")
      ->check(CLI::IsMember({"bgr", "rgb"}));
  command.add_option("--as", arguments.name,
                     "name in the models folder (default: vgg-face, or vgg-face-notop for the "
                     "convolutions alone)");
}

ImportModelOptions to_options(const ModelImportArguments& arguments) {
  return {.channels = arguments.channels.empty()    ? ChannelOrder::kOfFormat
                      : arguments.channels == "bgr" ? ChannelOrder::kBgr
                                                    : ChannelOrder::kRgb,
          .name = arguments.name};
}

void print_imported(const ImportedModel& imported, bool json) {
  if (json) {
    const nlohmann::ordered_json facts{{"file", imported.path.string()},
                                       {"what", imported.what},
                                       {"format", imported.format},
                                       {"channels", imported.channels},
                                       {"source_sha256", imported.source_sha256},
                                       {"digest", imported.digest},
                                       {"licence", imported.licence},
                                       {"verified", imported.verified}};
    std::printf(
        "%s\n",
        facts.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace).c_str());
    return;
  }
  std::printf("%s: %s\n", imported.path.c_str(), imported.what.c_str());
  std::printf("read from %s%s, SHA-256 %s%s\n", imported.format.c_str(),
              imported.channels.empty() ? "" : (", channels " + imported.channels).c_str(),
              imported.source_sha256.c_str(), imported.verified ? " (as it must be)" : "");
  std::printf("digest %s\n", imported.digest.c_str());
  std::printf("licence: %s\n", imported.licence.c_str());
}

void add_models_import_command(CLI::App& models, Globals& globals) {
  const auto arguments = std::make_shared<ModelsImportArguments>();
  CLI::App* command =
      add_command(models, globals, "import",
                  "Bring a file of VGG-Face's weights, or one of dlib's, into the models folder",
                  "  kface models import vgg_face_weights.h5        deepface's, as Keras has it\n"
                  "  kface models import VGG_FACE.caffemodel\n"
                  "  kface models import odd.safetensors --channels bgr --as odd",
                  [&globals, arguments] { return run_models_import(globals, *arguments); });
  command
      ->add_option("FILE", arguments->file,
                   "Keras .h5, Caffe .caffemodel, Torch7 .t7, MatConvNet .mat or .safetensors, "
                   "recognised by its content")
      ->required();
  add_model_import_arguments(*command, arguments->import);
}

}  // namespace kface::cli
