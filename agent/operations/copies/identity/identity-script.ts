// Pure: the script that the guest agent of a copied guest runs, and how its output is interpreted. POSIX sh that busybox can run
// too; each part runs separately and is verified afterwards, so that a failing one does not hide the others.

import type { SshKeyPair } from '../../../cloud-init/openssh-key.ts';
import { GIVE_HOST_KEY, hostKeyValues } from './host-key-script.ts';
import { asOctal, reseedProgram } from './reseed-program.ts';
import { safe } from './safe-word.ts';

export const IDENTITY_MARK = '# tt-identity';
export const ADDRESS_MARK = '# tt-address';
export const DROP_MARK = '# tt-drop-addresses';

export interface IdentityRequest {
  /** New host name; null keeps it. */
  hostname: string | null;
  /** 32 hex digits for /etc/machine-id; null keeps it. */
  machineId: string | null;
  /** MACs by what the guest has now. */
  macs: readonly { old: string; new: string }[];
  /** Random bytes in hex, for the guest's kernel. */
  seed: string;
  /** Unix time in whole seconds, when this is sent. */
  clock: string;
  /** What it proves itself by from now on; null keeps its host keys. */
  sshHostKey: SshKeyPair | null;
}

/** Answers as lines `key=value`. */
export function identityScript({ hostname, machineId, macs, seed, clock, sshHostKey }: IdentityRequest): string {
  return [
    IDENTITY_MARK,
    `clock='${safe(clock)}'`,
    `host='${safe(hostname ?? '')}'`,
    `machine='${safe(machineId ?? '')}'`,
    `macs='${macs.map((mac) => `${safe(mac.old)}=${safe(mac.new)}`).join(' ')}'`,
    `seed='${safe(seed)}'`,
    ...hostKeyValues(sshHostKey),
    IDENTITY_BODY,
    GIVE_HOST_KEY,
    'echo done=yes\n',
  ].join('\n');
}

/** Renews the addresses and waits until the guest has the expected ones. */
export function addressScript(addresses: readonly string[]): string {
  return [ADDRESS_MARK, `wanted='${addresses.map((address) => safe(address)).join(' ')}'`, ADDRESS_BODY].join('\n');
}

/** Takes the IPv4 addresses off the NICs with these MACs, and looks that they are gone: `dropped=yes`. */
export function dropScript(macs: readonly string[]): string {
  return [DROP_MARK, `macs='${macs.map((mac) => safe(mac)).join(' ')}'`, DROP_BODY].join('\n');
}

/** What a script said, by key; the last word on a key counts. */
export function readAnswers(stdout: string): Map<string, string> {
  return new Map(
    stdout.split('\n').flatMap((line): [string, string][] => {
      const at = line.indexOf('=');
      return at > 0 ? [[line.slice(0, at), line.slice(at + 1).trim()]] : [];
    }),
  );
}

