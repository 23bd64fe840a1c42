#!/usr/bin/env bash
# run the fuzz targets under clang 19: fuzz [target] [seconds]
#
# All targets, 60 s each and two at a time, unless named. Each prints one line: executions, edges covered, findings, and
# after how many executions its planted twin broke (a target that does not find the planted overflow would find nothing
# else). A finding is kept in build/fuzz/findings, new inputs in build/fuzz/corpus; seeds are tests/fuzz/seeds.
. scripts/lib/common.sh
target=""
seconds=60
for argument in "$@"; do
  case "$argument" in
    *[!0-9]*) target="$argument" ;;
    *) seconds="$argument" ;;
  esac
done
ensure_packages build test tools
configure fuzz
targets="$(cat build/fuzz/fuzz_targets.txt)"
if [ -n "$target" ]; then
  grep -qx -- "$target" <<< "$targets" || usage_error "no fuzz target '$target'; there are: $(tr '\n' ' ' <<< "$targets")"
  targets="$target"
fi
# shellcheck disable=SC2046
build fuzz $(for name in $targets; do echo "fuzz_$name fuzz_${name}_planted"; done)
exec python3 scripts/fuzz.py --build build/fuzz --seconds "$seconds" --jobs "$jobs" $targets
