#!/usr/bin/env bash
# build_page.sh: the page of the gate, from src/gate/web into src/gate/web/dist. Needs node 18 or
# later and npm; fetches the tools of package-lock.json once (npm ci, none of their scripts run), and
# does nothing when the page is up to date.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib.sh
source scripts/lib.sh

readonly web=src/gate/web

# What the page is made of, as one digest.
digest_of_sources() {
  find $web/src $web/styles $web/public $web/{index.html,package.json,package-lock.json,tsconfig.json,vite.config.ts} \
    -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1
}

fetch_tools() {
  local digest
  digest=$(digest_of $web/package-lock.json)
  if [[ $(cat $web/node_modules/.from 2> /dev/null) == "$digest" ]]; then return; fi
  command -v npm > /dev/null ||
    fail "npm is not there, and the page is built with it" "apt-get install npm, or scripts/setup.sh packages"
  say "fetching the tools that build the page (TypeScript and Vite, 45 MB unpacked)"
  npm ci --prefix $web --ignore-scripts --no-audit --no-fund --silent ||
    fail "could not fetch the tools that build the page" "check the network, then run scripts/build_page.sh again"
  printf '%s\n' "$digest" > $web/node_modules/.from
}

# Several builds may want the page at once; the first makes it.
exec 9< $web
flock 9

digest=$(digest_of_sources)
if [[ $(cat $web/dist/.from 2> /dev/null) == "$digest" ]]; then
  # A build tool that compares times must see that this is newer than its sources.
  find $web/dist -type f -exec touch {} +
  exit 0
fi
fetch_tools
(cd $web && node_modules/.bin/tsc --noEmit && node_modules/.bin/vite build --logLevel warn) ||
  fail "the page could not be built" "see the messages above"
printf '%s\n' "$digest" > $web/dist/.from