const IDENTITY_BODY = `
exec 2>&1
PATH=$PATH:/usr/sbin:/sbin
# The shell does what it can without another program: an emulated guest that has just woken needs 20 ms to start any.
# Writes $host for $old where that is a word. The shell alone, and in one write.
renameInHosts() {
  all=
  found=
  while IFS= read -r line || [ -n "$line" ]; do
    done=
    rest="$line "
    while :; do
      case $rest in *[[:space:]]"$old"[[:space:]]*) ;; *) break ;; esac
      before=\${rest%%[[:space:]]"$old"[[:space:]]*}
      rest=\${rest#"$before"}
      done=$done$before\${rest%"\${rest#?}"}$host
      rest=\${rest#?"$old"}
      found=yes
    done
    line=$done$rest
    all=$all\${line% }'
'
  done <"$1"
  [ -n "$found" ] && printf %s "$all" >"$1"
}
# New bytes first: what follows may need random numbers of its own.
random=failed
if printf %s "$seed" >/dev/urandom; then
  random=mixed
  # RNDRESEEDCRNG, random(4): the kernel uses them from now on, not at its next look. The smallest program first: an emulated
  # guest needs a second to start Python.
  for folder in /dev/shm /run /tmp; do
    reseed=$folder/tt-reseed-$$
    # Never through a link, or into a file, that somebody has put there.
    set -C
    if printf '${asOctal(reseedProgram())}' 2>/dev/null >$reseed; then
      chmod 700 $reseed && $reseed </dev/urandom 2>/dev/null && random=new
      rm -f $reseed
    fi
    set +C
    [ $random = new ] && break
  done
  if [ $random = mixed ] && command -v perl >/dev/null; then
    perl -e 'open(R, ">/dev/urandom") && ioctl(R, 0x5207, 0) or exit 1' && random=new
  fi
  if [ $random = mixed ] && command -v python3 >/dev/null; then
    python3 -c 'import fcntl; fcntl.ioctl(open("/dev/urandom", "wb"), 0x5207, 0)' && random=new
  fi
fi
[ $random = new ] || { dmesg 2>/dev/null | grep -q 'reseeded due to virtual machine fork' && random=new; }
echo "random=$random"

# In seconds, which each date knows; the guest agent sets it to the millisecond later.
if [ -n "$clock" ]; then
  date -u -s "@$clock" >/dev/null 2>&1 && echo clock=set
fi

if [ -n "$host" ]; then
  read -r old </proc/sys/kernel/hostname
  echo "$host" 2>/dev/null >/proc/sys/kernel/hostname || hostname "$host"
  [ -e /etc/hostname ] && echo "$host" >/etc/hostname
  if [ -n "$old" ] && [ "$old" != "$host" ] && [ -s /etc/hosts ]; then
    renameInHosts /etc/hosts
  fi
  read -r now </proc/sys/kernel/hostname
  echo "hostname=$now"
fi
if [ -n "$machine" ]; then
  if [ -e /etc/machine-id ]; then
    echo "$machine" >/etc/machine-id
    dbus=/var/lib/dbus/machine-id
    [ -f $dbus ] && [ ! -L $dbus ] && echo "$machine" >$dbus
    read -r now </etc/machine-id
    echo "machineId=$now"
  else
    echo machineId=absent
  fi
fi
for pair in $macs; do
  old=\${pair%%=*}
  new=\${pair#*=}
  for device in /sys/class/net/*; do
    name=\${device##*/}
    now=
    [ -r "$device/address" ] && read -r now <"$device/address"
    if [ "$now" = "$old" ] && [ "$old" != "$new" ]; then
      ip link set dev "$name" address "$new" 2>/dev/null
      read -r now <"$device/address"
      # Not every driver changes it while the device is up.
      if [ "$now" != "$new" ]; then
        ip link set dev "$name" down
        ip link set dev "$name" address "$new"
        ip link set dev "$name" up
        read -r now <"$device/address"
      fi
    fi
    [ "$now" = "$new" ] && echo "mac.$old=$now"
  done
done
`;

const DROP_BODY = `
exec 2>&1
PATH=$PATH:/usr/sbin:/sbin
dropped=yes
for mac in $macs; do
  name=
  for device in /sys/class/net/*; do
    [ -r "$device/address" ] && read -r now <"$device/address" && [ "$now" = "$mac" ] && name=\${device##*/}
  done
  [ -n "$name" ] && ip -4 addr flush dev "$name" || dropped=no
  case $(ip -4 addr show dev "$name") in *inet*) dropped=no ;; esac
done
echo "dropped=$dropped"
echo done=yes
`;

const ADDRESS_BODY = `
exec 2>&1
PATH=$PATH:/usr/sbin:/sbin
for device in /sys/class/net/*; do
  name=\${device##*/}
  [ -e "$device/device" ] || continue
  if [ -x /usr/lib/tt/network-up ]; then
    [ -r "/run/udhcpc.$name.pid" ] && kill "$(cat "/run/udhcpc.$name.pid")"
    ip -4 addr flush dev "$name"
    /usr/lib/tt/network-up "$name"
  elif command -v networkctl >/dev/null && networkctl -q is-online >/dev/null 2>&1; then
    networkctl reconfigure "$name"
  elif command -v nmcli >/dev/null; then
    nmcli device disconnect "$name" && nmcli device connect "$name"
  elif command -v ifdown >/dev/null; then
    ifdown --force "$name"
    ip -4 addr flush dev "$name"
    ifup --force "$name"
  elif command -v networkctl >/dev/null; then
    networkctl reconfigure "$name"
  elif command -v dhclient >/dev/null; then
    dhclient -r "$name"
    dhclient "$name"
  elif command -v udhcpc >/dev/null; then
    ip -4 addr flush dev "$name"
    udhcpc -i "$name" -n -q
  fi
done >/dev/null
tries=0
for address in $wanted; do
  while :; do
    case $(ip -4 addr) in *"inet $address/"*)
      echo "address.$address=yes"
      break
      ;;
    esac
    tries=$((tries + 1))
    [ $tries -gt 400 ] && break
    sleep 0.05
  done
done
echo done=yes
`;
