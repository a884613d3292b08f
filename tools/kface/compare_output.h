// What 'kface compare' prints.
#pragma once

#include "experiment/record.h"

namespace kface::cli {

// A run record of kind "compare", as a table and what follows from it.
void print_comparison(const Json& record);

}  // namespace kface::cli
