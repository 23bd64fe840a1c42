#!/usr/bin/env bash
# levels, sizes, coroutine rules and clang-tidy 19: lint [--all|file…]
#
# Without files clang-tidy reads the .cpp files that differ from the last commit; --all every one of the product. A file that
# was clean is read again only when it, a header that it reaches, or the rules have changed.
. scripts/lib/common.sh
files=()
for argument in "$@"; do
  case "$argument" in
    --all) mapfile -t files < <(git ls-files '*.cpp' ':!tests/*') ;;
    -*) usage_error "lint knows --all, not '$argument'" ;;
    *) files+=("$argument") ;;
  esac
done
status=0
python3 scripts/levels.py --sizes || status=1
python3 scripts/sizes.py > /dev/null || { python3 scripts/sizes.py || true; status=1; }
python3 scripts/coro_lint.py || status=1
if [ ${#files[@]} = 0 ]; then
  mapfile -t files < <({ git diff --name-only --diff-filter=d HEAD -- '*.cpp'; git ls-files -o --exclude-standard '*.cpp'; } | sort -u)
fi
if [ ${#files[@]} -gt 0 ]; then
  ensure_packages build test tools
  configure lint
  build lint schemas
  python3 scripts/tidy.py --build build/lint --jobs "$jobs" "${files[@]}" || status=1
fi
[ $status = 0 ] && say "lint: clean"
exit $status
