#!/usr/bin/env bash
# configure and build a preset: build [release|asan|tsan|fuzz] [target…]
#
# Without targets everything of the preset is built. The programs are then build/PRESET/node/app/sekishod and
# build/PRESET/cli/sekisho. SEKISHO_JOBS sets the number of jobs (default: the number of cores).
. scripts/lib/common.sh
preset="${1:-release}"
shift || true
require_preset "$preset"
if [ "$preset" = fuzz ]; then ensure_packages build test tools; else ensure_packages build test; fi
configure "$preset"
if [ "$preset" = fuzz ] && [ $# = 0 ]; then set -- fuzz_targets; fi
build "$preset" "$@"
