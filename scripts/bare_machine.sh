#!/usr/bin/env bash
# Runs make on a bare machine: bare_machine.sh [MAKE'S ARGUMENTS], as in
#
#     scripts/bare_machine.sh test JOBS=2 ARGS="tests/packaging -k needs"
#
# The machine is a temporary folder with debootstrap's minbase of this machine's own Debian, and
# python3, make and git; into it goes a clone of this checkout, of what is committed. Where apt,
# pip and npm get their packages from is told by the settings of this machine. Needs root.
#
# Everything happens in mount and process namespaces of its own: with the first process in there
# all others and all mounts are gone, however it ends. The folder becomes the root file system by
# pivot_root, because nobody may make namespaces in a mere chroot, and some tests do.
set -euo pipefail
project=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

main() {
    [ "$(id -u)" = 0 ] || fail "a bare machine can be made by root only"
    command -v debootstrap > /dev/null || fail "install debootstrap first"
    folder=$(mktemp -d "${TMPDIR:-/tmp}/lanchat-bare-XXXXXX")
    trap 'rm -rf --one-file-system "$folder"' EXIT
    [ $# -gt 0 ] || set -- test
    unshare --mount --propagation private --pid --fork --kill-child \
        "$project/scripts/bare_machine.sh" --inside "$folder" "$@"
}

inside() {
    root=$1/root log=$1/log
    shift
    mkdir "$root"
    mount --bind "$root" "$root"
    system
    settings
    git clone --quiet --no-hardlinks "$project" "$root/root/lanchat"
    devices
    cd "$root"
    pivot_root . mnt
    umount --lazy /mnt
    cd /root/lanchat
    say "make $*"
    # Not by exec: as the first process, this shell waits for what others leave behind.
    env -i "${variables[@]}" HOME=/root TERM="${TERM:-dumb}" \
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin make "$@"
}

system() {
    release=$(. /etc/os-release && echo "$VERSION_CODENAME")
    mapfile -t sources < <(apt-get indextargets --format 'deb $(REPO_URI) $(RELEASE) $(COMPONENT)' \
        'Created-By: Packages' 'Origin: Debian')
    mirror=$(printf '%s\n' "${sources[@]}" | awk -v r="$release" '$3 == r { print $2; exit }')
    [ -n "$mirror" ] || fail "apt knows no mirror of Debian: apt-get update first"
    say "A bare Debian $release"
    debootstrap --variant=minbase --include=python3,make,git "$release" "$root" "$mirror" \
        > "$log" 2>&1 || { tail -n 20 "$log" >&2; fail "debootstrap has failed"; }
    printf '%s\n' "${sources[@]}" > "$root/etc/apt/sources.list"
}

# What tells apt, pip and npm where packages are, and whom to trust: variables, the files that
# they name, and the authorities of this machine, which Debian's ca-certificates adds to its own.
settings() {
    apt-config dump | grep -E '^Acquire::(http|https|Check)' > "$root/etc/apt/apt.conf.d/99machine" || true
    for file in /etc/pip.conf ~/.config/pip/pip.conf ~/.npmrc /usr/local/share/ca-certificates/*; do
        copy "$file"
    done
    mapfile -t variables < <(env | grep -iE '^([a-z]+_proxy|(pip|npm_config|ssl|node)_.*|[a-z_]*ca_bundle)=' || true)
    for variable in "${variables[@]}"; do
        copy "${variable#*=}"
    done
}

copy() {
    if [ -f "$1" ]; then
        mkdir -p "$root/$(dirname "$1")"
        cp "$1" "$root/$1"
    fi
}

devices() {
    mount -t proc proc "$root/proc"
    mount -t tmpfs -o mode=755 tmpfs "$root/dev"
    mkdir "$root/dev/pts" "$root/dev/shm"
    mount -t devpts -o newinstance,ptmxmode=666 devpts "$root/dev/pts"
    mount -t tmpfs tmpfs "$root/dev/shm"
    for device in null zero full random urandom tty; do
        touch "$root/dev/$device"
        mount --bind "/dev/$device" "$root/dev/$device"
    done
    ln -s pts/ptmx "$root/dev/ptmx"
    ln -s /proc/self/fd "$root/dev/fd"
    ln -s fd/0 "$root/dev/stdin"
    ln -s fd/1 "$root/dev/stdout"
    ln -s fd/2 "$root/dev/stderr"
}

say() {
    echo "=== $*"
}

fail() {
    echo "$*" >&2
    exit 1
}

if [ "${1:-}" = --inside ]; then
    inside "${@:2}"
else
    main "$@"
fi
