#include <cstdio>
#include <nlohmann/json.hpp>

#include "gallery/migrate_space.h"
#include "gallery_commands.h"
#include "gate/access.h"
#include "gate_clock.h"
#include "model_arguments.h"

namespace kface::cli {
namespace {

struct MigrateArguments {
  GalleryArguments gallery;
  ModelArguments model;
  bool list = false;
  bool remove_others = false;
};

void print_json(const std::string& space, const SpaceMigration& report) {
  nlohmann::ordered_json json{{"space", space},
                              {"people", report.num_people},
                              {"ready", report.num_ready},
                              {"templates_made", report.num_embedded},
                              {"templates_removed", report.num_removed},
                              {"must_come_again", nlohmann::ordered_json::array()}};
  for (const ComesAgain& person : report.must_come_again) {
    json["must_come_again"].push_back(
        {{"id", person.person}, {"name", person.name}, {"reason", person.reason}});
  }
  std::printf("%s\n",
              json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace).c_str());
}

void print_text(const SpaceMigration& report, bool list) {
  std::printf(list ? "%zu of %s would be ready\n" : "%zu of %s are ready\n", report.num_ready,
              count_of(report.num_people, "person", "people").c_str());
  if (!list) {
    std::printf("%s made, %zu of other models removed\n",
                count_of(report.num_embedded, "template", "templates").c_str(), report.num_removed);
  }
  for (const ComesAgain& person : report.must_come_again) {
    std::printf("must come again: %s  %s (%s)\n", person.person.c_str(), person.name.c_str(),
                person.reason.c_str());
  }
}

// How a photo is embedded; nothing where it is only listed.
Result<EmbedPhoto> embedder(const Globals& globals, const OpenedModel& opened, bool list) {
  if (list) {
    return EmbedPhoto();
  }
  KF_ASSIGN(auto made, Verifier::create(opened, models_folder(globals), globals.threads));
  const std::shared_ptr<Verifier> verifier = std::move(made);
  return EmbedPhoto(
      [&globals, verifier](std::span<const std::uint8_t> photo) -> Result<EmbeddedPhoto> {
        if (globals.stop.requested()) {
          return Status{ErrorCode::kInterrupted, "stopped; starting again goes on"};
        }
        KF_ASSIGN(EmbeddedFace face, verifier->embed_photo(photo));
        return EmbeddedPhoto{std::move(face.embedding), face.face.quality};
      });
}

Status migrate(const Globals& globals, const MigrateArguments& arguments) {
  KF_ASSIGN(const OpenedGallery opened, open_gallery_and_keys(arguments.gallery));
  KF_ASSIGN(const OpenedModel model, open_model(globals, arguments.model));
  KF_ASSIGN(const EmbedPhoto embed, embedder(globals, model, arguments.list));
  const std::string space = template_space(model);
  KF_ASSIGN(const SpaceMigration report,
            migrate_space(*opened.gallery, space, embed, arguments.remove_others, unix_now()));
  if (!arguments.list) {
    KF_TRY(log_change(opened, "gallery migrated to model " + model.name + ": " +
                                  std::to_string(report.num_embedded) + " templates made, " +
                                  std::to_string(report.num_removed) + " removed"));
  }
  globals.json ? print_json(space, report) : print_text(report, arguments.list);
  return {};
}

int run_migrate(const Globals& globals, const MigrateArguments& arguments) {
  const Status status = migrate(globals, arguments);
  return status.ok() ? kSuccess : report_error(status);
}

}  // namespace

void add_gallery_migrate_command(CLI::App& gallery, Globals& globals) {
  const auto arguments = std::make_shared<MigrateArguments>();
  CLI::App* command = add_command(
      gallery, globals, "migrate",
      "Embed the kept photos under another model, and list who must come again",
      "  kface gallery migrate --home gate -m new.kface --list    changes nothing\n"
      "  kface gallery migrate --home gate -m new.kface           gates may run on\n"
      "  kface gallery migrate --home gate -m new.kface --remove-others   once they use the new "
      "model",
      [&globals, arguments] { return run_migrate(globals, *arguments); });
  add_gallery_arguments(*command, arguments->gallery);
  add_model_arguments(*command, arguments->model);
  command->add_flag("--list", arguments->list, "only say who would have to come again");
  command->add_flag("--remove-others", arguments->remove_others,
                    "remove templates of other models of people who have one of this");
}

}  // namespace kface::cli
