// What is allocated on this host and to whom, including VMs that are about to run (`start-reservations.ts`), and whether a
// request still fits.
import type { Quota, Usage } from '@tt/protocol';
import type { VmRecord } from '../../state/vm-record.ts';
import type { QuotaBytes } from '../../storage/disk-budget.ts';
import type { Services } from '../services.ts';
import { type Allocation, type Countable, admit, admitQuota, allocatedTo, type Wanted } from './capacity-check.ts';
import { mibOf, storedMiB } from './stored-bytes.ts';

const MIB = 1024 * 1024;

/** What is needed to say what this host may still allocate to a user. */
type Capacity = Pick<Services, 'settings' | 'users' | 'limits' | 'inventory' | 'reservations' | 'images' | 'stored'>;

/** The services that know what a user has and can have. */
export type Accounts = Pick<Services, 'settings' | 'users' | 'inventory' | 'reservations' | 'images' | 'stored'>;

/**
 * What a user has: processors and memory of VMs that run or are being started; disks, imported or published images, and
 * snapshots.
 */
export function usageOf(services: Accounts, owner: string): Usage {
  const envs = services.inventory.envs().filter((env) => env.owner === owner);
  const vms = envs.flatMap((env) => services.inventory.vmsOf(env.name));
  const beside = services.reservations.beside().filter((one) => one.owner === owner);
  const allocated = sumOf([allocatedTo(countable(services, vms)), ...beside]);
  const images = services.images.list().filter((image) => image.owner === owner);
  const imageBytes = images.reduce((sum, image) => sum + image.sizeBytes, 0);
  // The RAM of running guests; what their disks hold is within the disks' sizes.
  const snapshots = envs.flatMap((env) => services.inventory.snapshotsOf(env.name));
  const snapshotBytes = snapshots.reduce((sum, snapshot) => sum + snapshot.sizeBytes, 0);
  const diskMiB = allocated.diskMiB + mibOf(imageBytes + snapshotBytes);
  const stored = storedMiB(services.stored.of(owner));
  return { envs: envs.length, vms: vms.length, ...allocated, diskMiB, storedMiB: stored };
}

/** That of a user in the state, if they have one of their own; else that of the configuration. */
export function quotaOf({ settings, users }: Pick<Services, 'settings' | 'users'>, owner: string): Quota {
  const { quotas, users: configured } = settings.current;
  const own = configured.some(({ name }) => name === owner) ? null : users.find(owner)?.quota;
  if (own) return own;
  return Object.hasOwn(quotas.users, owner) ? (quotas.users[owner] as Quota) : quotas.default;
}

/** What is allocated to the VMs of this host. */
export function allocatedNow(services: Pick<Services, 'inventory' | 'reservations'>): Allocation {
  return sumOf([allocatedTo(countable(services, services.inventory.vms())), ...services.reservations.beside()]);
}

/** What is left of a user's quota of disk; infinite without one. */
export function quotaLeft(services: Accounts, owner: string): QuotaBytes {
  const quota = quotaOf(services, owner);
  // Asked as often as a write is looked at: all records of the owner are gone through only for a limit.
  if (quota.diskMiB === null && quota.storedMiB === null) {
    return { allocatedBytes: Number.POSITIVE_INFINITY, storedBytes: Number.POSITIVE_INFINITY };
  }
  const used = usageOf(services, owner);
  const left = (total: number | null, usedMiB: number) =>
    total === null ? Number.POSITIVE_INFINITY : (total - usedMiB) * MIB;
  return {
    allocatedBytes: left(quota.diskMiB, used.diskMiB),
    storedBytes: left(quota.storedMiB, used.storedMiB),
  };
}

/** Throws QUOTA_EXCEEDED when files of so many bytes, beside the disks they have, are too much for this user. */
export function admitBytes(services: Accounts, owner: string, { allocatedBytes, storedBytes }: QuotaBytes): void {
  const [diskMiB, stored] = [mibOf(allocatedBytes), mibOf(storedBytes)];
  const wanted = { envs: 0, vms: 0, cpuCount: 0, memoryMiB: 0, diskMiB, storedMiB: stored };
  admitQuota(owner, quotaOf(services, owner), usageOf(services, owner), wanted);
}

/** Throws if `wanted` does not fit on this host, or in the quota of its owner. */
export function admitRequest(services: Capacity, owner: string, wanted: Wanted): void {
  admit(services.limits.total(), allocatedNow(services), wanted);
  admitQuota(owner, quotaOf(services, owner), usageOf(services, owner), wanted);
}

/** Runs `work`, which starts these halted VMs. Throws CPU_EXHAUSTED, MEMORY_EXHAUSTED or QUOTA_EXCEEDED. */
export function withCapacityFor<Result>(
  services: Capacity,
  halted: readonly VmRecord[],
  work: () => Promise<Result>,
): Promise<Result> {
  const first = halted[0];
  if (first) {
    const { cpuCount, memoryMiB } = allocatedTo(halted.map(({ spec }) => ({ spec, state: 'creating' })));
    const { owner } = services.inventory.env(first.envName);
    admitRequest(services, owner, { envs: 0, vms: 0, cpuCount, memoryMiB, diskMiB: 0 });
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
    const { owner } = services.inventory.env(first.vm.envName);
    const request = { cpuCount: more('cpuCount'), memoryMiB: more('memoryMiB'), diskMiB: more('diskMiB') };
    if (Object.values(request).some((part) => part > 0)) admitRequest(services, owner, { envs: 0, vms: 0, ...request });
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
    if (!reservations.has(vm.id)) return { spec, state: vm.status.state };
    const size = reservations.sizeOf(vm.id) ?? spec;
    const cpuCount = Math.max(spec.cpuCount, size.cpuCount);
    const memoryMiB = Math.max(spec.memoryMiB, size.memoryMiB);
    return { state: 'creating', spec: { ...spec, cpuCount, memoryMiB } };
  });
}
