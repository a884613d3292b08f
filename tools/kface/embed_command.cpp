#include <cstdio>

#include "align/decode.h"
#include "base/files.h"
#include "base/safetensors.h"
#include "commands.h"
#include "dataset_job.h"
#include "model_arguments.h"
#include "verify/template.h"

namespace kface::cli {
namespace {

struct EmbedArguments {
  ModelArguments model;
  std::string precision;
  std::string pool;  // empty: an embedding for each photo
  std::string output;
  std::vector<std::string> photos;
};

// A photo without a face ends the command: a file with rows missing would be taken for whole.
Result<TensorFile> embed_all(const EmbedArguments& arguments, const OpenedModel& opened,
                             Verifier& verifier) {
  TensorFile file;
  Json names = Json::array();
  std::vector<Quality> qualities;
  Tensor& embeddings = file.tensors["embeddings"];
  for (const auto& photo : arguments.photos) {
    KF_ASSIGN(const auto bytes, read_file(photo, DecodeLimits{}.max_bytes));
    auto embedded = verifier.embed_photo(bytes);
    if (!embedded.ok()) {
      return Status{embedded.error().code(), photo + ": " + embedded.error().message()};
    }
    const auto& row = embedded.value().embedding;
    embeddings.data.insert(embeddings.data.end(), row.begin(), row.end());
    names.push_back(photo);
    qualities.push_back(embedded.value().face.quality);
  }
  const Head& head = opened.model.head;
  if (!arguments.pool.empty()) {
    const auto weighting =
        arguments.pool == "quality" ? PoolWeighting::kQuality : PoolWeighting::kMean;
    embeddings.data = pool_embeddings(head, embeddings.data, pool_weights(weighting, qualities));
  }
  embeddings.shape = {embeddings.data.size() / head.m, head.m};
  file.metadata = {{"format", "kface-embeddings"},
                   {"version", "1"},
                   {"model", opened.name},
                   {"photos", names.dump(-1, ' ', false, Json::error_handler_t::replace)}};
  if (!arguments.pool.empty()) {
    file.metadata["pool"] = arguments.pool;
  }
  return file;
}

void print_embeddings(const EmbedArguments& arguments, const Tensor& embeddings) {
  Json list = Json::array();
  const std::size_t m = embeddings.shape[1];
  if (!arguments.pool.empty()) {
    list.push_back(
        {{"photos", arguments.photos}, {"pool", arguments.pool}, {"embedding", embeddings.data}});
    std::printf("%s\n", list.dump(1, ' ', false, Json::error_handler_t::replace).c_str());
    return;
  }
  for (std::size_t i = 0; i < arguments.photos.size(); ++i) {
    const auto first = embeddings.data.begin() + static_cast<std::ptrdiff_t>(i * m);
    list.push_back(
        {{"photo", arguments.photos[i]},
         {"embedding", std::vector<float>(first, first + static_cast<std::ptrdiff_t>(m))}});
  }
  std::printf("%s\n", list.dump(1, ' ', false, Json::error_handler_t::replace).c_str());
}

int run_embed(const Globals& globals, const EmbedArguments& arguments) {
  const auto models = models_folder(globals);
  const auto opened = open_model(globals, arguments.model, parse_precision(arguments.precision));
  if (!opened.ok()) {
    return report_error(opened.error());
  }
  const auto verifier = Verifier::create(opened.value(), models, globals.threads);
  if (!verifier.ok()) {
    return report_error(verifier.error());
  }
  const auto file = embed_all(arguments, opened.value(), *verifier.value());
  if (!file.ok()) {
    return report_error(file.error());
  }
  if (arguments.output.empty()) {
    print_embeddings(arguments, file.value().tensors.at("embeddings"));
    return kSuccess;
  }
  const Status written = write_safetensors(arguments.output, file.value());
  return written.ok() ? kSuccess : report_error(written);
}

}  // namespace

void add_embed_command(CLI::App& app, Globals& globals) {
  const auto arguments = std::make_shared<EmbedArguments>();
  CLI::App* command =
      add_command(app, globals, "embed", "Embeddings of photos, as JSON or as a safetensors file",
                  "  kface embed -m staff.kface a.jpg b.jpg -o faces.safetensors\n"
                  "  kface embed -m staff.kface --pool mean ann1.jpg ann2.jpg -o ann.safetensors",
                  [&globals, arguments] { return run_embed(globals, *arguments); });
  add_model_arguments(*command, arguments->model);
  add_precision_argument(*command, arguments->precision);
  command
      ->add_option("--pool", arguments->pool,
                   "one template of all photos, which show one person: their mean, or weighted by "
                   "quality")
      ->check(CLI::IsMember({"mean", "quality"}));
  command->add_option("-o,--output", arguments->output, "safetensors file; else JSON is printed");
  command->add_option("PHOTO", arguments->photos, "photos")->required();
}

}  // namespace kface::cli
