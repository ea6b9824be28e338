// Which host user each VM runs as: a uid per VM, so that a guest that escapes into its process has no access to others.
// Operations choose it when they create a VM, and store it in its record.
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { EngineError } from './errors.ts';
import type { Confinement } from './interface.ts';

export interface UidRange {
  firstUid: number;
  count: number;
}

/**
 * Free on a typical host: above the ranges for people (1000 up), for user namespaces (/etc/subuid, 100000 up), by SSSD for
 * Active Directory (to 2000200000, sssd-ad(5)) and by systemd for containers (to 1879048191), below systemd's range for foreign
 * images (2147352576 up; https://systemd.io/UIDS-GIDS).
 */
export const DEFAULT_RANGE: UidRange = { firstUid: 2_001_000_000, count: 60_000 };

/** One ENV may have two thousand VMs and one; more than 2233 each, and the last agent's would pass systemd's range. */
const UIDS_PER_AGENT = 2_200;

export interface VmUidOptions extends Partial<UidRange> {
  /** Folder of passwd, group, subuid and subgid; default `/etc`. */
  accountsDirectory?: string;
  /** Default `/proc/self/uid_map`: in a container only some uids are there (user_namespaces(7)). */
  uidMapFile?: string;
}

/** A range for one agent, disjoint from that of every other tag: two agents on one host never share a VM's user. */
export function uidRangeOf(agentTag: string): UidRange {
  if (!/^[0-9a-f]{4}$/.test(agentTag)) throw new EngineError('START_FAILED', `not an agent's tag: ${agentTag}`);
  return {
    firstUid: DEFAULT_RANGE.firstUid + Number.parseInt(agentTag, 16) * UIDS_PER_AGENT,
    count: UIDS_PER_AGENT,
  };
}

/**
 * The lowest uid of the range that no VM has (`taken`), and that no account, group or subordinate range of this host uses.
 * START_FAILED if there is none, with the reason.
 */
export async function allocateVmUid(taken: ReadonlySet<number>, options: VmUidOptions = {}): Promise<number> {
  const { firstUid, count } = { ...DEFAULT_RANGE, ...options };
  const accounts = options.accountsDirectory ?? '/etc';
  const [mapped, ...occupied] = await Promise.all([
    readMappedUids(options.uidMapFile ?? '/proc/self/uid_map'),
    readRanges(path.join(accounts, 'passwd'), (fields) => [fields[2], '1']),
    // A group of that number would own what the VM's group owns.
    readRanges(path.join(accounts, 'group'), (fields) => [fields[2], '1']),
    readRanges(path.join(accounts, 'subuid'), (fields) => [fields[1], fields[2]]),
    readRanges(path.join(accounts, 'subgid'), (fields) => [fields[1], fields[2]]),
  ]);
  const others = occupied.flat();
  for (let uid = firstUid; uid < firstUid + count; uid++) {
    if (!taken.has(uid) && contains(mapped, uid) && !contains(others, uid)) return uid;
  }
  const range = `${firstUid} to ${firstUid + count - 1}`;
  const why = contains(mapped, firstUid) ? 'all are in use' : "this container's user namespace does not have them";
  throw new EngineError('START_FAILED', `no user is left for another VM among the uids ${range}: ${why}`);
}

/**
 * User and group to start a VM's process with. The group has the user's number, except with KVM if only a group can open
 * `/dev/kvm` (Debian: kvm): a process without supplementary groups has a single group, and QEMU opens the device itself. VMs
 * then share that group, which has no access to their files (0600, 0700).
 */
export async function confinementFor(
  uid: number,
  acceleration: 'kvm' | 'tcg',
  kvmDevice = '/dev/kvm',
): Promise<Confinement> {
  if (acceleration === 'tcg') return { uid, gid: uid };
  const { mode, gid } = await stat(kvmDevice);
  const isForAll = (mode & 0o006) === 0o006;
  // Never root's group: files of the host are open to it.
  const isForGroup = (mode & 0o060) === 0o060 && gid !== 0;
  return { uid, gid: !isForAll && isForGroup ? gid : uid };
}

/** Whether a user without rights may open a device, at least by {@link confinementFor}'s group. */
export async function isOpenToVmUsers(device: string): Promise<boolean> {
  const { mode, gid } = await stat(device);
  return (mode & 0o006) === 0o006 || ((mode & 0o060) === 0o060 && gid !== 0);
}

type Ranges = readonly UidRange[];

function contains(ranges: Ranges, uid: number): boolean {
  return ranges.some(({ firstUid, count }) => uid >= firstUid && uid < firstUid + count);
}

/** Lines of fields separated by colons (passwd(5), group(5), subuid(5)); a missing file counts as empty. */
async function readRanges(
  file: string,
  pick: (fields: string[]) => [first: string | undefined, count: string | undefined],
): Promise<Ranges> {
  try {
    const lines = (await readFile(file, 'utf8')).split('\n');
    return lines.map((line) => toRange(...pick(line.split(':')))).filter((range) => range !== null);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Lines of three numbers: uid in here, uid outside, count. */
async function readMappedUids(file: string): Promise<Ranges> {
  const lines = (await readFile(file, 'utf8')).trim().split('\n');
  return lines
    .map((line) => line.trim().split(/\s+/))
    .map(([inside, , count]) => toRange(inside, count))
    .filter((range) => range !== null);
}

function toRange(first: string | undefined, count: string | undefined): UidRange | null {
  if (!/^\d+$/.test(first ?? '') || !/^\d+$/.test(count ?? '')) return null;
  return { firstUid: Number(first), count: Number(count) };
}
