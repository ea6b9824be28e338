#!/bin/sh
# Installs TT on a Debian 12 that has no network: checks every file of this folder, brings the images, and installs the packages by apt from
# here. Run it again to upgrade. Arguments: the packages to install; default: tt-agent tt-cli.
set -eu
# Users of VMs must be able to read the images.
umask 022
fail() {
  echo "install.sh: $1 Nothing was installed." >&2
  exit 1
}

here=$(cd "$(dirname "$0")" && pwd)
cd "$here"
[ "$(id -u)" = 0 ] || fail 'Run it as root.'
[ "$(. /etc/os-release && echo "${VERSION_CODENAME:-}")" = bookworm ] || fail 'This bundle is for Debian 12 (bookworm).'
architecture=$(dpkg --print-architecture)
case $here in *-"$architecture") ;; *) fail "The name of this folder does not end in the architecture of this host, $architecture." ;; esac
sha256sum --check --quiet --strict SHA256SUMS || fail 'Files are damaged or missing. Copy the bundle again.'
[ $# -gt 0 ] || set -- tt-agent tt-cli

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/lists/partial" "$work/archives/partial"
echo "deb [trusted=yes] file:$here/packages ./" > "$work/sources.list"
# Only this folder, and nothing of it stays in the apt of the host.
apt() {
  apt-get --quiet --yes -o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts=/dev/null \
    -o Dir::State::lists="$work/lists" -o Dir::Cache::archives="$work/archives" -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= \
    -o APT::Install-Recommends=false -o APT::Sandbox::User=root "$@"
}
apt update
apt install --simulate "$@" > "$work/plan" || {
  cat "$work/plan" >&2
  fail 'apt can’t install the packages here.'
}

# Before the agent starts for the first time, which would build the tiny image from the network.
case " $* " in *' tt-agent '*)
  mkdir -p -m 0711 /var/lib/tt
  mkdir -p /var/lib/tt/images
  for image in images/*; do
    name=$(basename "$image")
    if [ -d "$image" ] && [ ! -e "/var/lib/tt/images/$name" ]; then
      rm -rf "/var/lib/tt/images/.$name.part"
      cp -r "$image" "/var/lib/tt/images/.$name.part"
      mv "/var/lib/tt/images/.$name.part" "/var/lib/tt/images/$name"
    fi
  done
  ;;
esac
DEBIAN_FRONTEND=noninteractive apt install "$@" $(case " $* " in *' tt-agent '*) echo ovmf ;; esac)
echo "Installed: $*. The guides are in $here/docs."
