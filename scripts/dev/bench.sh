#!/usr/bin/env bash
# measure against nginx on this machine in one run: bench [streams [--quick] [--minutes N] | dsp] [--json FILE] [part…]
#
#   --json FILE  also writes one object a line: {"name","value","unit","peer"}
#   streams      long bodies in place of small records; --quick: smaller, a minute or two; --minutes: of the live stream
#   dsp          negotiations and catalogues between two nodes, with what bounds them; no nginx
#   part         only these parts (python3 scripts/bench.py --help, scripts/bench_streams.py --help, scripts/bench_dsp.py --help)
# Numbers are ratios of one run on one machine; the configuration of both sides is printed.
. scripts/lib/common.sh
program=scripts/bench.py arguments=()
if [ "${1:-}" = streams ]; then
  program=scripts/bench_streams.py
  shift
elif [ "${1:-}" = dsp ]; then
  program=scripts/bench_dsp.py
  shift
fi
while [ $# -gt 0 ]; do
  case "$1" in
    --json) [ $# -ge 2 ] || usage_error "--json needs a file"; arguments+=(--json "$2"); shift 2 ;;
    --quick) [ $program = scripts/bench_streams.py ] || usage_error "only bench streams knows --quick"; arguments+=(--quick); shift ;;
    --minutes) [ $# -ge 2 ] || usage_error "--minutes needs a number"; arguments+=(--minutes "$2"); shift 2 ;;
    -*) usage_error "bench knows streams, dsp, --quick, --minutes N, --json FILE and parts, not '$1'" ;;
    *) arguments+=("$1"); shift ;;
  esac
done
ensure_packages build run test bench
configure release -DSEKISHO_TESTS=ON -DSEKISHO_BENCH=ON
build release sekishod sekisho benchmarks
export SEKISHOD="$SEKISHO_ROOT/build/release/node/app/sekishod" SEKISHO="$SEKISHO_ROOT/build/release/cli/sekisho"
exec python3 $program --build build/release "${arguments[@]}"
