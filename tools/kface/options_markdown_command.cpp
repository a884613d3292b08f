#include <cstdio>

#include "commands.h"

namespace kface::cli {
namespace {

std::string escape_cell(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    escaped += c == '|' ? std::string("\\|") : std::string(1, c);
  }
  return escaped;
}

void print_options(const CLI::App& command) {
  std::printf("| option | default | meaning |\n|---|---|---|\n");
  for (const CLI::Option* option : command.get_options()) {
    if (option->get_name() == "--help") {
      continue;
    }
    const std::string fallback =
        option->get_default_str().empty() ? "" : "`" + option->get_default_str() + "`";
    std::printf("| `%s` | %s | %s |\n", escape_cell(option->get_name(false, true)).c_str(),
                escape_cell(fallback).c_str(), escape_cell(option->get_description()).c_str());
  }
  std::printf("\n");
}

void print_command(const CLI::App& command, const std::string& path) {
  std::printf("## `%s`\n%s.\n\n", path.c_str(), command.get_description().c_str());
  print_options(command);
  for (const CLI::App* nested : command.get_subcommands({})) {
    print_command(*nested, path + " " + nested->get_name());
  }
}

}  // namespace

void add_options_markdown_command(CLI::App& app, Globals& globals) {
  CLI::App* command = add_command(app, globals, "options-markdown",
                                  "Print docs/options.md: every command and option", "", [&app] {
                                    std::printf(
                                        "# Options\n\nMade by `kface options-markdown`; "
                                        "a test compares the two.\n\n");
                                    std::printf("## `kface`\nBefore or after the command.\n\n");
                                    print_options(app);
                                    for (const CLI::App* nested : app.get_subcommands({})) {
                                      if (!nested->get_group().empty()) {
                                        print_command(*nested, "kface " + nested->get_name());
                                      }
                                    }
                                    return kSuccess;
                                  });
  command->group("");  // for the documentation, not for users
}

}  // namespace kface::cli
