#!/usr/bin/env bash
# the suites that say whether it conforms: conformance [connectors|dsp|edc|vectors] [arguments]
#
#   (none)      names the suites
#   dsp         the scenarios of the Dataspace Protocol's official test kit, replayed by a peer of our own (seconds);
#               [--kit DIR]: the official kit itself, from a folder of its jars and their libraries (java 17; a minute)
#   edc         a real Eclipse EDC 0.15.1 against the laboratory node, in both roles; its jars come from Maven Central the
#               first time and are kept in build/edc (java 17, mvn; half a minute)
#   connectors  the kit of docs/connector-conformance.md on every connector, in full (some minutes), then WireMock's
#               faults where the registries can be reached: [--only NAME] [--json FILE] [--quick]
#   vectors     the tests with other projects' vectors, which must be there: transparency logs (C2SP), Ed25519
#               (Wycheproof, speccheck), Dataspace Protocol, ODRL, EPCIS. They are read from SEKISHO_TEST_DATA, else from
#               ../shared/data; without them this fails, since a conformance run without vectors is none.
. scripts/lib/common.sh
suite="${1:-}"
[ $# = 0 ] || shift

connectors() {
  local arguments=() whole=1 status=0
  while [ $# -gt 0 ]; do
    case "$1" in
      --only | --json) [ $# -ge 2 ] || usage_error "$1 needs a value"
        [ "$1" = --json ] || whole=0
        arguments+=("$1" "$2"); shift 2 ;;
      --quick) whole=0; arguments+=("$1"); shift ;;
      *) usage_error "conformance connectors knows --only NAME, --json FILE and --quick, not '$1'" ;;
    esac
  done
  ensure_packages build run test
  configure release -DSEKISHO_TESTS=ON
  build release connector_conformance sekisho sekishod
  build/release/tests/conformance/connectors/connector_conformance "${arguments[@]}" || status=1
  if [ $whole = 1 ]; then
    say "WireMock"
    ctest --test-dir build/release -R '^(http_faults_test|connector_faults_test)$' --output-on-failure || status=1
  fi
  return $status
}

dsp() {
  local kit=()
  while [ $# -gt 0 ]; do
    case "$1" in
      --kit) [ $# -ge 2 ] || usage_error "--kit needs a folder"
        [ -d "$2" ] || die "no folder $2"
        kit=(--kit "$2"); shift 2 ;;
      *) usage_error "conformance dsp knows --kit DIR, not '$1'" ;;
    esac
  done
  ensure_packages build run test
  configure release -DSEKISHO_TESTS=ON
  build release sekishod_tck
  SEKISHOD_TCK="$SEKISHO_ROOT/build/release/tests/conformance/dsp/sekishod_tck" python3 tests/conformance/dsp/suite.py "${kit[@]}"
}

edc() {
  [ $# = 0 ] || usage_error "conformance edc takes no arguments"
  ensure_packages build run test
  configure release -DSEKISHO_TESTS=ON
  build release sekishod_tck
  SEKISHOD_TCK="$SEKISHO_ROOT/build/release/tests/conformance/dsp/sekishod_tck" python3 tests/conformance/dsp/edc.py
}

vectors() {
  [ $# = 0 ] || usage_error "conformance vectors takes no arguments"
  export SEKISHO_TEST_DATA="${SEKISHO_TEST_DATA:-$SEKISHO_ROOT/../shared/data}"
  [ -d "$SEKISHO_TEST_DATA" ] || die "no vectors in $SEKISHO_TEST_DATA; set SEKISHO_TEST_DATA"
  ensure_packages build run test
  configure release -DSEKISHO_TESTS=ON
  build release
  local results="$SEKISHO_ROOT/build/release/conformance" status=0
  rm -rf "$results" && mkdir -p "$results"
  GTEST_OUTPUT="xml:$results/" ctest --test-dir build/release -j "$jobs" \
    -LE 'scripts|crash|e2e' --output-on-failure --test-output-size-passed 100000 --output-junit "$results.xml" \
    > "$results/ctest.log" 2>&1 || status=$?
  if [ $status != 0 ]; then head -200 "$results/ctest.log"; fi
  python3 scripts/test_summary.py --ctest "$results.xml" --gtest "$results" || status=1
  return $status
}

case "$suite" in
  "") printf '%s\n' "connectors  one kit of checks on every source of data" "dsp         the Dataspace Protocol's official kit, or its replay" "edc         a real Eclipse EDC on the wire" "vectors     other projects' test vectors" ;;
  connectors | dsp | edc | vectors) "$suite" "$@" ;;
  *) usage_error "no suite '$suite'; there are connectors, dsp, edc and vectors" ;;
esac
