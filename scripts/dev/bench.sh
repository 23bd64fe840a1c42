#!/usr/bin/env bash
# measure against nginx on this machine in one run: bench [--json FILE]
#
#   --json FILE  also writes one object a line: {"name","value","unit","peer"}
# Numbers are ratios of one run on one machine; the configuration of both sides is printed.
. scripts/lib/common.sh
arguments=()
while [ $# -gt 0 ]; do
  case "$1" in
    --json) [ $# -ge 2 ] || usage_error "--json needs a file"; arguments+=(--json "$2"); shift 2 ;;
    *) usage_error "bench knows --json FILE, not '$1'" ;;
  esac
done
ensure_packages build run test bench
configure release -DSEKISHO_TESTS=ON -DSEKISHO_BENCH=ON
build release
export SEKISHOD="$SEKISHO_ROOT/build/release/node/app/sekishod" SEKISHO="$SEKISHO_ROOT/build/release/cli/sekisho"
exec python3 scripts/bench.py --build build/release "${arguments[@]}"
