// Pure: the script that the guest agent of a copied guest runs, and how its output is interpreted. POSIX sh that busybox can run
// too; each part runs separately and is verified afterwards, so that a failing one does not hide the others.

import { asOctal, reseedProgram } from './reseed-program.ts';

export const IDENTITY_MARK = '# tt-identity';
export const ADDRESS_MARK = '# tt-address';

export interface IdentityRequest {
  /** New host name; null keeps it. */
  hostname: string | null;
  /** 32 hex digits for /etc/machine-id; null keeps it. */
  machineId: string | null;
  /** MACs by what the guest has now. */
  macs: readonly { old: string; new: string }[];
  /** Random bytes in hex, for the guest's kernel. */
  seed: string;
  sshHostKeys: boolean;
}

/** Answers as lines `key=value`. */
export function identityScript({ hostname, machineId, macs, seed, sshHostKeys }: IdentityRequest): string {
  return [
    IDENTITY_MARK,
    `host='${safe(hostname ?? '')}'`,
    `machine='${safe(machineId ?? '')}'`,
    `macs='${macs.map((mac) => `${safe(mac.old)}=${safe(mac.new)}`).join(' ')}'`,
    `seed='${safe(seed)}'`,
    `keys='${sshHostKeys ? 'yes' : ''}'`,
    IDENTITY_BODY,
  ].join('\n');
}

/** Renews the addresses and waits until the guest has the expected ones. */
export function addressScript(addresses: readonly string[]): string {
  return [ADDRESS_MARK, `wanted='${addresses.map(safe).join(' ')}'`, ADDRESS_BODY].join('\n');
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

/** The value must not be able to end its quotes. */
function safe(text: string): string {
  if (!/^[A-Za-z0-9.:-]*$/.test(text)) throw new Error(`not a word for a guest's script: ${JSON.stringify(text)}`);
  return text;
}

const IDENTITY_BODY = `
exec 2>&1
PATH=$PATH:/usr/sbin:/sbin
# New bytes first: what follows may need random numbers of its own.
random=failed
if printf %s "$seed" >/dev/urandom; then
  random=mixed
  # RNDRESEEDCRNG, random(4): the kernel uses them from now on, not at its next look.
  if command -v python3 >/dev/null && python3 -c 'import fcntl; fcntl.ioctl(open("/dev/urandom", "wb"), 0x5207, 0)'; then
    random=new
  elif command -v perl >/dev/null && perl -e 'open(R, ">/dev/urandom") && ioctl(R, 0x5207, 0) or exit 1'; then
    random=new
  else
    for folder in /dev/shm /run /tmp; do
      reseed=$folder/tt-reseed
      rm -f $reseed
      if printf '${asOctal(reseedProgram())}' 2>/dev/null >$reseed && chmod 700 $reseed; then
        $reseed </dev/urandom 2>/dev/null && random=new
      fi
      rm -f $reseed
      [ $random = new ] && break
    done
  fi
fi
dmesg 2>/dev/null | grep -q 'reseeded due to virtual machine fork' && random=new
echo "random=$random"
if [ -n "$host" ]; then
  old=$(hostname)
  hostname "$host" || echo "$host" >/proc/sys/kernel/hostname
  [ -e /etc/hostname ] && echo "$host" >/etc/hostname
  if [ -n "$old" ] && grep -qs "[[:space:]]$old\\([[:space:]]\\|$\\)" /etc/hosts; then
    sed "s/\\([[:space:]]\\)$old\\([[:space:]]\\|$\\)/\\1$host\\2/g" /etc/hosts >/etc/hosts.tt && cat /etc/hosts.tt >/etc/hosts
    rm -f /etc/hosts.tt
  fi
  echo "hostname=$(hostname)"
fi
if [ -n "$machine" ]; then
  if [ -e /etc/machine-id ]; then
    echo "$machine" >/etc/machine-id
    dbus=/var/lib/dbus/machine-id
    [ -f $dbus ] && [ ! -L $dbus ] && echo "$machine" >$dbus
    echo "machineId=$(cat /etc/machine-id)"
  else
    echo machineId=absent
  fi
fi
for pair in $macs; do
  old=\${pair%%=*}
  new=\${pair#*=}
  for device in /sys/class/net/*; do
    name=\${device##*/}
    now=$(cat "$device/address" 2>/dev/null)
    if [ "$now" = "$old" ] && [ "$old" != "$new" ]; then
      ip link set dev "$name" down
      ip link set dev "$name" address "$new"
      ip link set dev "$name" up
      now=$(cat "$device/address")
    fi
    [ "$now" = "$new" ] && echo "mac.$old=$now"
  done
done
if [ -n "$keys" ]; then
  hostKeys=absent
  if command -v ssh-keygen >/dev/null && [ -d /etc/ssh ]; then
    rm -f /etc/ssh/ssh_host_*_key /etc/ssh/ssh_host_*_key.pub
    if ssh-keygen -A >/dev/null; then
      hostKeys=new
      { command -v systemctl >/dev/null && systemctl try-restart ssh sshd; } >/dev/null
    else
      hostKeys=failed
    fi
  fi
  for key in /etc/dropbear/dropbear_*_host_key; do
    [ -e "$key" ] || continue
    type=\${key##*/dropbear_}
    if dropbearkey -t "\${type%_host_key}" -f "$key.tt" >/dev/null && mv "$key.tt" "$key"; then
      [ $hostKeys = failed ] || hostKeys=new
    else
      hostKeys=failed
    fi
  done
  # It has the old keys in its memory.
  pid=$(cat /run/dropbear.pid /var/run/dropbear.pid 2>/dev/null | head -n 1)
  if [ -n "$pid" ] && [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = dropbear ]; then
    if command -v systemctl >/dev/null && systemctl -q is-active dropbear; then
      systemctl restart dropbear || hostKeys=failed
    else
      cat "/proc/$pid/cmdline" >/run/tt-dropbear
      kill "$pid"
      tries=0
      while kill -0 "$pid" 2>/dev/null && [ $tries -lt 50 ]; do
        tries=$((tries + 1))
        sleep 0.1
      done
      xargs -0 sh -c '"$@"' sh </run/tt-dropbear >/dev/null || hostKeys=failed
      rm -f /run/tt-dropbear
    fi
  fi
  echo "sshHostKeys=$hostKeys"
fi
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
  until ip -4 addr | grep -q "inet $address/"; do
    tries=$((tries + 1))
    [ $tries -gt 100 ] && break
    sleep 0.2
  done
  ip -4 addr | grep -q "inet $address/" && echo "address.$address=yes"
done
echo done=yes
`;
