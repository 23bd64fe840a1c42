#!/usr/bin/env bash
# set up, build, check the levels, run the tests: test [--asan|--tsan] [filter]
#
#   (none)  release build; levels, file sizes, coroutine rules, then every test
#   --asan  every test of C++ code under AddressSanitizer and UndefinedBehaviorSanitizer
#   --tsan  the tests that have threads under ThreadSanitizer
#   filter  a regular expression on the names of the test programs
# Vectors are read from SEKISHO_TEST_DATA, else from ../shared/data; where absent their tests are skipped and say so.
# The last line counts single cases: "N passed, N failed, N skipped".
. scripts/lib/common.sh
preset=release
filter=""
for argument in "$@"; do
  case "$argument" in
    --asan) preset=asan ;;
    --tsan) preset=tsan ;;
    -*) usage_error "test knows --asan and --tsan, not '$argument'" ;;
    *) filter="$argument" ;;
  esac
done
ensure_packages build run test

if [ $preset = release ] && [ -z "$filter" ]; then
  say "levels, sizes, coroutine rules"
  python3 scripts/levels.py --sizes
  python3 scripts/sizes.py
  python3 scripts/coro_lint.py
fi

configure $preset -DSEKISHO_TESTS=ON
selection=()
run=(ctest)
if [ $preset = tsan ]; then
  build tsan threads_tests
  selection=(-L threads)
  # Without fixed addresses the runtime of g++ 12 refuses to start on kernels with many random address bits.
  run=(setarch -R ctest)
elif [ -n "$filter" ]; then
  # Only the programs that will run: a test has the name of its program.
  mapfile -t targets < <(ctest --test-dir "build/$preset" -N -R "$filter" | sed -n 's/^ *Test *#[0-9]*: //p' |
    while read -r name; do if ninja -C "build/$preset" -t query "$name" > /dev/null 2>&1; then echo "$name"; fi; done)
  [ ${#targets[@]} = 0 ] || build $preset "${targets[@]}"
else
  build $preset
fi
[ $preset != asan ] || selection+=(-LE scripts)  # the tests of scripts and documents run nothing that it instruments
[ -z "$filter" ] || selection+=(-R "$filter")

# GCC's ASan cannot follow coroutine frames with fake stacks; leaks and everything else stay on.
export ASAN_OPTIONS="detect_stack_use_after_return=0:detect_leaks=1:strict_string_checks=1:abort_on_error=0"
export UBSAN_OPTIONS="print_stacktrace=1"
export TSAN_OPTIONS="suppressions=$SEKISHO_ROOT/tests/tsan.supp:halt_on_error=1:second_deadlock_stack=1"

results="$SEKISHO_ROOT/build/$preset/results"
rm -rf "$results" && mkdir -p "$results"
say "running the tests ($preset)"
status=0
GTEST_OUTPUT="xml:$results/" "${run[@]}" --test-dir "build/$preset" -j "$jobs" --output-on-failure --no-tests=error \
  --test-output-size-passed 100000 --output-junit "$results.xml" "${selection[@]}" > "$results/ctest.log" 2>&1 || status=$?
if [ $status != 0 ]; then grep -vE '^ *[0-9]+/[0-9]+ Test.*Passed|^ *Start ' "$results/ctest.log" | sed -n 1,400p; fi
python3 scripts/test_summary.py --ctest "$results.xml" --gtest "$results" || status=1
exit $status
