// Loss and accuracy by epoch, as run records have them.
#pragma once

#include <vector>

#include "experiment/record.h"
#include "head/trainer.h"

namespace kface {

Json history_json(const std::vector<EpochRecord>& history);

}  // namespace kface
