#include <cerrno>
#include <cstdio>

#include "audit_commands.h"
#include "base/file_descriptor.h"
#include "base/files.h"

namespace kface::cli {
namespace {

struct ExportArguments {
  AuditArguments log;
  AuditQueryArguments query;
  std::string format = "csv";
  std::string output;
};

Status export_records(const Globals& globals, const ExportArguments& arguments) {
  KF_ASSIGN(const AuditQuery query, to_query(arguments.query));
  const bool csv = arguments.format == "csv" && !globals.json;
  std::optional<AtomicFileWriter> file;
  if (!arguments.output.empty()) {
    file.emplace(arguments.output);
  }
  const auto put = [&](const std::string& line) {
    if (file) {
      return file->append(line);
    }
    return std::fwrite(line.data(), 1, line.size(), stdout) == line.size()
               ? Status{}
               : io_error("standard output", "write", errno);
  };
  if (csv) {
    KF_TRY(put(audit_csv_heading()));
  }
  KF_TRY(read_audit(audit_path(arguments.log), query, [&](const AuditRecord& record) {
    return globals.stop.requested() ? Status{ErrorCode::kInterrupted, "stopped"}
                                    : put(csv ? audit_csv_line(record) : audit_json_line(record));
  }));
  if (file) {
    return file->commit();
  }
  return std::fflush(stdout) == 0 ? Status{} : io_error("standard output", "write", errno);
}

}  // namespace

void add_audit_export_command(CLI::App& audit, Globals& globals) {
  const auto arguments = std::make_shared<ExportArguments>();
  CLI::App* command = add_command(
      audit, globals, "export", "All records as CSV or JSON lines, oldest first, chain not checked",
      "  kface audit export -o november.csv --from 2026-11-01T00:00+09:00\n"
      "  kface audit export --format jsonl --direction entry",
      [&globals, arguments] {
        const Status status = export_records(globals, *arguments);
        return status.ok() ? kSuccess : report_error(status);
      });
  add_audit_arguments(*command, arguments->log);
  add_audit_query_arguments(*command, arguments->query);
  command->add_option("--format", arguments->format, "csv or jsonl")
      ->check(CLI::IsMember({"csv", "jsonl"}))
      ->capture_default_str();
  command->add_option("-o,--output", arguments->output, "file (default: standard output)");
}

}  // namespace kface::cli
