// What 'kface train' prints.
#pragma once

#include <string>
#include <vector>

#include "experiment/train.h"

namespace kface::cli {

// What was tried; view_ms: how long a face takes with each kind of view on this machine.
void print_choice(const TrainedModel& trained, const std::vector<double>& view_ms);

// The model written to `path`, and its threshold.
void print_trained(const std::string& path, const TrainedModel& trained, double seconds);

}  // namespace kface::cli
