// The paper's own figures (its tables and graphs; accuracy, loss, overlap, threshold), shown
// beside ours.
#pragma once

#include "experiment/record.h"

namespace kface {

// {"ratios": [nine of {ratio, accuracy, loss, overlap, threshold}], "images": [5 and 10 images]}
Json paper_tables();

}  // namespace kface
