// Every command of the program, in the order in which data passes through them. Each function
// declares one subcommand.
#pragma once

#include "cli.h"

namespace kface::cli {

void add_import_command(CLI::App& app, Globals& globals);
void add_simulate_command(CLI::App& app, Globals& globals);
void add_extract_command(CLI::App& app, Globals& globals);
void add_train_command(CLI::App& app, Globals& globals);
void add_evaluate_command(CLI::App& app, Globals& globals);
void add_threshold_command(CLI::App& app, Globals& globals);
void add_stress_command(CLI::App& app, Globals& globals);
void add_templates_command(CLI::App& app, Globals& globals);
void add_compare_command(CLI::App& app, Globals& globals);
void add_conditions_command(CLI::App& app, Globals& globals);
void add_sweep_command(CLI::App& app, Globals& globals);
void add_protocol_command(CLI::App& app, Globals& globals);
void add_report_command(CLI::App& app, Globals& globals);
void add_verify_command(CLI::App& app, Globals& globals);
void add_embed_command(CLI::App& app, Globals& globals);
void add_audit_command(CLI::App& app, Globals& globals);
void add_enroll_command(CLI::App& app, Globals& globals);
void add_people_command(CLI::App& app, Globals& globals);
void add_gallery_command(CLI::App& app, Globals& globals);
void add_forget_command(CLI::App& app, Globals& globals);
void add_identify_command(CLI::App& app, Globals& globals);
void add_gate_command(CLI::App& app, Globals& globals);
void add_serve_command(CLI::App& app, Globals& globals);
void add_token_command(CLI::App& app, Globals& globals);
void add_liveness_command(CLI::App& app, Globals& globals);
void add_models_command(CLI::App& app, Globals& globals);
void add_calibrate_command(CLI::App& app, Globals& globals);
void add_bench_command(CLI::App& app, Globals& globals);
void add_options_markdown_command(CLI::App& app, Globals& globals);

}  // namespace kface::cli
