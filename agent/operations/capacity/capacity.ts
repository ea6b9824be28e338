// What is allocated on this host and to whom, including VMs that are about to run (`start-reservations.ts`), and whether a
// request still fits.
import { type Quota, TtError, type Usage } from '@tt/protocol';
import { ownersOf, teamAccount, teamOf } from '../../access/owners.ts';
import type { EnvRecord } from '../../state/records.ts';
import type { VmRecord } from '../../state/vm-record.ts';
import type { QuotaBytes } from '../../storage/disk-budget.ts';
import type { Services } from '../services.ts';
import { type Allocation, type Countable, admit, admitQuota, allocatedTo, type Wanted } from './capacity-check.ts';
import { mibOf, storedMiB } from './stored-bytes.ts';

const MIB = 1024 * 1024;
/** Of a team that was deleted just now. */
const NO_QUOTA: Quota = { envs: null, vms: null, cpuCount: null, memoryMiB: null, diskMiB: null, storedMiB: null };

/** What is needed to say what this host may still allocate to an account. */
type Capacity = Pick<
  Services,
  'settings' | 'users' | 'teams' | 'limits' | 'inventory' | 'reservations' | 'images' | 'stored'
>;

/** The services that know what an account (`ownersOf`) has and can have: a user, or a team. */
export type Accounts = Pick<
  Services,
  'settings' | 'users' | 'teams' | 'inventory' | 'reservations' | 'images' | 'stored'
>;

/**
 * What an account has: processors and memory of VMs that run or are being started; disks, imported or published images, and
 * snapshots. A team has ENVs, whoever owns them.
 */
export function usageOf(services: Accounts, account: string): Usage {
  const envs = services.inventory.envs().filter((env) => ownersOf(env).includes(account));
  const inEnvs = allocatedTo(
    countable(
      services,
      envs.flatMap((env) => services.inventory.vmsOf(env.name)),
    ),
  );
  const beside = services.reservations.beside().filter((one) => one.owner === account);
  const allocated = sumOf([inEnvs, ...beside]);
  const images = services.images.list().filter((image) => image.owner === account);
  const imageBytes = images.reduce((sum, image) => sum + image.sizeBytes, 0);
  const snapshotBytes = envs.reduce((sum, env) => sum + snapshotBytesOf(services, env), 0);
  const diskMiB = allocated.diskMiB + mibOf(imageBytes + snapshotBytes);
  const stored = storedMiB(services.stored.of(account));
  const vms = envs.reduce((sum, env) => sum + services.inventory.vmsOf(env.name).length, 0);
  return { envs: envs.length, vms, ...allocated, diskMiB, storedMiB: stored };
}

/** What one ENV takes of the quotas of its accounts. */
function usageOfEnv(services: Accounts, env: EnvRecord): Usage {
  const allocated = allocatedToEnv(services, env);
  const diskMiB = allocated.diskMiB + mibOf(snapshotBytesOf(services, env));
  const stored = services.stored.ofEnv(env.name);
  return {
    envs: 1,
    vms: services.inventory.vmsOf(env.name).length,
    ...allocated,
    diskMiB,
    storedMiB: mibOf(stored.diskBytes) + mibOf(stored.snapshotBytes),
  };
}

function allocatedToEnv(services: Pick<Services, 'inventory' | 'reservations'>, { name }: EnvRecord): Allocation {
  return allocatedTo(countable(services, services.inventory.vmsOf(name)));
}

/** The RAM of running guests; what their disks hold is within the disks' sizes. */
function snapshotBytesOf({ inventory }: Pick<Services, 'inventory'>, { name }: EnvRecord): number {
  return inventory.snapshotsOf(name).reduce((sum, snapshot) => sum + snapshot.sizeBytes, 0);
}

/** That of a team; that of a user in the state, if they have one of their own; else that of the configuration. */
export function quotaOf(
  { settings, users, teams }: Pick<Services, 'settings' | 'users' | 'teams'>,
  account: string,
): Quota {
  const team = teamOf(account);
  if (team !== null) return teams.find(team)?.quota ?? NO_QUOTA;
  const { quotas, users: configured } = settings.current;
  const own = configured.some(({ name }) => name === account) ? null : users.find(account)?.quota;
  if (own) return own;
  return Object.hasOwn(quotas.users, account) ? (quotas.users[account] as Quota) : quotas.default;
}

/** What is allocated to the VMs of this host. */
export function allocatedNow(services: Pick<Services, 'inventory' | 'reservations'>): Allocation {
  return sumOf([allocatedTo(countable(services, services.inventory.vms())), ...services.reservations.beside()]);
}

/** What is left of an account’s quota of disk; infinite without one. */
export function quotaLeft(services: Accounts, account: string): QuotaBytes {
  const quota = quotaOf(services, account);
  // Asked as often as a write is looked at: all records of the owner are gone through only for a limit.
  if (quota.diskMiB === null && quota.storedMiB === null) {
    return { allocatedBytes: Number.POSITIVE_INFINITY, storedBytes: Number.POSITIVE_INFINITY };
  }
  const used = usageOf(services, account);
  const left = (total: number | null, usedMiB: number) =>
    total === null ? Number.POSITIVE_INFINITY : (total - usedMiB) * MIB;
  return {
    allocatedBytes: left(quota.diskMiB, used.diskMiB),
    storedBytes: left(quota.storedMiB, used.storedMiB),
  };
}

