#include <cstdio>

#include "base/files.h"
#include "commands.h"
#include "gate/liveness/clip_report.h"

namespace kface::cli {
namespace {

struct LivenessArguments {
  std::string clips;
  std::string csv;
  ClipOptions options;
};

Result<nlohmann::ordered_json> score(const Globals& globals, const LivenessArguments& arguments) {
  if (!arguments.options.challenge.empty()) {
    KF_ASSIGN(const auto steps, parse_challenge(arguments.options.challenge));
  }
  KF_ASSIGN(const ClipListing listing, list_clips(arguments.clips));
  KF_ASSIGN(const auto results, score_clips(listing.clips, models_folder(globals),
                                            arguments.options, job_context(globals, "score")));
  if (!arguments.csv.empty()) {
    KF_TRY(write_file_atomic(arguments.csv, clips_csv(results, arguments.options)));
  }
  return clips_json(results, arguments.options, listing.ignored);
}

int run_score(const Globals& globals, const LivenessArguments& arguments) {
  const auto json = score(globals, arguments);
  if (!json.ok()) {
    return report_error(json.error());
  }
  if (globals.json) {
    std::printf("%s\n", json.value().dump(2).c_str());
    return kSuccess;
  }
  std::printf("%s", clips_text(json.value()).c_str());
  if (!arguments.csv.empty()) {
    std::printf("%s\n", arguments.csv.c_str());
  }
  return kSuccess;
}

void add_score(CLI::App& liveness, Globals& globals) {
  const auto arguments = std::make_shared<LivenessArguments>();
  CLI::App* command = add_command(
      liveness, globals, "score",
      "Error rates on your own clips, as ISO/IEC 30107-3 names them: APCER for each kind of "
      "attack, BPCER",
      "  kface liveness score clips --csv clips.csv\n"
      "  kface liveness score clips --challenge blink,turn-left,turn-right --json\n"
      "CLIPS holds a folder bona-fide and one for each kind of attack (print, replay, mask, ...);\n"
      "in each, video files or folders of frames. docs/liveness.md says how to make them.",
      [&globals, arguments] { return run_score(globals, *arguments); });
  command->add_option("CLIPS", arguments->clips, "folder of the clips")->required();
  command->add_option("--csv", arguments->csv, "file for the result of each clip");
  visit_clip_options(arguments->options, OptionAdder(*command));
}

}  // namespace

void add_liveness_command(CLI::App& app, Globals& globals) {
  CLI::App* liveness =
      app.add_subcommand("liveness", "A person before the camera, or a picture of one?");
  liveness->require_subcommand(1);
  liveness->fallthrough();
  add_score(*liveness, globals);
}

}  // namespace kface::cli
