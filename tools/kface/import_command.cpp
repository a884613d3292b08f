#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "align/aligner.h"
#include "commands.h"
#include "dataset/aihub.h"
#include "dataset/aihub_conditions.h"
#include "dataset/import.h"
#include "dataset/import_options.h"

namespace kface::cli {
namespace {

struct ImportArguments {
  std::string source;
  std::string dataset;
  CropSettings crop;
  AihubSettings aihub;
  std::map<std::string, std::string> filters;  // every filter; empty: not given
};

AlignFactory make_align_factory(const std::filesystem::path& models, const AlignOptions& options) {
  return [models, options]() -> Result<AlignFn> {
    KF_ASSIGN(auto created, Aligner::create(models, options));
    return AlignFn([aligner = std::shared_ptr<Aligner>(std::move(created))](
                       const Image& photo, const std::optional<Landmarks5>& known) {
      return aligner->align(photo, known);
    });
  };
}

Result<SourceListing> scan(const std::string& kind, const ImportArguments& arguments,
                           const JobContext& context) {
  if (kind == "lfw") {
    return scan_lfw(arguments.source, arguments.dataset, context);
  }
  if (kind == "folder") {
    return scan_folder(arguments.source, arguments.dataset, context);
  }
  auto filters = arguments.filters;
  std::erase_if(filters, [](const auto& filter) { return filter.second.empty(); });
  KF_ASSIGN(const AihubOptions options, to_aihub_options(arguments.aihub, filters));
  return scan_aihub(arguments.source, arguments.dataset, options, context);
}

nlohmann::json to_json(const ImportSummary& summary) {
  return {{"up_to_date", summary.up_to_date},
          {"num_images", summary.num_images},
          {"num_accepted", summary.num_accepted},
          {"num_identities", summary.num_people},
          {"num_single_identities", summary.num_single_people},
          {"num_several_faces", summary.num_several_faces},
          {"num_duplicates", summary.num_duplicates},
          {"num_sidecars", summary.num_sidecars},
          {"num_sidecars_refused", summary.num_sidecars_refused},
          {"num_ignored_files", summary.num_ignored_files},
          {"num_resumed", summary.num_resumed},
          {"refused", summary.refused},
          {"notes", summary.notes},
          {"data_digest", summary.digest},
          {"decode_seconds", summary.decode_seconds},
          {"align_seconds", summary.align_seconds},
          {"write_seconds", summary.write_seconds},
          {"seconds", summary.wall_seconds}};
}

void print_line(std::size_t count, const std::string& what) {
  if (count > 0) {
    std::printf("%8zu  %s\n", count, what.c_str());
  }
}

void print_summary(const std::string& dataset, const ImportSummary& summary) {
  std::printf("%s: %s of %s%s\n", dataset.c_str(),
              count_of(summary.num_accepted, "image", "images").c_str(),
              count_of(summary.num_people, "person", "people").c_str(),
              summary.up_to_date ? ", up to date: nothing to do" : "");
  for (const auto& [kind, count] : summary.refused) {
    print_line(count, "refused: " + kind);
  }
  print_line(summary.num_several_faces, "with several faces: the largest central one is used");
  print_line(summary.num_single_people, "people with a single image: no same-person pair of them");
  print_line(summary.num_sidecars, "aligned by the landmarks beside the photo");
  print_line(summary.num_sidecars_refused, "landmarks beside the photo not usable: face detected");
  print_line(summary.num_ignored_files, "other files passed over");
  print_line(summary.num_resumed, "taken over from the import that was stopped");
  for (const std::string& note : summary.notes) {
    std::printf("          %s\n", note.c_str());
  }
  if (!summary.up_to_date) {
    std::printf("%.1f s (work of all threads: decode %.1f, align %.1f, write %.1f)\n",
                summary.wall_seconds, summary.decode_seconds, summary.align_seconds,
                summary.write_seconds);
  }
}

Result<ImportSummary> import_photos(const Globals& globals, const std::string& kind,
                                    const ImportArguments& arguments) {
  ImportOptions options;
  KF_ASSIGN(options.align, to_align_options(arguments.crop));
  options.clock = [] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
  };
  const JobContext context = job_context(globals, "import");
  KF_ASSIGN(const SourceListing listing, scan(kind, arguments, context));
  return run_import(listing, arguments.dataset, options,
                    make_align_factory(models_folder(globals), options.align), context);
}

int run_import_command(const Globals& globals, const std::string& kind,
                       const ImportArguments& arguments) {
  const auto summary = import_photos(globals, kind, arguments);
  if (!summary.ok()) {
    return report_error(summary.error());
  }
  if (globals.json) {
    std::printf("%s\n", to_json(summary.value()).dump(2).c_str());
  } else {
    print_summary(arguments.dataset, summary.value());
  }
  return kSuccess;
}

void add_aihub_options(CLI::App& command, ImportArguments& arguments) {
  visit_aihub_settings(arguments.aihub, OptionAdder(command));
  const CLI::Validator count(
      [](std::string& text) {
        const auto parsed = parse_count(text);
        return parsed.ok() ? std::string() : parsed.error().message();
      },
      "N|all");
  command.get_option("--people")->check(count);
  command.get_option("--images")->check(count);
  for (const std::string& name : aihub_filter_names()) {
    const auto valid = [name](const std::string& list) {
      const auto mask = parse_aihub_filters({{name, list}});
      std::string message = mask.ok() ? std::string() : mask.error().message();
      const std::string prefix = "--" + name + ": ";  // which the parser says itself
      message.erase(0, message.starts_with(prefix) ? prefix.size() : 0);
      return message;
    };
    command
        .add_option("--" + name, arguments.filters[name],
                    "only these, a list with commas or a range: " + aihub_filter_help(name))
        ->check(CLI::Validator(valid, "LIST"));
  }
}

void add_source(CLI::App& parent, Globals& globals, const std::string& kind,
                const std::string& description, const std::string& examples) {
  const auto arguments = std::make_shared<ImportArguments>();
  CLI::App* command = add_command(
      parent, globals, kind, description, examples,
      [&globals, kind, arguments] { return run_import_command(globals, kind, *arguments); });
  command->add_option("SRC", arguments->source, "folder of the photos")->required();
  command->add_option("-o,--output", arguments->dataset, "folder of the dataset")->required();
  visit_crop_settings(arguments->crop, OptionAdder(*command));
  if (kind == "aihub") {
    add_aihub_options(*command, *arguments);
  }
}

}  // namespace

void add_import_command(CLI::App& app, Globals& globals) {
  CLI::App* command = app.add_subcommand(
      "import", "Make a dataset of photos: find the faces, cut them out, note what was refused");
  command->require_subcommand(1);
  command->fallthrough();
  add_source(*command, globals, "folder", "A folder for each person, photos in it",
             "  kface import folder photos -o data\n"
             "  kface import folder cropped-faces -o data --crop none");
  add_source(*command, globals, "lfw", "Labeled Faces in the Wild: NAME/NAME_0001.jpg",
             "  kface import lfw lfw -o data");
  add_source(*command, globals, "aihub", "The K-FACE tree of AIHub: 19071641/S001/L1/E01/C7.jpg",
             "  kface import aihub High_Resolution -o data          the paper's selection\n"
             "  kface import aihub K-FACE -o data --images all --lux 400..1000 --camera C4-C10");
}

}  // namespace kface::cli
