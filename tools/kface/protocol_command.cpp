#include <cstdio>

#include "base/files.h"
#include "commands.h"
#include "experiment/kface_protocol_job.h"
#include "protocol_commands.h"

namespace kface::cli {
namespace {

struct ProtocolArguments {
  std::string source;
  KfaceProtocolOptions options;
};

void print_result(const Json& json) {
  const Json& split = json["split"];
  std::printf(
      "%s people to train on, %s to test on, %s\n", split["num_train_identities"].dump().c_str(),
      split["num_test_identities"].dump().c_str(), split["rule"].get<std::string>().c_str());
  if (split["num_absent"] != 0) {
    std::printf("%s listed test people have no photo here\n", split["num_absent"].dump().c_str());
  }
  std::printf("\n%-4s %12s %12s\n", "", "published", "here");
  for (const Json& row : json["selections"]) {
    std::printf("%-4s %12s %12s %s\n", row["name"].get<std::string>().c_str(),
                grouped_digits(row["published"].get<std::uint64_t>()).c_str(),
                grouped_digits(row["here"].get<std::uint64_t>()).c_str(),
                row["name"].get<std::string>().front() == 'T' ? "images" : "pairs");
  }
  for (const Json& line : json["written"]) {
    std::printf("%s\n", line.get<std::string>().c_str());
  }
}

int run_protocol(const Globals& globals, const ProtocolArguments& arguments) {
  const auto json =
      run_kface_protocol(arguments.source, arguments.options, job_context(globals, "protocol"));
  if (!json.ok()) {
    return report_error(json.error());
  }
  if (globals.json) {
    std::printf("%s", record_text(json.value()).c_str());
  } else {
    print_result(json.value());
  }
  return kSuccess;
}

void add_kface_protocol(CLI::App& protocol, Globals& globals) {
  const auto arguments = std::make_shared<ProtocolArguments>();
  KfaceProtocolOptions& options = arguments->options;
  CLI::App* command = add_command(
      protocol, globals, "kface",
      "K-FACE: people for training and for testing, selections T1 to T4, pair lists Q1 to Q4",
      "  kface protocol kface korean                              what the data allow\n"
      "  kface protocol kface korean --list Q4 --seed 1 -o q4.txt\n"
      "  kface protocol kface korean --select T2 --into korean-t2 a dataset to train on\n"
      "  kface protocol kface korean --match published-q4.txt -o q4.txt\n"
      "  kface protocol score korean -m staff.kface --pairs q4.txt --published Q4",
      [&globals, arguments] { return run_protocol(globals, *arguments); });
  command
      ->add_option("SRC", arguments->source,
                   "dataset of 'kface import aihub', or the K-FACE tree itself")
      ->required();
  auto* list = command->add_option("--list", options.list, "write a pair list of this kind")
                   ->check(CLI::IsMember({"Q1", "Q2", "Q3", "Q4"}));
  auto* select =
      command
          ->add_option("--select", options.select,
                       "write the ids of the images that T1 to T4 train on, or that Q1 to Q4 pair")
          ->check(CLI::IsMember({"T1", "T2", "T3", "T4", "Q1", "Q2", "Q3", "Q4"}));
  auto* match = command->add_option("--match", options.match,
                                    "published pair list, to be written with the dataset's ids");
  list->excludes(select)->excludes(match);
  select->excludes(match);
  auto* output = command->add_option("-o,--output", options.output, "file of the list or the ids");
  command->add_option("--into", options.into, "folder of a new dataset of the selected images")
      ->needs(select);
  list->needs(output);
  match->needs(output);
  command->add_option(
      "--test-identities", options.test_identities,
      "people to test on, one a line, such as kface-test-identity30.txt; else drawn "
      "by --seed");
  command->add_option("--identities-out", options.identities_out,
                      "write the people to test on, one a line");
  visit_kface_protocol_options(options, OptionAdder(*command));
}

}  // namespace

void add_protocol_command(CLI::App& app, Globals& globals) {
  CLI::App* protocol = app.add_subcommand(
      "protocol", "Lists, rules and results that are published, and yours beside them");
  protocol->require_subcommand(1);
  protocol->fallthrough();
  add_kface_protocol(*protocol, globals);
  add_protocol_score_command(*protocol, globals);
}

}  // namespace kface::cli
