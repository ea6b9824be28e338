// Creates new ENVs from a snapshot in seconds, RAM included: reserve, copy disks and memory, resume, reset the identity of each
// guest. All copies or none.
import { copyNames, type EnvDetail, type Snapshot } from '@tt/protocol';
import { ownersOf } from '../../access/owners.ts';
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
import { mayUseBridge } from '../vms/bridge-permission.ts';
import { allocatedToCopies, type CopySource, shortName, sourcesOf } from './copy-plan.ts';
import { type Copy, reserveCopies } from './copy-reserve.ts';
import { placeFromState } from './place-copies.ts';
import { SealedRams } from './sealed-rams.ts';
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

/** The ENV is locked while it is copied; the copies resume when it is unlocked again. */
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

/** The source of copies: `hold` keeps it unchanged while `work` copies it. */
export interface ForkSource {
  envName: string;
  /** null for a clone, whose snapshot no longer exists when the call returns. */
  snapshotName: string | null;
  hold<Result>(work: (snapshot: Snapshot, sources: CopySource[]) => Promise<Result>): Promise<Result>;
}

/** Reserves and copies while the source is locked; resumes the copies afterwards, when it is unlocked. */
export async function forkFrom(
  services: Services,
  spec: ForkSpec,
  caller: Caller,
  context: OperationContext,
  source: ForkSource,
): Promise<{ envs: EnvDetail[] }> {
  const names = copyNames(spec.newName, spec.copies);
  await makeEnvs(services, names, context, async (undo) => {
    await using sealed = new SealedRams(services);
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
      await placeFromState(services, reserved, { tag: snapshot.id, name: snapshot.name }, context, sealed);
      return { copies: reserved, tag: snapshot.id };
    });
    await wakeCopies(services, copies, tag, spec, context, sealed);
  });
  return { envs: names.map((name) => envDetail(services, name)) };
}

/** Throws errors that can be detected before anything is created. */
export function checkFork(services: Services, spec: ForkSpec, sources: readonly CopySource[], caller: Caller): void {
  const names = copyNames(spec.newName, spec.copies);
  checkNewEnvs(services, names, spec, caller);
  for (const { vm } of sources) for (const { kind } of vm.spec.nics) services.networks.of(kind);
  // A fenced copy is not in that network.
  if (!spec.fenced)
    mayUseBridge(
      services,
      caller,
      sources.map(({ vm }) => vm),
    );
  const one = allocatedToCopies(sources);
  admitRequest(services, ownersOf({ owner: caller.name, team: spec.team }), {
    envs: names.length,
    vms: names.length * sources.length,
    cpuCount: one.cpuCount * names.length,
    memoryMiB: one.memoryMiB * names.length,
    diskMiB: one.diskMiB * names.length,
  });
  admitRecords(services, caller.name, copiedRecords(sources, names.length));
}

/** Like the original, with its own lifetime, owner and (unless it is fenced) identity. */
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
