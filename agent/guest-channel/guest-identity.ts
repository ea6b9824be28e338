// What the helper in a copied guest is told to make the guest another one, as lines (`agent/guest-helper/identity.h`).

/** What is null, or not there, stays as it is. */
export interface GuestIdentity {
  hostname: string | null;
  /** 32 hex digits. */
  machineId: string | null;
  /** MACs by what the guest has now. */
  macs: readonly { old: string; new: string }[];
  /** Random bytes in hex, for the guest's kernel. */
  seed: string;
  /** An ssh host key in hex, as Dropbear keeps it. A guest that needs more than this for it says nothing of its keys. */
  dropbearKey: string | null;
}

const WORD = /^[A-Za-z0-9.:-]{1,253}$/;
const HEX = /^[0-9a-f]{2,2048}$/;
const NS_PER_MS = 1_000_000;

/** `now`: the time that the guest gets. Throws for what is not a word: it could be read as another line. */
export function identityLines({ hostname, machineId, macs, seed, dropbearKey }: GuestIdentity, now: Date): string {
  const ms = now.getTime();
  const lines = [
    // First: what follows may need random numbers of its own.
    ['seed', word(seed, HEX)],
    ['clock', Math.floor(ms / 1000), (ms % 1000) * NS_PER_MS],
    ...(hostname === null ? [] : [['host', word(hostname)]]),
    ...(machineId === null ? [] : [['machine', word(machineId)]]),
    ...macs.map((mac) => ['mac', word(mac.old), word(mac.new)]),
    ...(dropbearKey === null ? [] : [['dropbear', word(dropbearKey, HEX)]]),
  ];
  return lines.map((line) => `${line.join(' ')}\n`).join('');
}

function word(text: string, allowed = WORD): string {
  if (!allowed.test(text)) throw new Error(`not a word for a guest’s helper: ${text.length} characters`);
  return text;
}
