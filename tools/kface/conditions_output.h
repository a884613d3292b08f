// What 'kface conditions' prints.
#pragma once

#include "experiment/record.h"

namespace kface::cli {

// Tables and heat maps of a record of kind "conditions".
void print_conditions(const Json& record);

}  // namespace kface::cli
