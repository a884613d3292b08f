#include <cstdio>
#include <nlohmann/json.hpp>

#include "commands.h"
#include "models_commands.h"
#include "store/model_store.h"

namespace kface::cli {
namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) {
    text += (text.empty() ? "" : ", ") + word;
  }
  return text.empty() ? "-" : text;
}

void print_json(const std::filesystem::path& folder, const std::vector<StoredFile>& files) {
  nlohmann::ordered_json json{{"folder", folder.string()},
                              {"files", nlohmann::ordered_json::array()}};
  for (const StoredFile& file : files) {
    json["files"].push_back({{"name", file.name},
                             {"what", file.what},
                             {"state", state_name(file.state)},
                             {"bytes", file.bytes},
                             {"digest_kind", digest_kind_name(file.digest_kind)},
                             {"digest", file.digest},
                             {"licence", file.licence},
                             {"backbones", file.backbones},
                             {"note", file.note}});
  }
  std::printf("%s\n",
              json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace).c_str());
}

void print_table(const std::filesystem::path& folder, const std::vector<StoredFile>& files) {
  constexpr int kDigits = 12;
  std::printf("%s\n%-42s %-8s %12s  %-12s  %-14s %s\n", folder.c_str(), "file", "state", "bytes",
              "digest", "backbones", "licence");
  for (const StoredFile& file : files) {
    std::printf("%-42s %-8s %12s  %-12.*s  %-14s %s\n", file.name.c_str(),
                state_name(file.state).c_str(),
                file.state == FileState::kAbsent ? "-" : grouped_digits(file.bytes).c_str(),
                kDigits, file.digest.empty() ? "-" : file.digest.c_str(),
                joined(file.backbones).c_str(), file.licence.c_str());
  }
  for (const StoredFile& file : files) {
    if (!file.note.empty()) {
      std::printf("%s: %s, %s: %s\n", file.name.c_str(), file.what.c_str(),
                  state_name(file.state).c_str(), file.note.c_str());
    }
  }
}

int run_models_list(const Globals& globals) {
  const auto folder = models_folder(globals);
  const auto files = list_models(folder, {.threads = globals.threads, .stop = &globals.stop});
  if (!files.ok()) {
    return report_error(files.error());
  }
  globals.json ? print_json(folder, files.value()) : print_table(folder, files.value());
  return kSuccess;
}

}  // namespace

void add_models_list_command(CLI::App& models, Globals& globals) {
  add_command(models, globals, "list",
              "Which model files are there, whole, and what each is good for",
              "  kface models list\n"
              "  kface models list --models /srv/models --json",
              [&globals] { return run_models_list(globals); });
}

void add_models_command(CLI::App& app, Globals& globals) {
  CLI::App* models = app.add_subcommand("models", "The model files: list, info, import, fetch");
  models->require_subcommand(1);
  models->footer(
      "Examples:\n"
      "  kface models list\n"
      "  kface models import vgg_face_weights.h5\n"
      "'kface models COMMAND --help' tells more.");
  add_models_list_command(*models, globals);
  add_models_info_command(*models, globals);
  add_models_import_command(*models, globals);
  add_models_fetch_command(*models, globals);
}

}  // namespace kface::cli
