#!/usr/bin/env bash
# demo.sh: the paper's experiments on the demo's people, after setup.sh and a release build. Prints
# the path of the report as its last line. What is up to date is not made again.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib.sh
source scripts/lib.sh

readonly tools=build/release/tools photos=demo/aihub dataset=demo/dataset run=demo/run

# The photos depend on the program that draws them and on those it draws upon.
made_by=$(cat $tools/demo_data/kface_demo_data third_party/dlib-examples/.from | sha256sum)
if [[ ! -d $photos || $(cat demo/.made-by 2> /dev/null) != "$made_by" ]]; then
  mkdir -p demo
  $tools/demo_data/kface_demo_data third_party/dlib-examples third_party/models $photos
  printf '%s\n' "$made_by" > demo/.made-by
fi

# 12 photos a person: experiment B needs 10 that the importer accepts.
$tools/kface/kface --models third_party/models \
  import aihub $photos -o $dataset --people all --images 12

newer_than() { [[ -s $1 && ! $2 -nt $1 && ! $3 -nt $1 ]]; }
if newer_than $run/report.html $dataset/manifest.csv $tools/kface/kface; then
  say "the report is up to date"
else
  $tools/kface/kface --models third_party/models sweep $dataset -o $run
fi
printf '%s\n' "$PWD/$run/report.html"
