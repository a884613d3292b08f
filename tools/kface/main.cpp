// kface: face verification, trained further on the people it is for. Parses, calls, prints.
#include <unistd.h>

#include <cstdlib>
#include <thread>

#include "commands.h"
#include "nn/blas.h"

namespace {

// Two settings that libraries read before main() begins, hence a restart.
// GOMP_SPINCOUNT: threads that wait for each other inside a layer spin for a while before they
// sleep. OpenMP's own while is milliseconds: on cores that are shared, a thread then spins away the
// time in which the one that it waits for could run.
// GLIBC_TUNABLES: large blocks in pages of 2 MB, where the system gives them when asked; weights
// are then read 3 to 5 % faster.
void restart_with_settings(char** argv) {
  constexpr const char* kSpins = "2000";  // about 0.1 ms
  const auto given = [](const char* name) { return std::getenv(name) != nullptr; };
  if (given("GOMP_SPINCOUNT") || given("OMP_WAIT_POLICY")) {
    return;  // chosen by the user, or by the lines below
  }
  if (setenv("GOMP_SPINCOUNT", kSpins, 0) == 0 &&
      setenv("GLIBC_TUNABLES", "glibc.malloc.hugetlb=1", 0) == 0) {
    execv("/proc/self/exe", argv);  // goes on as it is where that fails
  }
}

}  // namespace

int main(int argc, char** argv) {
  using namespace kface::cli;
  restart_with_settings(argv);
  kface::use_one_blas_thread();  // the work is already spread over threads
  Globals globals;
  globals.threads = std::max(1U, std::thread::hardware_concurrency());

  CLI::App app{"kface: face verification for the people whom the usual models serve badly",
               "kface"};
  app.require_subcommand(1);
  app.set_version_flag("--version", KFACE_VERSION);
  app.set_config("--config", "", "read options from a TOML file, [command] then name = value");
  app.fallthrough();
  app.add_option("--threads", globals.threads, "threads to use (default: one for each core)")
      ->check(CLI::Range(1, 1024));
  app.add_option("--models", globals.models,
                 "folder of the model files (else $KFACE_MODELS, $KFACE_HOME/models, ...)");
  app.add_flag("--json", globals.json, "print the result as JSON");
  app.footer(
      "Examples:\n"
      "  kface import folder photos -o data      a folder for each person\n"
      "  kface sweep data -o run                 the paper's experiments, run/report.html\n"
      "  kface train data -o staff.kface         a model for these people\n"
      "  kface verify -m staff.kface a.jpg b.jpg\n"
      "'kface COMMAND --help' tells more.");

  add_import_command(app, globals);
  add_simulate_command(app, globals);
  add_extract_command(app, globals);
  add_train_command(app, globals);
  add_evaluate_command(app, globals);
  add_threshold_command(app, globals);
  add_stress_command(app, globals);
  add_templates_command(app, globals);
  add_compare_command(app, globals);
  add_conditions_command(app, globals);
  add_sweep_command(app, globals);
  add_protocol_command(app, globals);
  add_report_command(app, globals);
  add_verify_command(app, globals);
  add_embed_command(app, globals);
  add_audit_command(app, globals);
  add_gallery_command(app, globals);
  add_enroll_command(app, globals);
  add_people_command(app, globals);
  add_forget_command(app, globals);
  add_identify_command(app, globals);
  add_gate_command(app, globals);
  add_serve_command(app, globals);
  add_token_command(app, globals);
  add_liveness_command(app, globals);
  add_models_command(app, globals);
  add_calibrate_command(app, globals);
  add_bench_command(app, globals);
  add_options_markdown_command(app, globals);

  stop_on_signals(globals.stop);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error);
    return code == 0 ? kSuccess : kUsageError;
  }
  return globals.exit_code;
}
