#!/usr/bin/env bash
# debian_source.sh PACKAGE FILE FOLDER: downloads one file of a Debian source package into FOLDER.
#
# Needs neither root nor a deb-src line: it takes the machine's own package sources, reads them as
# deb-src in a folder of its own, and lets apt check the signed index and the file's digest.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib.sh
source scripts/lib.sh

if (($# != 3)); then
  printf 'usage: %s PACKAGE FILE FOLDER\n' "$0" >&2
  exit 2
fi
package=$1 file=$2 folder=$(realpath "$3")
private=$folder/apt
mkdir -p "$private"/{parts,lists/partial,cache/archives/partial}

# One-line (.list) and paragraph (.sources) forms, switched-off ones left alone.
for list in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
  [[ -r $list ]] || continue
  sed -nE '/^[[:space:]]*deb[[:space:]]+cdrom:/d; s/^[[:space:]]*deb([[:space:]])/deb-src\1/p' \
    "$list" > "$private/parts/$(basename "$list" .list).list"
done
for paragraphs in /etc/apt/sources.list.d/*.sources; do
  [[ -r $paragraphs ]] || continue
  sed -E 's/^Types:.*/Types: deb-src/I' "$paragraphs" > "$private/parts/$(basename "$paragraphs")"
done
find "$private/parts" -empty -type f -delete

options=(-o Dir::Etc::SourceList=/dev/null -o "Dir::Etc::SourceParts=$private/parts"
  -o "Dir::State::Lists=$private/lists" -o "Dir::Cache=$private/cache" -o Debug::NoLocking=1
  -o "APT::Sandbox::User=$(id -un)" -o Acquire::Languages=none -o Acquire::Retries=3)

# A private source without source packages makes update complain; what counts is the next step.
apt-get -qq "${options[@]}" update > "$private/log" 2>&1 || true
uris=$(apt-get -qq "${options[@]}" source --print-uris "$package" 2>> "$private/log") || true
read -r uri _ _ digest < <(grep -F " $file " <<< "$uris") || true
if [[ -z ${uri:-} ]]; then
  cat "$private/log" >&2
  fail "no package source of this machine has $file of the Debian source package $package" \
    "check the network and that /etc/apt names a Debian 12 mirror, then run 'make setup' again"
fi

uri=${uri//\'/}
if ! /usr/lib/apt/apt-helper "${options[@]}" download-file "$uri" "$folder/$file" "$digest" \
  >> "$private/log" 2>&1; then
  cat "$private/log" >&2
  fail "could not download $file of the Debian source package $package" \
    "check the network and the room on the disk, then run 'make setup' again"
fi
