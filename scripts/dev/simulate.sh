#!/usr/bin/env bash
# run two nodes through crashes and a bad network, step by step: simulate [--seeds N] [arguments]
#
#   --seeds N        runs by chance, each with a seed of its own (default 2000)
#   --deviations N   every schedule with at most N deviations from the calm course (default 1; 2 takes an hour)
#   --stride N       of the schedules with the most deviations only each N-th
#   --first N        the first seed
#   --trace N        one seed, shown step by step when a rule is broken
#
# Ends with the counts, and with what it took to find each planted defect. The same runs with small bounds in ./dev test.
. scripts/lib/common.sh
arguments=()
while [ $# -gt 0 ]; do
  case "$1" in
    --seeds | --deviations | --stride | --first | --trace) [ $# -ge 2 ] || usage_error "$1 needs a number"
      case "$2" in *[!0-9]* | "") usage_error "$1 needs a number, not '$2'" ;; esac
      arguments+=("$1" "$2"); shift 2 ;;
    *) usage_error "simulate knows --seeds, --deviations, --stride, --first and --trace, not '$1'" ;;
  esac
done
ensure_packages build run test
configure release -DSEKISHO_TESTS=ON
build release simulate
exec build/release/tests/simulation/simulate --seeds 2000 "${arguments[@]}"
