#!/usr/bin/env bash
# prove the two commands in an empty Debian 12: fresh [demo|test]
#
# Makes an empty Debian 12 root with mmdebstrap, carries the host's package-manager configuration and CA store in, binds
# /dev, /proc and /sys, clones HEAD into it and runs ./dev demo and ./dev test there. Needs root and may not be possible
# in a container; then it says so and ends with code 77. Leaves nothing mounted.
# SEKISHO_FRESH_DATA=FOLDER is copied in as the test data of a second ./dev test; SEKISHO_FRESH_CACHE=FOLDER, a folder of
# ccache, spares the compilation where that was proved before.
. scripts/lib/common.sh
verbs="${1:-demo test}"
case "$verbs" in "demo test" | demo | test) ;; *) usage_error "fresh knows demo and test, not '$verbs'" ;; esac
cannot() { printf 'fresh: not possible here: %s\n' "$*" >&2; exit 77; }
[ "$(id -u)" = 0 ] || cannot "needs root for mounts and chroot"
grep -qs '^ID=debian' /etc/os-release || cannot "the host is not Debian, so its package configuration cannot be carried in"
ensure_packages fresh
mkdir -p build
[ -z "$(git status --porcelain)" ] || say "note: uncommitted changes stay outside; HEAD is what is proved"

root="$(mktemp -d "${TMPDIR:-/tmp}/sekisho-fresh.XXXXXX")"
chmod 755 "$root"
unmount() { for place in sys proc dev; do umount -l "$root/$place" 2> /dev/null || true; done; }
cleanup() { unmount; ! grep -qs " $root/" /proc/mounts && rm -rf --one-file-system "$root"; }
trap cleanup EXIT
trap 'exit 130' INT TERM

start=$SECONDS
sources=(/etc/apt/sources.list.d/*.sources /etc/apt/sources.list.d/*.list /etc/apt/sources.list)
present=(); for file in "${sources[@]}"; do if [ -s "$file" ]; then present+=("$file"); fi; done
[ ${#present[@]} -gt 0 ] || cannot "the host has no package sources"
mmdebstrap --variant=minbase --include=ca-certificates bookworm "$root" "${present[@]}" > build/fresh.log 2>&1 \
  || { tail -20 build/fresh.log >&2; cannot "mmdebstrap failed"; }

# What lets the host reach its packages: apt's configuration, pins and keys, names, and the CA store.
for path in etc/apt usr/share/keyrings etc/ssl/certs usr/share/ca-certificates usr/local/share/ca-certificates; do
  if [ -d "/$path" ]; then mkdir -p "$root/$path" && cp -aT "/$path" "$root/$path"; fi
done
for path in etc/ca-certificates.conf etc/resolv.conf etc/hosts; do
  if [ -f "/$path" ]; then cp -fL "/$path" "$root/$path"; fi
done
for place in dev proc sys; do
  mount --rbind "/$place" "$root/$place" && mount --make-rslave "$root/$place" || cannot "/$place cannot be bound"
done
if [ -d "${SEKISHO_FRESH_CACHE:-}" ]; then mkdir -p "$root/root/.cache" && cp -r "$SEKISHO_FRESH_CACHE" "$root/root/.cache/ccache"; fi
git clone -q --bare "$SEKISHO_ROOT" "$root/sekisho.git"
say "an empty Debian $(cat "$root/etc/debian_version") in $((SECONDS - start)) s, $(chroot "$root" dpkg-query -W | wc -l) packages"

inside() {
  local name variables=(HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin TERM=dumb)
  for name in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY SSL_CERT_FILE SSL_CERT_DIR; do
    if [ -n "${!name:-}" ] && { [[ $name != SSL_* ]] || [ -e "$root${!name}" ]; }; then variables+=("$name=${!name}"); fi
  done
  env -i "${variables[@]}" chroot "$root" /bin/sh -ec "$1"
}
# git is the one thing that a clone needs before ./dev can run.
inside "export DEBIAN_FRONTEND=noninteractive; apt-get -q update && apt-get -q install -y --no-install-recommends git" > "$root/apt.log" 2>&1 \
  || { tail -20 "$root/apt.log" >&2; cannot "apt-get does not work in the root"; }

status=0
for verb in $verbs; do
  start=$SECONDS
  say "clone, ./dev $verb"
  inside "git clone -q /sekisho.git /root/$verb && cd /root/$verb && exec ./dev $verb < /dev/null" \
    || { status=1; say "./dev $verb failed"; }
  say "./dev $verb from the clone took $((SECONDS - start)) s"
done
if [[ "$verbs" == *test* ]] && [ -d "${SEKISHO_FRESH_DATA:-}" ] && [ $status = 0 ]; then
  cp -r "$SEKISHO_FRESH_DATA" "$root/root/data"
  say "./dev test again, with the test data"
  inside "cd /root/test && SEKISHO_TEST_DATA=/root/data exec ./dev test < /dev/null" || status=1
fi
exit $status
