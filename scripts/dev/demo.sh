#!/usr/bin/env bash
# build the two programs and show one data exchange between two zones: demo [--keep|--stop]
#
#   --keep  leave the nodes running and print lines to try by hand
#   --stop  end the nodes that --keep left
# Everything lies in the folder .demo. Exit code 0 only if every step went as it must.
. scripts/lib/common.sh
case "${1:-}" in
  "" | --keep) ;;
  --stop) exec python3 scripts/demo/demo.py --stop ;;
  *) usage_error "demo knows --keep and --stop, not '$1'" ;;
esac
ensure_packages build run
[ -f build/release/build.ninja ] || configure release -DSEKISHO_TESTS=OFF
build release sekishod sekisho
export SEKISHOD="$SEKISHO_ROOT/build/release/node/app/sekishod" SEKISHO="$SEKISHO_ROOT/build/release/cli/sekisho"
exec python3 scripts/demo/demo.py "$@"
