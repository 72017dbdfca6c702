#!/bin/sh
# Installs what is missing of what Photure is built with (`build`), tested with (`test`), fuzzed with (`fuzz`) or measured with (`bench`), from
# Debian's or Ubuntu's packages. Where everything is there, it does nothing and needs no root.
set -eu
PATH="$PATH:/usr/sbin:/sbin"

# program:package that brings it
build='cc:build-essential make:make cmake:cmake nasm:nasm pkg-config:pkg-config'
test='nginx:nginx-light envsubst:gettext-base openssl:openssl chromium:chromium exiftool:libimage-exiftool-perl
      python3:python3 dockerd:docker.io docker-compose:docker-compose iptables:iptables debootstrap:debootstrap
      unzip:unzip 7z:p7zip-full'

bench='nginx:nginx-light envsubst:gettext-base openssl:openssl python3:python3 wrk:wrk'

# Its runtime is a package of its own.
fuzz='clang-19:clang-19 clang-19:libclang-rt-19-dev llvm-symbolizer-19:llvm-19'

case "${1:-build}" in
    build) wanted=$build ;;
    fuzz) wanted="$build $fuzz" ;;
    test) wanted="$build $test" ;;
    bench) wanted="$build $bench" ;;
    *) echo "usage: install.sh build | test | fuzz | bench" >&2; exit 64 ;;
esac

# library:package that brings what to build against it
headers='libde265:libde265-dev dav1d:libdav1d-dev'

missing=''
for pair in $wanted; do
    command -v "${pair%%:*}" > /dev/null 2>&1 || missing="$missing ${pair#*:}"
done
for pair in $headers; do
    pkg-config --exists "${pair%%:*}" 2> /dev/null || missing="$missing ${pair#*:}"
done
case "${1:-build}" in test | bench)
    # mongod, as it is fetched for the tests, links against this.
    ldconfig -p | grep -q 'libcurl\.so\.4' || missing="$missing libcurl4"
    python3 -m pip --version > /dev/null 2>&1 || missing="$missing python3-pip"
    ;;
esac
[ -n "$missing" ] || exit 0

as_root=''
if [ "$(id -u)" != 0 ]; then
    command -v sudo > /dev/null 2>&1 || { echo "these packages are missing, and only root can install them:$missing" >&2; exit 1; }
    as_root=sudo
fi
echo "installing$missing"
$as_root apt-get update -qq
# shellcheck disable=SC2086
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing > /dev/null
