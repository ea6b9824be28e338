// New ENVs from a snapshot, in seconds and RAM included: reserve, copy disks and memory, wake, give each guest what is its own.
// All of the copies or none.
import type { EnvDetail, Snapshot } from '@tt/protocol';
import type { UndoStack } from '../../host/undo-stack.ts';
import type { EnvRecord } from '../../state/records.ts';
import type { Caller } from '../caller.ts';
import { admitRequest } from '../capacity/capacity.ts';
import { admitRecords, copiedRecords } from '../capacity/record-limits.ts';
import { defineOperation } from '../define-operation.ts';
import { envDetail } from '../envs/env-detail.ts';
import { addRemoval, checkNewEnvs, makeEnvs, type NewEnvRequest, newEnv } from '../envs/new-env.ts';
import type { OperationContext } from '../operation-registry.ts';
import type { Services } from '../services.ts';
import { onSnapshot } from '../targets.ts';
import { allocatedToCopies, type CopySource, copyNames, shortName, sourcesOf } from './copy-plan.ts';
import { type Copy, reserveCopies } from './copy-reserve.ts';
import { placeFromState } from './place-copies.ts';
import { wakeCopies } from './wake-copies.ts';

export interface ForkSpec extends NewEnvRequest {
  newName: string;
  copies: number;
  fenced: boolean;
  sshHostKeys: boolean;
}

export interface ForkRequest extends ForkSpec {
  envName: string;
  name: string;
  vmIds?: string[] | undefined;
}

/** The ENV is held as long as it is copied; the copies wake when it is free again. */
export const forkSnapshotOperation = defineOperation({
  kind: 'snapshot.fork',
  ...onSnapshot,
  cancellable: true,
  run: ({ services, input, caller, operation }) => forkSnapshot(services, input, caller, operation),
});

async function forkSnapshot(
  services: Services,
  request: ForkRequest,
  caller: Caller,
  context: OperationContext,
): Promise<{ envs: EnvDetail[] }> {
  await services.engines.settled();
  const { envName, name, vmIds } = request;
  const find = () => services.inventory.snapshot(envName, name);
  checkFork(services, request, sourcesOf(services, find(), vmIds), caller);
  const { locks } = services;
  return forkFrom(services, request, caller, context, {
    envName,
    snapshotName: name,
    // Looked up again once it is held: it may have been deleted meanwhile.
    hold: (work) =>
      locks.hold(envName, context.kind, async () => {
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
  spec: ForkSpec,
  caller: Caller,
  context: OperationContext,
  source: ForkSource,
): Promise<{ envs: EnvDetail[] }> {
  const names = copyNames(spec.newName, spec.copies);
  await makeEnvs(services, names, context, async (undo) => {
    const { copies, tag } = await source.hold(async (snapshot, sources) => {
      const reserved = await services.allocation.run(async () => {
        checkFork(services, spec, sources, caller);
        const all: Copy[] = [];
        for (const name of names) {
          const env = forkOf(services, name, spec, caller, source, snapshot);
          all.push(...(await reserveFork(services, env, sources, source, undo)));
        }
        return all;
      });
      services.checkpoint('reserved');
      await placeFromState(services, reserved, { tag: snapshot.id, name: snapshot.name }, context);
      return { copies: reserved, tag: snapshot.id };
    });
    await wakeCopies(services, copies, tag, spec, context);
  });
  return { envs: names.map((name) => envDetail(services, name)) };
}

/** Throws what can be told before anything is made. */
export function checkFork(services: Services, spec: ForkSpec, sources: readonly CopySource[], caller: Caller): void {
  const names = copyNames(spec.newName, spec.copies);
  checkNewEnvs(services, names, spec, caller);
  for (const { vm } of sources) for (const { kind } of vm.spec.nics) services.networks.of(kind);
  const one = allocatedToCopies(sources);
  admitRequest(services, caller.name, {
    envs: names.length,
    vms: names.length * sources.length,
    cpuCount: one.cpuCount * names.length,
    memoryMiB: one.memoryMiB * names.length,
    diskMiB: one.diskMiB * names.length,
  });
  admitRecords(services, caller.name, copiedRecords(sources, names.length));
}

/** As the original is, with a lifetime, an owner and (unless it is fenced) an identity of its own. */
function forkOf(
  services: Pick<Services, 'settings' | 'now' | 'inventory'>,
  name: string,
  spec: ForkSpec,
  caller: Caller,
  { envName, snapshotName }: ForkSource,
  snapshot: Snapshot,
): EnvRecord {
  const { title, tags, denyOutgoing, sharedUuid } = services.inventory.env(envName);
  const words = { ...spec, title: spec.title ?? title, notes: spec.notes ?? snapshot.notes };
  return {
    // A copy of a session is an ENV as any other: it keeps what it writes. And it has no schedule until it is given one.
    ...newEnv(services, name, words, caller),
    tags,
    denyOutgoing,
    sharedUuid: sharedUuid === null || spec.fenced ? sharedUuid : crypto.randomUUID(),
    fenced: spec.fenced,
    forkedFrom: { envName, snapshotId: snapshotName === null ? null : snapshot.id, snapshotName },
  };
}

function reserveFork(
  services: Services,
  env: EnvRecord,
  sources: readonly CopySource[],
  { envName, snapshotName }: ForkSource,
  undo: UndoStack,
): Promise<Copy[]> {
  addRemoval(services, env, undo);
  const names = sources.map(({ vm }) => `${env.name}/${shortName(vm.name)}`);
  const networks = env.fenced ? services.inventory.env(envName).networks : null;
  return reserveCopies(services, { env, sources, names, networks, snapshotName }, undo);
}
