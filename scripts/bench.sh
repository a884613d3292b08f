#!/usr/bin/env bash
# bench.sh: runs every benchmark of the release build, one after the other.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib.sh
source scripts/lib.sh

export KFACE_MODELS=${KFACE_MODELS:-$PWD/third_party/models}
mapfile -t programs < <(find build/release/bench -type f -name 'bench_*' -perm -u+x | sort)
((${#programs[@]} > 0)) ||
  fail "no benchmark in build/release/bench" "configure with -DKFACE_BUILD_BENCH=ON, as make bench does"
for program in "${programs[@]}"; do
  printf '\n== %s\n' "${program##*/}"
  "$program"
done
