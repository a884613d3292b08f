# shellcheck shell=bash
# Shared by the scripts in this folder; sourced, never run. They all work from the repository root.

say() { printf '%s: %s\n' "${0##*/}" "$*"; }

# fail WHAT_FAILED WHAT_TO_DO: both on stderr, exit 1.
fail() {
  printf 'setup: FAILED: %s\n' "$1" >&2
  printf 'setup: what to do: %s\n' "$2" >&2
  exit 1
}

# A folder for half-made files, on the same file system as third_party (a rename is atomic there),
# removed however the script ends.
make_scratch() {
  mkdir -p third_party
  scratch=$(mktemp -d third_party/.tmp.XXXXXX)
  trap 'rm -rf "$scratch"' EXIT
  trap 'exit 130' INT TERM HUP
}

digest_of() { sha256sum -- "$1" | cut -d' ' -f1; }

# verified FILE SHA256: is FILE there and exactly that? Files that were hashed once and have kept
# their size and time since (third_party/.verified) are not read again.
verified() {
  local file=$1 sha256=$2 line
  [[ -f $file ]] || return 1
  line="$sha256 $(stat -c '%s %.9Y' -- "$file") $file"
  if grep -qsxF -- "$line" third_party/.verified; then return 0; fi
  [[ $(digest_of "$file") == "$sha256" ]] || return 1
  printf '%s\n' "$line" >> third_party/.verified
}

# install_file FROM TO SHA256: moves FROM over TO in one step, if it is what it should be.
install_file() {
  local from=$1 to=$2 sha256=$3 found
  found=$(digest_of "$from")
  if [[ $found != "$sha256" ]]; then
    fail "$(basename "$to"): SHA-256 of the download is $found, expected $sha256" \
      "run 'make setup' again; if it stays so, put the right file at $to by hand"
  fi
  mkdir -p "$(dirname "$to")"
  chmod 644 -- "$from"
  touch -- "$from"  # archives carry dates of their own; a build must see that this is new
  mv -f -- "$from" "$to"
  verified "$to" "$sha256"
}