/** Throws QUOTA_EXCEEDED or TEAM_QUOTA_EXCEEDED when files of so many bytes, beside the disks it has, are too much for this account. */
export function admitBytes(services: Accounts, account: string, { allocatedBytes, storedBytes }: QuotaBytes): void {
  const [diskMiB, stored] = [mibOf(allocatedBytes), mibOf(storedBytes)];
  const wanted = { envs: 0, vms: 0, cpuCount: 0, memoryMiB: 0, diskMiB, storedMiB: stored };
  admitQuota(account, quotaOf(services, account), usageOf(services, account), wanted);
}

/** Throws if `wanted` does not fit on this host, or in the quota of one of these accounts: the owner, and the team it is shared with. */
export function admitRequest(services: Capacity, accounts: readonly string[], wanted: Wanted): void {
  admit(services.limits.total(), allocatedNow(services), wanted);
  for (const account of accounts) admitQuota(account, quotaOf(services, account), usageOf(services, account), wanted);
}

/**
 * Allocates memory beside an account's VMs, until the returned function is called; null if the host, or the quota of one of these accounts,
 * has no space for it. `accounts`: as `ownersOf` names them.
 */
export function claimMemory(services: Capacity, accounts: readonly string[], memoryMiB: number): (() => void) | null {
  try {
    admitRequest(services, accounts, { envs: 0, vms: 0, cpuCount: 0, memoryMiB, diskMiB: 0 });
  } catch (error) {
    if (error instanceof TtError) return null;
    throw error;
  }
  return services.reservations.addBeside({ owner: accounts[0] ?? null, cpuCount: 0, memoryMiB, diskMiB: 0 });
}

/** Throws TEAM_QUOTA_EXCEEDED if what an ENV has does not fit in the quota of a team it is not shared with yet. */
export function admitToTeam(services: Accounts, env: EnvRecord, teamName: string): void {
  const account = teamAccount(teamName);
  admitQuota(account, quotaOf(services, account), usageOf(services, account), usageOfEnv(services, env));
}

/** Runs `work`, which starts these halted VMs. Throws CPU_EXHAUSTED, MEMORY_EXHAUSTED, QUOTA_EXCEEDED or TEAM_QUOTA_EXCEEDED. */
export function withCapacityFor<Result>(
  services: Capacity,
  halted: readonly VmRecord[],
  work: () => Promise<Result>,
): Promise<Result> {
  const first = halted[0];
  if (first) {
    const { cpuCount, memoryMiB } = allocatedTo(halted.map(({ spec }) => ({ spec, state: 'creating' })));
    admitRequest(services, ownersOf(services.inventory.env(first.envName)), {
      envs: 0,
      vms: 0,
      cpuCount,
      memoryMiB,
      diskMiB: 0,
    });
  }
  return services.reservations.hold(
    halted.map((vm) => vm.id),
    work,
  );
}

/** A VM that is reverted: it may have been larger, or running while it is stopped now. */
export interface SizeChange {
  vm: VmRecord;
  wanted: VmRecord;
  runs: boolean;
  willRun: boolean;
}

/** Runs `work`, which makes these changes together: what one releases another can use. Throws as {@link withCapacityFor}. */
export function withCapacityForChange<Result>(
  services: Capacity,
  changes: readonly SizeChange[],
  work: () => Promise<Result>,
): Promise<Result> {
  const first = changes[0];
  if (first) {
    const now = allocatedTo(changes.map(({ vm: { spec }, runs }) => ({ spec, state: runs ? 'running' : 'stopped' })));
    const then = allocatedTo(
      changes.map(({ wanted: { spec }, willRun }) => ({ spec, state: willRun ? 'running' : 'stopped' })),
    );
    const more = (key: keyof Allocation) => Math.max(0, then[key] - now[key]);
    const accounts = ownersOf(services.inventory.env(first.vm.envName));
    const request = { cpuCount: more('cpuCount'), memoryMiB: more('memoryMiB'), diskMiB: more('diskMiB') };
    if (Object.values(request).some((part) => part > 0)) {
      admitRequest(services, accounts, { envs: 0, vms: 0, ...request });
    }
  }
  const running = changes.filter(({ willRun }) => willRun).map(({ wanted }) => wanted);
  return services.reservations.hold(
    running.map(({ id }) => id),
    work,
    new Map(running.map(({ id, spec }) => [id, spec])),
  );
}

function sumOf(parts: readonly Allocation[]): Allocation {
  const sum = (key: keyof Allocation) => parts.reduce((total, part) => total + part[key], 0);
  return { cpuCount: sum('cpuCount'), memoryMiB: sum('memoryMiB'), diskMiB: sum('diskMiB') };
}

function countable({ reservations }: Pick<Services, 'reservations'>, vms: readonly VmRecord[]): Countable[] {
  return vms.map((vm) => {
    const { spec } = vm;
    const { state, sealedMemory = null } = vm.status;
    if (!reservations.has(vm.id)) return { spec, state, sealedMemory };
    const size = reservations.sizeOf(vm.id) ?? spec;
    const cpuCount = Math.max(spec.cpuCount, size.cpuCount);
    const memoryMiB = Math.max(spec.memoryMiB, size.memoryMiB);
    return { state: 'creating', sealedMemory, spec: { ...spec, cpuCount, memoryMiB } };
  });
}
