// New ENVs from a snapshot, in seconds and RAM included: reserve, copy disks and memory, wake, give each guest what is its own.
// All of the copies or none.
import { type EndPolicy, type EnvDetail, type Snapshot, TtError } from '@tt/protocol';
import { UndoStack } from '../host/undo-stack.ts';
import type { EnvRecord } from '../state/records.ts';
import { promisedTo } from './admission.ts';
import type { Caller } from './caller.ts';
import { type CopySource, copyNames, shortName, sourceOf } from './copy-plan.ts';
import { type Copy, reserveCopies } from './copy-reserve.ts';
import { makeCopies, wakeCopies } from './copy-states.ts';
import { envDetail } from './env-detail.ts';
import { rekeyCopies } from './identity/rekey-copies.ts';
import { checkLifetime } from './lifetime.ts';
import type { OperationContext } from './operation-registry.ts';
import { removeEnv } from './remove-env.ts';
import type { Services } from './services.ts';
import { admitWish } from './start-claims.ts';

export interface ForkWish {
  newName: string;
  copies: number;
  fenced: boolean;
  title?: string | undefined;
  notes?: string | undefined;
  lifetimeS?: number | undefined;
  pastLimit?: boolean | undefined;
  endPolicy?: EndPolicy | undefined;
  sshHostKeys: boolean;
}

export interface ForkRequest extends ForkWish {
  envName: string;
  name: string;
  vmIds?: string[] | undefined;
}

export async function forkSnapshot(
  services: Services,
  request: ForkRequest,
  caller: Caller,
  context: OperationContext,
): Promise<{ envs: EnvDetail[] }> {
  await services.engineReady();
  const { envName, name, vmIds } = request;
  const find = () => services.inventory.snapshot(envName, name);
  checkFork(services, request, sourcesOf(services, find(), vmIds), caller);
  const { locks } = services;
  return forkFrom(services, request, caller, context, {
    envName,
    snapshotName: name,
    // Looked up again once it is held: it may have been deleted meanwhile.
    hold: (work) =>
      locks.hold(envName, 'being forked', async () => {
        const snapshot = find();
        return work(snapshot, sourcesOf(services, snapshot, vmIds));
      }),
  });
}

/** Where copies come from: `hold` keeps it as it is while `work` copies it. */
export interface ForkSource {
  envName: string;
  /** null: of a clone, whose snapshot is gone when it answers. */
  snapshotName: string | null;
  hold<Result>(work: (snapshot: Snapshot, sources: CopySource[]) => Promise<Result>): Promise<Result>;
}

/** Reserves and copies while the source is held; wakes the copies afterwards, when it is free again. */
export async function forkFrom(
  services: Services,
  wish: ForkWish,
  caller: Caller,
  context: OperationContext,
  source: ForkSource,
): Promise<{ envs: EnvDetail[] }> {
  const names = copyNames(wish.newName, wish.copies);
  const undo = new UndoStack((what, error) => services.logger.error({ err: error, what }, 'undo step failed'));
  return holdAll(services, names, async () => {
    try {
      const { copies, tag } = await source.hold(async (snapshot, sources) => {
        const reserved = await services.allocation.run(async () => {
          checkFork(services, wish, sources, caller);
          const all: Copy[] = [];
          for (const name of names)
            all.push(...(await reserveEnv(services, name, wish, sources, caller, source, snapshot, undo)));
          return all;
        });
        services.checkpoint('reserved');
        await makeCopies(services, reserved, { tag: snapshot.id, name: snapshot.name }, context);
        return { copies: reserved, tag: snapshot.id };
      });
      await wakeCopies(services, copies, tag, { linksDown: () => !wish.fenced }, context);
      await rekeyCopies(
        services,
        copies.map(({ vmId }) => vmId),
        wish,
        context,
      );
      context.noReturn();
      context.signal.throwIfAborted();
      for (const name of names) services.inventory.putEnv({ ...services.inventory.env(name), phase: 'ready' });
      undo.commit();
      services.checkpoint('ready');
    } catch (error) {
      context.step('Taking everything back');
      await undo.undo();
      throw error;
    }
    return { envs: names.map((name) => envDetail(services, name)) };
  });
}

