#include <cstdio>

#include "commands.h"
#include "gate_output.h"
#include "gate_session.h"

namespace kface::cli {
namespace {

struct PeopleArguments {
  GalleryArguments gallery;
  PeopleQuery query;
};

int run_people(const Globals& globals, const PeopleArguments& arguments) {
  const auto gallery = open_gallery(arguments.gallery);
  if (!gallery.ok()) {
    return report_error(gallery.error());
  }
  const auto people = gallery.value()->people(arguments.query);
  if (!people.ok()) {
    return report_error(people.error());
  }
  print_people(people.value(), globals.json);
  if (people.value().size() == arguments.query.limit) {
    std::fprintf(stderr, "there may be more: --after %s\n", people.value().back().id.c_str());
  }
  return kSuccess;
}

}  // namespace

void add_people_command(CLI::App& app, Globals& globals) {
  const auto arguments = std::make_shared<PeopleArguments>();
  CLI::App* command =
      add_command(app, globals, "people", "List the people of a gallery",
                  "  kface people --home gate\n"
                  "  kface people --home gate 민수 --group staff --json",
                  [&globals, arguments] { return run_people(globals, *arguments); });
  add_gallery_arguments(*command, arguments->gallery);
  command->add_option("TEXT", arguments->query.text,
                      "part of the name, or the whole id, card or number plate");
  command->add_option("--group", arguments->query.group, "only people of this group");
  command->add_option("--after", arguments->query.after, "people after this id");
  command->add_option("--limit", arguments->query.limit, "at most so many")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
}

}  // namespace kface::cli
