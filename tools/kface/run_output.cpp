#include "run_output.h"

#include "base/files.h"
#include "experiment/tables.h"
#include "report/report.h"

namespace kface::cli {

Status write_run(const std::filesystem::path& run, const Json& record,
                 const std::filesystem::path& dataset) {
  KF_TRY(write_file_atomic(run / "results.json", record_text(record)));
  if (record["kind"] == "sweep") {
    KF_TRY(write_file_atomic(run / "ratios.csv",
                             results_csv(record["ratios"], record["paper"]["ratios"], "ratio")));
    KF_TRY(write_file_atomic(
        run / "images.csv",
        results_csv(record["images"], record["paper"]["images"], "images_per_person")));
  }
  return write_report(run / "results.json", dataset, run / "report.html");
}

}  // namespace kface::cli
