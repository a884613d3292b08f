#!/usr/bin/env bash
# bench.sh [OPTION...]: what `make bench` runs once the program is built: brings and builds the
# peers, makes the networks, then bench/run.py with --contended and the options given.
set -euo pipefail
cd "$(dirname "$0")/.."

# Debian's Python, which has Debian's numpy and onnx; another may stand before it in PATH.
readonly python=/usr/bin/python3

scripts/setup.sh bench models
mkdir -p build
cmake --preset bench > build/configure.log || { cat build/configure.log; exit 1; }
cmake --build --preset bench
$python bench/run.py --self-check
$python bench/make_networks.py build/bench/networks
exec $python bench/run.py --contended "$@"
