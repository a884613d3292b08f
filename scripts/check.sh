#!/usr/bin/env bash
# check.sh [STEP...]: what `make test` runs, after setup.sh. Without a word: format scripts dev docs
# asan tsan. Ends with the summaries of all tests.
#   format   layout of our sources, by clang-format 14
#   scripts  shellcheck
#   dev      build with warnings as errors, and all tests
#   docs     docs/options.md is what the program says of itself
#   asan     the same tests under the address and undefined-behaviour sanitizers, but for the slow ones
#            and those that start the program
#   asan-program   those that start the program, likewise (10 minutes; `make test-slow`)
#   tsan     the tests of work on several threads under the thread sanitizer
#   tidy     clang-tidy on every source (minutes)
set -euo pipefail
cd "$(dirname "$0")/.."

# Targets whose tests run code on several threads.
readonly -a thread_tests=(base_parallel_test base_mapped_safetensors_test gate_audit_log_test gate_hold_timer_test
  gate_mqtt_door_test nn_roofline_test)

export KFACE_MODELS=${KFACE_MODELS:-$PWD/third_party/models}
if [[ -z ${KFACE_DATA:-} && -d ../shared/data ]]; then KFACE_DATA=$(realpath ../shared/data); fi
export KFACE_DATA=${KFACE_DATA:-}
[[ -n $KFACE_DATA ]] || unset KFACE_DATA
# Tests start one process each, and each may use all cores of its own.
export OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1

our_sources() { git ls-files -co --exclude-standard -- '*.cpp' '*.h' "$@"; }

build() {
  cmake --preset "$1" > build/configure.log || { cat build/configure.log; return 1; }
  cmake --build --preset "$1"
}

# test_build PRESET [OPTION...]: builds, runs ctest with the options, keeps the summary for the end.
test_build() {
  local preset=$1
  shift
  build "$preset"
  ctest --preset "$preset" -j "$(nproc)" --no-tests=error "$@" | tee "build/$preset.log"
  printf '%s:\n%s\n' "$preset" "$(grep 'tests passed' "build/$preset.log")" >> build/summary.log
}

step_format() { our_sources | xargs clang-format --dry-run -Werror; }
step_scripts() { shellcheck -x scripts/*.sh .ci/run; }
step_dev() { test_build dev; }
# Work of full size shows nothing more under the sanitizers than the same work on small files.
# The program adds its command lines to what the other tests run, and is slow to build and to start.
step_asan() { test_build asan --label-exclude 'slow|program'; }
step_asan-program() {
  build asan
  cmake --build --preset asan --target program_tests
  ctest --preset asan -j "$(nproc)" --no-tests=error --label-regex program
}

step_docs() {
  if ! diff -u docs/options.md <(build/dev/tools/kface/kface options-markdown); then
    printf 'docs/options.md is not what the program says; run: %s > docs/options.md\n' \
      'build/dev/tools/kface/kface options-markdown' >&2
    return 1
  fi
}

step_tsan() {
  local target program
  cmake --preset tsan > build/configure.log
  cmake --build --preset tsan --target "${thread_tests[@]}"
  for target in "${thread_tests[@]}"; do
    program=$(find build/tsan -type f -name "$target" -perm -u+x)
    "$program" --gtest_brief=1
    printf 'tsan: %s passed\n' "$target" >> build/summary.log
  done
}

step_tidy() {
  build dev
  our_sources '*.cpp' | sed "s|^|$PWD/|" | xargs run-clang-tidy -quiet -p build/dev -j "$(nproc)"
}

mkdir -p build
: > build/summary.log
if (($# == 0)); then set -- format scripts dev docs asan tsan; fi
for step in "$@"; do
  printf '\n== %s\n' "$step"
  "step_$step"
done
printf '\n'
cat build/summary.log
