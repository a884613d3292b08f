#include <cstdio>
#include <nlohmann/json.hpp>

#include "gallery/inventory.h"
#include "gallery_commands.h"

namespace kface::cli {
namespace {

void print_json(const OpenedGallery& opened, const GalleryInventory& inventory) {
  nlohmann::ordered_json json{{"gallery", opened.paths.gallery},
                              {"key", opened.keys.newest_id()},
                              {"keys", opened.keys.size()},
                              {"revision", inventory.revision},
                              {"people", inventory.num_people},
                              {"people_without_template", inventory.num_without_template},
                              {"models", nlohmann::ordered_json::array()}};
  for (const SpaceCount& count : inventory.spaces) {
    json["models"].push_back({{"space", count.space},
                              {"people", count.num_people},
                              {"templates", count.num_templates},
                              {"photos", count.num_photos}});
  }
  std::printf("%s\n", json.dump(2).c_str());
}

void print_text(const OpenedGallery& opened, const GalleryInventory& inventory) {
  constexpr int kDigits = 12;
  std::printf("%s\nkey %s%s, revision %llu\n", opened.paths.gallery.c_str(),
              opened.keys.newest_id().c_str(),
              opened.keys.size() > 1 ? " (and older ones: 'kface gallery rotate-key' goes on)" : "",
              static_cast<unsigned long long>(inventory.revision));
  std::printf("%s, %zu without a template\n",
              count_of(inventory.num_people, "person", "people").c_str(),
              inventory.num_without_template);
  for (const SpaceCount& count : inventory.spaces) {
    std::printf("model %.*s: %s, %s, %s kept\n", kDigits, count.space.c_str(),
                count_of(count.num_people, "person", "people").c_str(),
                count_of(count.num_templates, "template", "templates").c_str(),
                count_of(count.num_photos, "photo", "photos").c_str());
  }
  if (inventory.spaces.size() > 1) {
    std::printf("templates of one model never meet those of another: 'kface gallery migrate'\n");
  }
}

int run_info(const Globals& globals, const GalleryArguments& arguments) {
  const auto opened = open_gallery_and_keys(arguments);
  const auto inventory = opened.ok() ? take_inventory(*opened.value().gallery)
                                     : Result<GalleryInventory>(opened.error());
  if (!inventory.ok()) {
    return report_error(inventory.error());
  }
  globals.json ? print_json(opened.value(), inventory.value())
               : print_text(opened.value(), inventory.value());
  return kSuccess;
}

}  // namespace

void add_gallery_info_command(CLI::App& gallery, Globals& globals) {
  const auto arguments = std::make_shared<GalleryArguments>();
  CLI::App* command = add_command(
      gallery, globals, "info", "People, templates and photos, by model; opens every template",
      "  kface gallery info --home gate\n"
      "  kface gallery info --gallery postgresql://kface@db/gate --key key --json",
      [&globals, arguments] { return run_info(globals, *arguments); });
  add_gallery_arguments(*command, *arguments);
}

}  // namespace kface::cli
