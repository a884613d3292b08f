#include <cstdio>
#include <nlohmann/json.hpp>

#include "audit_commands.h"
#include "base/times.h"
#include "gate/audit_text.h"

namespace kface::cli {
namespace {

struct ShowArguments {
  AuditArguments log;
  AuditQueryArguments query;
  std::uint64_t before = 0;
  std::size_t limit = 20;
};

// Text of the log in one column; what stands there must not steer the terminal.
std::string cell(const std::string& text) {
  constexpr std::size_t kLongest = 200;
  std::string quoted;
  append_json_text(quoted, clean_utf8(text, kLongest));
  return text.empty() ? "-" : quoted.substr(1, quoted.size() - 2);
}

void print_records(const std::vector<AuditRecord>& records) {
  std::printf("%8s  %-24s  %-9s  %-10s  %-8s  %-12s  %-9s  %-28s  %-10s  %s\n", "sequence", "time",
              "kind", "gate", "verdict", "reason", "direction", "person", "distance", "note");
  for (const AuditRecord& record : records) {
    const AuditEntry& entry = record.entry;
    char distance[32] = "-";
    if (entry.distance) {
      std::snprintf(distance, sizeof(distance), "%.4f", *entry.distance);
    }
    std::printf("%8llu  %-24s  %-9s  %-10s  %-8s  %-12s  %-9s  %-28s  %-10s  %s\n",
                static_cast<unsigned long long>(record.sequence), time_text(entry.at).c_str(),
                cell(entry.kind).c_str(), cell(entry.gate).c_str(), cell(entry.verdict).c_str(),
                cell(entry.reason).c_str(), cell(entry.direction).c_str(),
                cell(entry.person).c_str(), distance, cell(entry.note).c_str());
  }
}

int run_audit_show(const Globals& globals, const ShowArguments& arguments) {
  auto query = to_query(arguments.query);
  if (!query.ok()) {
    return report_error(query.error());
  }
  if (arguments.before > 0) {
    query.value().before = arguments.before;
  }
  const auto records = search_audit(audit_path(arguments.log), query.value(), arguments.limit);
  if (!records.ok()) {
    return report_error(records.error());
  }
  if (!globals.json) {
    print_records(records.value());
    return kSuccess;
  }
  auto json = nlohmann::ordered_json::array();
  for (const AuditRecord& record : records.value()) {
    json.push_back(nlohmann::ordered_json::parse(audit_json_line(record)));
  }
  std::printf("%s\n", json.dump(2).c_str());
  return kSuccess;
}

}  // namespace

void add_audit_show_command(CLI::App& audit, Globals& globals) {
  const auto arguments = std::make_shared<ShowArguments>();
  CLI::App* command =
      add_command(audit, globals, "show", "The newest records first; their chain is not checked",
                  "  kface audit show\n"
                  "  kface audit show --verdict denied --from 2026-11-25T08:00+09:00 --limit 100",
                  [&globals, arguments] { return run_audit_show(globals, *arguments); });
  add_audit_arguments(*command, arguments->log);
  add_audit_query_arguments(*command, arguments->query);
  command->add_option("--before", arguments->before, "only records before this number");
  command->add_option("--limit", arguments->limit, "how many")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
}

}  // namespace kface::cli
