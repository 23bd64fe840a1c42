#!/bin/sh
# usage: packages.sh SECTION…   prints the Debian packages of these sections of packages.txt, one a line.
set -eu
list="$(dirname "$0")/packages.txt"
for section in "$@"; do
  grep -qx "\[$section\]" "$list" || { echo "packages.sh: no section [$section] in $list" >&2; exit 2; }
done
for section in "$@"; do
  awk -v want="[$section]" '/^\[/ { on = ($0 == want); next } /^#/ || /^$/ { next } on' "$list"
done | sort -u
