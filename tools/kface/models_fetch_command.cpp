#include <cstdio>

#include "models_commands.h"
#include "store/fetch_model.h"

namespace kface::cli {
namespace {

constexpr std::size_t kMegabyte = 1'000'000;

struct ModelsFetchArguments {
  FetchRequest request;
  std::uint64_t bytes = kVggFaceSourceBytes;
  ModelImportArguments import;
};

int run_models_fetch(const Globals& globals, const ModelsFetchArguments& arguments) {
  FetchRequest request = arguments.request;
  request.import = to_options(arguments.import);
  request.expected_bytes = arguments.bytes == 0 ? std::nullopt : std::optional(arguments.bytes);
  JobContext context = job_context(globals, "fetch, MB");
  if (context.progress) {
    context.progress = [show = context.progress](std::size_t done, std::size_t total) {
      show(done / kMegabyte, total / kMegabyte);
    };
  }
  const auto fetched = fetch_model(request, models_folder(globals), context);
  context = {};  // ends the progress line
  if (!fetched.ok()) {
    return report_error(fetched.error());
  }
  if (!globals.json) {
    const Downloaded& download = fetched.value().download;
    std::printf("fetched %s bytes, of which %s were there already\n",
                grouped_digits(download.bytes).c_str(),
                grouped_digits(download.resumed_from).c_str());
  }
  print_imported(fetched.value().imported, globals.json);
  return kSuccess;
}

}  // namespace

void add_models_fetch_command(CLI::App& models, Globals& globals) {
  const auto arguments = std::make_shared<ModelsFetchArguments>();
  CLI::App* command = add_command(
      models, globals, "fetch",
      "Fetch VGG-Face's weights, from deepface's release or an address of yours, and import them",
      "  kface models fetch vgg-face --accept-license\n"
      "  kface models fetch vgg-face --accept-license --url https://files.example.org/weights.h5\n"
      "  KFACE_VGG_FACE_URL=https://... kface models fetch vgg-face --accept-license\n"
      "Run the same command again to continue after an interruption.",
      [&globals, arguments] { return run_models_fetch(globals, *arguments); });
  command->add_option("MODEL", arguments->request.model, "vgg-face")->required();
  command->add_flag("--accept-license", arguments->request.accept_license,
                    "I accept " + vgg_face_licence());
  arguments->request.url = kVggFaceSourceUrl;
  command
      ->add_option("--url", arguments->request.url,
                   "http or https address of a file that 'kface models import' reads")
      ->envname("KFACE_VGG_FACE_URL")
      ->capture_default_str();
  command
      ->add_option("--bytes", arguments->bytes,
                   "size that the file must have; 0: what the server says (default: that of "
                   "deepface's vgg_face_weights.h5)")
      ->capture_default_str();
  command
      ->add_option("--stall-seconds", arguments->request.stall_seconds,
                   "give up when nothing has arrived for so long")
      ->check(CLI::Range(1, 3600))
      ->capture_default_str();
  add_model_import_arguments(*command, arguments->import);
}

}  // namespace kface::cli
