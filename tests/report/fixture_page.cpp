// Writes the fixture's records, chips and pages into a folder, to look at by hand.
#include <cstdio>
#include <filesystem>

#include "base/files.h"
#include "fixture.h"
#include "report/report.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: report_fixture_page FOLDER\n");
    return 2;
  }
  const std::filesystem::path folder = argv[1];
  kface::fixture::write_chips(folder);
  for (const auto& record : {kface::fixture::sweep_record(), kface::fixture::compare_record()}) {
    const std::string kind = record["kind"];
    const auto json = folder / (kind + ".json");
    kface::Status status = kface::write_file_atomic(json, record.dump(1));
    if (status.ok()) {
      status = kface::write_report(json, folder, folder / (kind + ".html"));
    }
    if (!status.ok()) {
      std::fprintf(stderr, "%s\n", status.message().c_str());
      return 1;
    }
  }
  return 0;
}
