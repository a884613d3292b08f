#!/usr/bin/env bash
# yaleb_attributes.sh DS: the light of Extended Yale B's photos as a table for
# `kface conditions DS --table`, on standard output.
#
#   kface import folder yaleb -o DS --crop none
#   scripts/yaleb_attributes.sh DS > light.csv
#   kface conditions DS -m frozen --table light.csv
#
# A name such as yaleB01_P00A-035E+15 holds azimuth and elevation of the lamp in degrees.
# light_subset: the angle between lamp and camera axis, in the subsets of Georghiades, Belhumeur and
#               Kriegman 2001: 1 up to 12 degrees, 2 to 25, 3 to 50, 4 to 77, 5 beyond.
# light_side:   front up to 10 degrees of azimuth, otherwise right (+) or left (-).
set -euo pipefail

if [[ $# -ne 1 || ! -f $1/manifest.csv ]]; then
  printf 'usage: %s DS, a dataset of Extended Yale B\n' "$0" >&2
  exit 2
fi

awk -F, '
  function degrees(text) { sub(/^\+/, "", text); return text + 0 }
  NR == 1 { print "id,light_subset,light_side"; next }
  match($1, /A[+-][0-9][0-9][0-9]E[+-][0-9][0-9]/) {
    azimuth = degrees(substr($1, RSTART + 1, 4))
    elevation = degrees(substr($1, RSTART + 6, 3))
    radian = atan2(0, -1) / 180
    cosine = cos(azimuth * radian) * cos(elevation * radian)
    angle = atan2(sqrt(1 - cosine * cosine), cosine) / radian
    subset = angle <= 12.5 ? 1 : angle <= 25.5 ? 2 : angle <= 50.5 ? 3 : angle <= 77.5 ? 4 : 5
    side = azimuth > 10 ? "right" : azimuth < -10 ? "left" : "front"
    print $1 "," subset "," side
  }' "$1/manifest.csv"
