// How `kface bench` shows what it measured, and how it talks with a driver.
#pragma once

#include "experiment/engine_bench.h"

namespace kface::cli {

// `result` as a table: a row a layer, what was tried, and the whole.
void print_bench(const Json& result, const EngineBench& bench, const Roofline& roofline);

// Prints "ready {...}"; then answers each "run N" on standard input with "ms T1 ... TN", until its
// end. Returns the exit code.
int serve_bench(EngineBench& bench, const Json& ready);

}  // namespace kface::cli
