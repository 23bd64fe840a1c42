# Sourced by the verbs of ./dev: messages, package set-up, configure and build.
set -euo pipefail
cd "${SEKISHO_ROOT:?run ./dev VERB}"
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
jobs="${SEKISHO_JOBS:-$(nproc)}"

say() { printf '%s\n' "== $*"; }
die() { printf 'dev: %s\n' "$*" >&2; exit 1; }
usage_error() { printf 'dev: %s (see ./dev VERB --help)\n' "$*" >&2; exit 2; }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo > /dev/null; then sudo --preserve-env=DEBIAN_FRONTEND "$@"
  else die "needs root to install packages, and there is no sudo; as root run: ./dev setup"
  fi
}

# ensure_packages SECTION…: installs what is missing; without anything missing it asks no registry.
ensure_packages() {
  local wanted missing
  command -v dpkg-query > /dev/null || die "./dev installs Debian packages; on another system install what scripts/packages.txt lists"
  wanted="$(scripts/packages.sh "$@")"
  missing="$(comm -23 <(printf '%s\n' "$wanted") \
    <(dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' 2> /dev/null | awk '$1 == "ii" {print $2}' | sort -u))"
  [ -n "$missing" ] || return 0
  mkdir -p build
  say "installing $(wc -w <<< "$missing") packages ($*)"
  # shellcheck disable=SC2086
  { as_root apt-get -q update && as_root apt-get -q install -y --no-install-recommends $missing; } > build/setup.log 2>&1 \
    || { tail -20 build/setup.log >&2; die "apt-get failed; the whole output is in build/setup.log"; }
  rm -f build/setup.log
}

# configure PRESET [-DNAME=VALUE…]: quiet unless it fails.
configure() {
  local preset="$1"; shift
  mkdir -p build
  cmake --preset "$preset" "$@" > "build/configure-$preset.log" 2>&1 \
    || { tail -30 "build/configure-$preset.log" >&2; die "configuring preset '$preset' failed"; }
}

# build PRESET [TARGET…]
build() {
  local preset="$1" start=$SECONDS; shift
  if [ $# -gt 0 ]; then cmake --build "build/$preset" -j "$jobs" --target "$@"
  else cmake --build "build/$preset" -j "$jobs"
  fi > "build/build-$preset.log" 2>&1 \
    || { grep -E 'error|FAILED|undefined|Error' -A4 "build/build-$preset.log" | head -60 >&2 || true
         die "building preset '$preset' failed; the whole output is in build/build-$preset.log"; }
  say "built $preset in $((SECONDS - start)) s"
}

require_preset() {
  case "$1" in release | asan | tsan | fuzz) ;; *) usage_error "no preset '$1'; there are release, asan, tsan, fuzz" ;; esac
}
