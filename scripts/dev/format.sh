#!/usr/bin/env bash
# format the C++ files with clang-format 19: format [--check] [--all|file…]
#
# Without files: those that differ from the last commit. --check changes nothing and fails if something would change.
. scripts/lib/common.sh
mode=(-i)
files=()
for argument in "$@"; do
  case "$argument" in
    --check) mode=(--dry-run --Werror) ;;
    --all) mapfile -t files < <(git ls-files '*.cpp' '*.hpp') ;;
    -*) usage_error "format knows --check and --all, not '$argument'" ;;
    *) files+=("$argument") ;;
  esac
done
if [ ${#files[@]} = 0 ]; then
  mapfile -t files < <({ git diff --name-only --diff-filter=d HEAD -- '*.cpp' '*.hpp'; git ls-files -o --exclude-standard '*.cpp' '*.hpp'; } | sort -u)
fi
[ ${#files[@]} -gt 0 ] || { say "nothing to format"; exit 0; }
command -v clang-format-19 > /dev/null || ensure_packages tools
clang-format-19 "${mode[@]}" "${files[@]}"
say "${#files[@]} files"
