// Writes the fixture's records, chips and pages into a folder, to look at by hand.
#include <cstdio>
#include <exception>
#include <filesystem>
#include <string>

#include "base/files.h"
#include "fixture.h"
#include "report/report.h"

namespace {

kface::Status write_page(const std::filesystem::path& folder,
                         const nlohmann::ordered_json& record) {
  const std::string kind = record["kind"];
  const auto json = folder / (kind + ".json");
  KF_TRY(kface::write_file_atomic(json, record.dump(1)));
  return kface::write_report(json, folder, folder / (kind + ".html"));
}

int write_pages(const std::filesystem::path& folder) {
  kface::fixture::write_chips(folder);
  for (const auto& record :
       {kface::fixture::sweep_record(), kface::fixture::compare_record(),
        kface::fixture::conditions_record(), kface::fixture::evaluate_record()}) {
    if (const kface::Status status = write_page(folder, record); !status.ok()) {
      std::fprintf(stderr, "%s\n", status.message().c_str());
      return 1;
    }
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: report_fixture_page FOLDER\n");
    return 2;
  }
  try {
    return write_pages(argv[1]);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