/** Throws what can be told before anything is made. */
export function checkFork(services: Services, wish: ForkWish, sources: readonly CopySource[], caller: Caller): void {
  const names = copyNames(wish.newName, wish.copies);
  for (const envName of names) if (services.inventory.hasEnv(envName)) throw new TtError('ENV_NAME_TAKEN', { envName });
  checkLifetime(services, caller, wish);
  for (const { vm } of sources) for (const { kind } of vm.nics) services.networks.of(kind);
  const countable = sources.map(({ vm, hasRam }) => ({ ...vm, state: hasRam ? 'creating' : 'stopped' }));
  const one = promisedTo(countable);
  admitWish(services, caller.name, {
    envs: names.length,
    vms: names.length * sources.length,
    cpuCount: one.cpuCount * names.length,
    memoryMiB: one.memoryMiB * names.length,
    diskMiB: one.diskMiB * names.length,
  });
}

/** The VMs of a snapshot that are there. Throws SNAPSHOT_VM_MISSING. */
export function sourcesOf(
  { inventory }: Services,
  snapshot: Snapshot,
  vmIds: readonly string[] | undefined,
): CopySource[] {
  const parts = snapshot.vms.filter((part) => !part.removed);
  const wanted = vmIds ? [...new Set(vmIds)] : parts.map((part) => part.vmId);
  const missing = (vmId: string) => new TtError('SNAPSHOT_VM_MISSING', { snapshotName: snapshot.name, vmId });
  if (wanted.length === 0) throw missing(snapshot.vms[0]?.vmId ?? '');
  return wanted.map((vmId) => {
    const part = parts.find((candidate) => candidate.vmId === vmId);
    if (!part) throw missing(vmId);
    return sourceOf(inventory.vm(vmId), part);
  });
}

async function reserveEnv(
  services: Services,
  name: string,
  wish: ForkWish,
  sources: readonly CopySource[],
  caller: Caller,
  { envName, snapshotName }: ForkSource,
  snapshot: Snapshot,
  undo: UndoStack,
): Promise<Copy[]> {
  const original = services.inventory.env(envName);
  const start = services.now();
  const lifetimeS = wish.lifetimeS ?? services.settings.current.lifetimeDefaultS;
  const env: EnvRecord = {
    ...original,
    name,
    title: wish.title ?? original.title,
    notes: wish.notes ?? snapshot.notes,
    owner: caller.name,
    startAt: start.toISOString(),
    endAt: new Date(start.getTime() + lifetimeS * 1000).toISOString(),
    endPolicy: wish.endPolicy ?? 'delete',
    over: false,
    warnedS: [],
    sharedUuid: original.sharedUuid === null || wish.fenced ? original.sharedUuid : crypto.randomUUID(),
    networks: [],
    snapshotSchedule: null,
    nextSnapshotAt: null,
    // A copy of a session is an ENV as any other: it keeps what it writes.
    lab: null,
    fenced: wish.fenced,
    forkedFrom: { envName, snapshotId: snapshotName === null ? null : snapshot.id, snapshotName },
    phase: 'creating',
  };
  undo.add(`ENV ${name}`, () => removeEnv(services, name));
  const names = sources.map(({ vm }) => `${name}/${shortName(vm.name)}`);
  const networks = wish.fenced ? original.networks : null;
  return reserveCopies(services, { env, sources, names, networks, snapshotName }, undo);
}

/** Holds all names, or throws ENV_NAME_TAKEN for one that is being made by somebody else. */
async function holdAll<Result>(
  { locks }: Services,
  names: readonly string[],
  work: () => Promise<Result>,
): Promise<Result> {
  const [first, ...others] = names;
  if (first === undefined) return work();
  if (locks.isHeld(first)) throw new TtError('ENV_NAME_TAKEN', { envName: first });
  return locks.hold(first, 'being created', () => holdAll({ locks } as Services, others, work));
}
