// The subcommands of 'kface models'; each function declares one.
#pragma once

#include <string>

#include "cli.h"
#include "store/import_model.h"

namespace kface::cli {

void add_models_list_command(CLI::App& models, Globals& globals);
void add_models_info_command(CLI::App& models, Globals& globals);
void add_models_import_command(CLI::App& models, Globals& globals);
void add_models_fetch_command(CLI::App& models, Globals& globals);

// Options of an import, as given.
struct ModelImportArguments {
  std::string channels;  // empty: those of the format
  std::string name;
};

// Declares --channels and --as.
void add_model_import_arguments(CLI::App& command, ModelImportArguments& arguments);
ImportModelOptions to_options(const ModelImportArguments& arguments);

// Prints what was imported, for people or as JSON.
void print_imported(const ImportedModel& imported, bool json);

}  // namespace kface::cli
