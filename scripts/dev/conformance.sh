#!/usr/bin/env bash
# run the tests with other projects' vectors, which must be there: conformance
#
# Transparency logs (C2SP), Ed25519 (Wycheproof, speccheck), Dataspace Protocol, ODRL, EPCIS. Vectors are read from
# SEKISHO_TEST_DATA, else from ../shared/data; without them this fails, since a conformance run without vectors is none.
. scripts/lib/common.sh
export SEKISHO_TEST_DATA="${SEKISHO_TEST_DATA:-$SEKISHO_ROOT/../shared/data}"
[ -d "$SEKISHO_TEST_DATA" ] || die "no vectors in $SEKISHO_TEST_DATA; set SEKISHO_TEST_DATA"
ensure_packages build run test
configure release -DSEKISHO_TESTS=ON
build release
results="$SEKISHO_ROOT/build/release/conformance"
rm -rf "$results" && mkdir -p "$results"
status=0
GTEST_OUTPUT="xml:$results/" ctest --test-dir build/release -j "$jobs" \
  -LE 'scripts|crash|e2e' --output-on-failure --test-output-size-passed 100000 --output-junit "$results.xml" > "$results/ctest.log" 2>&1 \
  || status=$?
if [ $status != 0 ]; then head -200 "$results/ctest.log"; fi
python3 scripts/test_summary.py --ctest "$results.xml" --gtest "$results" || status=1
exit $status
