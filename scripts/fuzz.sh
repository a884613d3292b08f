#!/usr/bin/env bash
# fuzz.sh [RUNS [READER...]]: builds the fuzzers with clang and runs each reader of weight files RUNS
# times (20000) on damaged copies of the small files that the tests use. Ends at the first crash,
# leak or input that takes more than 20 seconds, and says where the input is. The seed is fixed.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly runs=${1:-20000}
if (($# > 1)); then readers=("${@:2}"); else readers=(safetensors torch7 caffe keras_h5 matconvnet onnx); fi
declare -rA suffix=([safetensors]=safetensors [torch7]=t7 [caffe]=caffemodel [keras_h5]=h5 [matconvnet]=mat [onnx]=onnx)
readonly seeds=build/fuzz/seeds

mkdir -p build
cmake --preset fuzz > build/configure.log || { cat build/configure.log; exit 1; }
cmake --build --preset fuzz --target "${readers[@]/#/fuzz_}"
/usr/bin/python3 -B src/weights/testdata/write_weight_files.py "$seeds" src/weights/caffe_net.proto
/usr/bin/python3 -B src/onnx/testdata/write_networks.py "$seeds"

for reader in "${readers[@]}"; do
  corpus=build/fuzz/corpus/$reader
  rm -rf "$corpus" build/fuzz/findings/"$reader"-*
  mkdir -p "$corpus" build/fuzz/findings
  cp "$seeds"/*."${suffix[$reader]}" "$corpus"
  log=build/fuzz/$reader.log
  if ! build/fuzz/tests/fuzz/fuzz_"$reader" -runs="$runs" -seed=1 -timeout=20 -max_len=200000 \
    -rss_limit_mb=2048 -malloc_limit_mb=0 -artifact_prefix=build/fuzz/findings/"$reader"- "$corpus" > "$log" 2>&1; then
    tail -n 40 "$log"
    printf 'fuzz: %s failed; the whole log is %s\n' "$reader" "$log" >&2
    exit 1
  fi
  accepted=$(sed -n 's/^accepted: //p' "$log")
  ((accepted > 0)) || { printf 'fuzz: %s accepts not even the good files\n' "$reader" >&2; exit 1; }
  printf 'fuzz: %s: %s, %s inputs accepted, HDF5 crashed over %s in its own process\n' "$reader" \
    "$(grep -a 'Done ' "$log")" "$accepted" "$(sed -n 's/^HDF5 crashed: //p' "$log")"
done
