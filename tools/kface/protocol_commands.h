// Commands below 'kface protocol'.
#pragma once

#include "cli.h"

namespace kface::cli {

void add_protocol_score_command(CLI::App& protocol, Globals& globals);

}  // namespace kface::cli
