#include <cstdio>

#include "commands.h"
#include "report/report.h"

namespace kface::cli {
namespace {

struct ReportArguments {
  std::string run;
  std::string dataset;
};

int run_report(const ReportArguments& arguments) {
  const std::filesystem::path run = arguments.run;
  const Status status = write_report(run / "results.json", arguments.dataset, run / "report.html");
  if (!status.ok()) {
    return report_error(status);
  }
  std::printf("%s\n", (run / "report.html").c_str());
  return kSuccess;
}

}  // namespace

void add_report_command(CLI::App& app, Globals& globals) {
  const auto arguments = std::make_shared<ReportArguments>();
  CLI::App* command =
      add_command(app, globals, "report", "Write RUN/report.html again from RUN/results.json",
                  "  kface report run data", [arguments] { return run_report(*arguments); });
  command
      ->add_option("RUN", arguments->run,
                   "folder that a command wrote with -o, with a results.json")
      ->required();
  command->add_option("DS", arguments->dataset, "dataset folder, for the pictures")->required();
}

}  // namespace kface::cli
