#!/usr/bin/env bash
# kill nodes under load again and again and count what was lost: crash [rounds]
#
# 200 rounds of SIGKILL on one of two whole nodes that exchange data, as many on a log alone, as many on one whose file
# system loses unsynced bytes, and the proof that a build without sync fails. The same run with few rounds in ./dev test.
. scripts/lib/common.sh
rounds="${1:-200}"
case "$rounds" in *[!0-9]* | "") usage_error "rounds is a number, not '$rounds'" ;; esac
ensure_packages build run test
configure release -DSEKISHO_TESTS=ON
build release sekishod sekisho journal_crash
export SEKISHO_CRASH_ROUNDS="$rounds"
exec ctest --test-dir build/release -L crash --no-tests=error --output-on-failure --verbose --timeout 7200
