// What is promised on this host and to whom, VMs that are about to run included (`start-reservations.ts`), and whether more of it may be.
import type { Quota, Usage } from '@tt/protocol';
import type { VmRecord } from '../../state/records.ts';
import { admit, admitQuota, type Countable, type Promised, promisedTo } from './admission.ts';
import type { Services } from '../services.ts';

/** What is needed to say what a user has and may have. */
type Accounts = Pick<Services, 'settings' | 'inventory' | 'claims' | 'images'>;

/** What a user has; processors and memory of what runs, or is just being started; disks, and images brought in or published. */
export function usageOf(services: Accounts, owner: string): Usage {
  const envs = services.inventory.envs().filter((env) => env.owner === owner);
  const vms = envs.flatMap((env) => services.inventory.vmsOf(env.name));
  const promised = promisedTo(countable(services, vms));
  const images = services.images.list().filter((image) => image.owner === owner);
  const imageBytes = images.reduce((sum, image) => sum + image.sizeBytes, 0);
  return { envs: envs.length, vms: vms.length, ...promised, diskMiB: promised.diskMiB + mibOf(imageBytes) };
}

export function quotaOf(services: Pick<Services, 'settings'>, owner: string): Quota {
  const { quotas } = services.settings.current;
  return Object.hasOwn(quotas.users, owner) ? (quotas.users[owner] as Quota) : quotas.default;
}

/** What is promised to the VMs of this host. */
export function promisedNow(services: Services): Promised {
  return promisedTo(countable(services, services.inventory.vms()));
}

/** Throws QUOTA_EXCEEDED when files of so many bytes, beside the disks they have, are too much for this user. */
export function admitBytes(services: Accounts, owner: string, bytes: number): void {
  const wanted = { envs: 0, vms: 0, cpuCount: 0, memoryMiB: 0, diskMiB: mibOf(bytes) };
  admitQuota(owner, quotaOf(services, owner), usageOf(services, owner), wanted);
}

function mibOf(bytes: number): number {
  return Math.ceil(bytes / (1024 * 1024));
}

/** Throws when `wanted` fits not on this host, or not into the quota of its owner. */
export function admitWish(services: Services, owner: string, wanted: Usage): void {
  admit(services.limits.total(), promisedNow(services), wanted);
  admitQuota(owner, quotaOf(services, owner), usageOf(services, owner), wanted);
}

/** Runs `work`, which starts these halted VMs. Throws CPU_EXHAUSTED, MEMORY_EXHAUSTED or QUOTA_EXCEEDED. */
export function withRoomFor<Result>(
  services: Services,
  halted: readonly VmRecord[],
  work: () => Promise<Result>,
): Promise<Result> {
  const first = halted[0];
  if (first) {
    const { cpuCount, memoryMiB } = promisedTo(halted.map((vm) => ({ ...vm, state: 'creating' })));
    const { owner } = services.inventory.env(first.envName);
    admitWish(services, owner, { envs: 0, vms: 0, cpuCount, memoryMiB, diskMiB: 0 });
  }
  return services.claims.hold(
    halted.map((vm) => vm.id),
    work,
  );
}

/** A VM that is put back to what it was: it may have had more of something, or run when it does not now. */
export interface SizeChange {
  vm: VmRecord;
  wanted: VmRecord;
  runs: boolean;
  willRun: boolean;
}

/** Runs `work`, which makes these changes together: what one gives back another may take. Throws as {@link withRoomFor}. */
export function withRoomForChange<Result>(
  services: Services,
  changes: readonly SizeChange[],
  work: () => Promise<Result>,
): Promise<Result> {
  const first = changes[0];
  if (first) {
    const now = promisedTo(changes.map(({ vm, runs }) => ({ ...vm, state: runs ? 'running' : 'stopped' })));
    const then = promisedTo(
      changes.map(({ wanted, willRun }) => ({ ...wanted, state: willRun ? 'running' : 'stopped' })),
    );
    const more = (key: keyof Promised) => Math.max(0, then[key] - now[key]);
    const { owner } = services.inventory.env(first.vm.envName);
    const wish = { cpuCount: more('cpuCount'), memoryMiB: more('memoryMiB'), diskMiB: more('diskMiB') };
    if (Object.values(wish).some((part) => part > 0)) admitWish(services, owner, { envs: 0, vms: 0, ...wish });
  }
  const running = changes.filter(({ willRun }) => willRun).map(({ wanted }) => wanted);
  return services.claims.hold(
    running.map(({ id }) => id),
    work,
    new Map(running.map(({ id, resources }) => [id, resources])),
  );
}

function countable({ claims }: Pick<Services, 'claims'>, vms: readonly VmRecord[]): Countable[] {
  return vms.map((vm) => {
    if (!claims.has(vm.id)) return vm;
    const size = claims.sizeOf(vm.id) ?? vm.resources;
    const cpuCount = Math.max(vm.resources.cpuCount, size.cpuCount);
    const memoryMiB = Math.max(vm.resources.memoryMiB, size.memoryMiB);
    return { ...vm, state: 'creating', resources: { ...vm.resources, cpuCount, memoryMiB } };
  });
}
