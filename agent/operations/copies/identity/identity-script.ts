// Pure: the script that the guest agent of a copied guest runs, and how its output is interpreted. POSIX sh that busybox can run
// too; each part runs separately and is verified afterwards, so that a failing one does not hide the others.

import { dropbearKey, type SshKeyPair } from '../../../cloud-init/openssh-key.ts';
import { asOctal, reseedProgram } from './reseed-program.ts';

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
    `public='${safe(sshHostKey?.publicKey ?? '', KEY_LINE)}'`,
    // For printf, which is part of each shell: no argument of a program shows them, and no other program is needed.
    `openssh='${sshHostKey ? asOctal(Buffer.from(sshHostKey.privateKey)) : ''}'`,
    `dropbear='${sshHostKey ? asOctal(dropbearKey(sshHostKey)) : ''}'`,
    IDENTITY_BODY,
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

const WORD = /^[A-Za-z0-9.:-]*$/;
const KEY_LINE = /^[A-Za-z0-9+/=@ -]*$/;

/** The value must not be able to end its quotes. */
function safe(text: string, allowed = WORD): string {
  if (!allowed.test(text)) throw new Error(`not a word for a guest's script: ${JSON.stringify(text)}`);
  return text;
}

const IDENTITY_BODY = `
exec 2>&1
PATH=$PATH:/usr/sbin:/sbin
# The shell does what it can without another program: an emulated guest that has just woken needs 20 ms to start any.
# Whether a process has not ended. The init of busybox looks once a second who has.
isThere() {
  read -r stat 2>/dev/null <"/proc/$1/stat" || return 1
  case $stat in *') '[ZX]' '*) return 1 ;; esac
}
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
# They are given: an emulated guest would need seconds to make some, and nobody would know them before it has said so.
if [ -n "$public" ]; then
  hostKeys=absent
  umask 077
  if command -v ssh-keygen >/dev/null && [ -d /etc/ssh ]; then
    key=/etc/ssh/ssh_host_ed25519_key
    rm -f /etc/ssh/ssh_host_*_key /etc/ssh/ssh_host_*_key.pub
    hostKeys=failed
    printf "$openssh" >$key && echo "$public" >$key.pub && chmod 644 $key.pub && hostKeys=given
    # A server that does not start with it alone, by its settings or its rules (FIPS): it gets one of each kind, as its makers meant it.
    if [ $hostKeys = failed ] || { command -v sshd >/dev/null && ! sshd -t >/dev/null 2>&1; }; then
      hostKeys=failed
      ssh-keygen -A >/dev/null && hostKeys=new
    fi
    { command -v systemctl >/dev/null && systemctl try-restart ssh sshd; } >/dev/null
  fi
  for key in /etc/dropbear/dropbear_*_host_key; do
    [ -e "$key" ] || continue
    type=\${key##*/dropbear_}
    type=\${type%_host_key}
    made=failed
    if [ "$type" = ed25519 ]; then
      printf "$dropbear" >"$key.tt" && mv "$key.tt" "$key" && made=given
    else
      dropbearkey -t "$type" -f "$key.tt" >/dev/null && mv "$key.tt" "$key" && made=new
    fi
    # What is worse of both is said of all.
    case $hostKeys$made in
      *failed*) hostKeys=failed ;;
      *new*) hostKeys=new ;;
      *) hostKeys=given ;;
    esac
  done
  umask 022
  # It has the old keys in its memory.
  pid=
  for file in /var/run/dropbear.pid /run/dropbear.pid; do
    [ -r $file ] && read -r pid <$file
  done
  comm=
  [ -n "$pid" ] && [ -r "/proc/$pid/comm" ] && read -r comm <"/proc/$pid/comm"
  if [ "$comm" = dropbear ]; then
    if command -v systemctl >/dev/null && systemctl -q is-active dropbear; then
      systemctl restart dropbear || hostKeys=failed
    else
      cat "/proc/$pid/cmdline" >/run/tt-dropbear
      kill "$pid"
      tries=0
      while isThere "$pid" && [ $tries -lt 250 ]; do
        tries=$((tries + 1))
        sleep 0.02
      done
      xargs -0 sh -c '"$@"' sh </run/tt-dropbear >/dev/null || hostKeys=failed
      rm -f /run/tt-dropbear
    fi
  fi
  echo "sshHostKeys=$hostKeys"
fi
echo done=yes
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
