// Pure: the part of a copied guest's new identity that is its ssh host keys, as POSIX sh that busybox can run too: for the script that the guest
// agent runs, and for a guest whose helper has done the rest.
import { dropbearKey, type SshKeyPair } from '../../../cloud-init/openssh-key.ts';
import { asOctal } from './reseed-program.ts';
import { safe } from './safe-word.ts';

export const HOST_KEY_MARK = '# tt-give-host-key';

const KEY_LINE = /^[A-Za-z0-9+/=@ -]*$/;

/** Values for {@link GIVE_HOST_KEY}; null: it keeps its keys. */
export function hostKeyValues(sshHostKey: SshKeyPair | null): string[] {
  return [
    `public='${safe(sshHostKey?.publicKey ?? '', KEY_LINE)}'`,
    // For printf, which is part of each shell: no argument of a program shows them, and no other program is needed.
    `openssh='${sshHostKey ? asOctal(Buffer.from(sshHostKey.privateKey)) : ''}'`,
    `dropbear='${sshHostKey ? asOctal(dropbearKey(sshHostKey)) : ''}'`,
  ];
}

/** A script of its own. Answers as lines `key=value`. */
export function hostKeyScript(sshHostKey: SshKeyPair): string {
  const begin = 'exec 2>&1\nPATH=$PATH:/usr/sbin:/sbin';
  return [HOST_KEY_MARK, ...hostKeyValues(sshHostKey), begin, GIVE_HOST_KEY].join('\n');
}

export const GIVE_HOST_KEY = `
# Whether a process has not ended. The init of busybox looks once a second who has.
isThere() {
  read -r stat 2>/dev/null <"/proc/$1/stat" || return 1
  case $stat in *') '[ZX]' '*) return 1 ;; esac
}
# They are given: an emulated guest would need seconds to make some, and nobody would know them before it has said so.
if [ -n "$public" ]; then
  hostKeys=absent
  umask 077
  if command -v ssh-keygen >/dev/null && [ -d /etc/ssh ]; then
    key=/etc/ssh/ssh_host_ed25519_key
    rm -f /etc/ssh/ssh_host_*_key /etc/ssh/ssh_host_*_key.pub
    hostKeys=failed
    printf "$openssh" >$key && echo "$public" >$key.pub && chmod 644 $key.pub && hostKeys=given
    # Debian's makes it each time it starts, and does not even test its settings without.
    [ -d /run/sshd ] || [ ! -e /etc/debian_version ] || mkdir -m 755 /run/sshd
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
`;
