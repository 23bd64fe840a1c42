#!/usr/bin/env bash
# install the Debian packages that are missing: setup [build|test|all]
#
#   build  what compiles and demonstrates the two programs
#   test   also what the tests need (the default)
#   all    also clang 19 (fuzz, lint, format), nginx (bench) and mmdebstrap (fresh)
# Asks for nothing, needs root or sudo, does nothing where nothing is missing.
. scripts/lib/common.sh
case "${1:-test}" in
  build) ensure_packages build run ;;
  test) ensure_packages build run test ;;
  all) ensure_packages build run test tools bench fresh ;;
  *) usage_error "setup knows build, test and all, not '$1'" ;;
esac
say "packages are installed"
