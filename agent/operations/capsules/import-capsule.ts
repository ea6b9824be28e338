// Creates an ENV from an uploaded capsule: everything is unpacked and checked before anything becomes visible, then it is a fork
// whose original is a file. All or nothing; after a failure the upload stays, unless it is not a capsule.
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { type CapsuleManifest, type EnvDetail, type EnvRecording, type Reason, TtError } from '@tt/protocol';
import { ownersOf } from '../../access/owners.ts';
import { readManifest, unpackCapsule } from '../../capsules/capsule-reader.ts';
import type { UndoStack } from '../../host/undo-stack.ts';
import type { EnvRecord } from '../../state/records.ts';
import type { WriteRequest } from '../../storage/budgeted-write.ts';
import type { TakenUpload } from '../../transfers/interface.ts';
import type { Caller } from '../caller.ts';
import { admitRequest } from '../capacity/capacity.ts';
import { admitRecords } from '../capacity/record-limits.ts';
import { allocatedToCopies } from '../copies/copy-plan.ts';
import { reserveCopies } from '../copies/copy-reserve.ts';
import { wakeCopies } from '../copies/wake-copies.ts';
import { defineOperation, type InputOf } from '../define-operation.ts';
import { envDetail } from '../envs/env-detail.ts';
import { addRemoval, checkNewEnvs, makeEnvs, newEnv } from '../envs/new-env.ts';
import type { OperationContext } from '../operation-registry.ts';
import type { Services } from '../services.ts';
import { mayUseBridge } from '../vms/bridge-permission.ts';
import { capsuleFailure, invalidCapsule } from './capsule-failure.ts';
import { checkDisks, checkRam } from './capsule-check.ts';
import { capsuleSources, mustHaveEngines, ramProblemOf } from './capsule-sources.ts';
import type { RamWork } from './packed-ram.ts';
import { keepRecordings, lookAtRecordings, type FoundRecording } from './placed-recordings.ts';
import { placeMembers } from './place-members.ts';

const MIB = 1024 * 1024;

type ImportRequest = InputOf<'capsule.import'>;

export const importCapsuleOperation = defineOperation({
  kind: 'capsule.import',
  allow: () => null,
  subject: (_target, { name }) => ({ envName: name }),
  cancellable: true,
  run: ({ services, input, caller, operation }) => importCapsule(services, input, caller, operation),
});

export async function inspectCapsule(
  services: Pick<Services, 'engines' | 'capsuleSeal' | 'transfers'>,
  transferId: string,
  caller: Caller,
): Promise<{ manifest: CapsuleManifest; ramProblem: Reason | null; madeHere: boolean }> {
  const upload = services.transfers.take(transferId, caller);
  try {
    const { manifest, text } = await readManifest(upload.path);
    await upload.giveBack();
    const madeHere = services.capsuleSeal.isOf(text, caller.name);
    return { manifest, ramProblem: ramProblemOf(services, manifest), madeHere };
  } catch (error) {
    const invalid = invalidCapsule(upload.fileName, error);
    await upload.giveBack(invalid);
    throw invalid;
  }
}

/** Its name is reserved from the start, so that nobody unpacks a large file only to learn that the name is taken. */
async function importCapsule(
  services: Services,
  request: ImportRequest,
  caller: Caller,
  context: OperationContext,
): Promise<EnvDetail> {
  await services.engines.settled();
  checkNewEnvs(services, [request.name], request, caller);
  const upload = services.transfers.take(request.transferId, caller);
  const folder = services.transfers.draft();
  try {
    await services.transfers.space.admitBytes(caller.name, upload.sizeBytes);
    const growth = {
      owner: caller.name,
      subject: request.name,
      folders: [path.dirname(folder)],
      wantedBytes: upload.sizeBytes,
      measured: [folder],
      signal: context.signal,
    };
    await services.budget.write(growth, ({ signal }) =>
      makeEnvs(services, [request.name], context, async (undo) => {
        const unpacking = { ...growth, signal };
        const { manifest, withRam, found } = await unpack(services, request, upload, folder, unpacking, context);
        const recordings = await keepRecordings(services, found, undo);
        const what = { ...request, withRam, recordings };
        await makeEnv(services, what, manifest, { folder, signal }, caller, undo, context);
      }),
    );
    await upload.remove();
  } catch (error) {
    await upload.giveBack(error);
    throw await capsuleFailure(services, request.name, '', error);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return envDetail(services, request.name);
}

/** Everything in the capsule, checked, below `folder`; and whether its memory will be loaded. */
async function unpack(
  services: Pick<Services, 'engines' | 'images' | 'capsuleSeal' | 'budget'>,
  request: ImportRequest,
  { path: file, fileName }: TakenUpload,
  folder: string,
  growth: WriteRequest & { owner: string; signal: AbortSignal },
  context: OperationContext,
): Promise<{ manifest: CapsuleManifest; withRam: boolean; found: FoundRecording[] }> {
  await mkdir(folder, { mode: 0o700 });
  try {
    const { manifest, text } = await readManifest(file);
    mustHaveEngines(services, manifest);
    // Whoever changes the memory of a guest attacks the QEMU that loads it: that of others only for who asks for it.
    const withRam = request.withRam ?? services.capsuleSeal.isOf(text, growth.owner);
    const problem = withRam ? ramProblemOf(services, manifest) : null;
    if (problem !== null) throw new TtError('CAPSULE_RAM_UNFIT', { fileName, reason: problem });
    const onBytes = (done: number, total: number) =>
      context.step('unpacking', { done: Math.floor(done / MIB), total: Math.ceil(total / MIB) });
    const { signal } = growth;
    await unpackCapsule(file, folder, { signal, onBytes });
    const found = await lookAtRecordings(folder, manifest);
    await checkDisks(services, folder, manifest);
    const onProgress: RamWork['onProgress'] = (progress) => context.step('unpackingMemory', progress);
    if (withRam) await checkRam(services, folder, manifest, growth, { signal, onProgress });
    return { manifest, withRam, found };
  } catch (error) {
    throw invalidCapsule(fileName, error);
  }
}

async function makeEnv(
  services: Services,
  request: ImportRequest & { withRam: boolean; recordings: readonly EnvRecording[] },
  manifest: CapsuleManifest,
  { folder, signal }: { folder: string; signal: AbortSignal },
  caller: Caller,
  undo: UndoStack,
  context: OperationContext,
): Promise<void> {
  const sources = await capsuleSources(services, manifest, folder, request, signal);
  const copies = await services.allocation.run(() => {
    checkNewEnvs(services, [request.name], request, caller);
    if (!request.fenced)
      mayUseBridge(
        services,
        caller,
        sources.map(({ vm }) => vm),
      );
    const accounts = ownersOf({ owner: caller.name, team: request.team });
    admitRequest(services, accounts, { envs: 1, vms: sources.length, ...allocatedToCopies(sources) });
    admitRecords(services, caller.name, { vms: sources.length });
    const { recordings } = request;
    const env = { ...envOf(services, request, manifest, caller), ...(recordings.length > 0 && { recordings }) };
    addRemoval(services, env, undo);
    const networks = request.fenced ? networksOf(manifest) : null;
    const names = manifest.vms.map((vm) => `${env.name}/${vm.name}`);
    return reserveCopies(services, { env, sources, names, networks, snapshotName: manifest.snapshotName }, undo);
  });
  services.checkpoint('reserved');
  await placeMembers(services, copies, manifest, folder, context);
  await wakeCopies(services, copies, manifest.tag, { fenced: request.fenced, sshHostKeys: false }, context, null);
}

function networksOf({ env }: CapsuleManifest): EnvRecord['networks'] {
  return env.networks.map((network) => ({ ...network, envName: env.name, number: 0, vni: null }));
}

function envOf(
  services: Pick<Services, 'settings' | 'now'>,
  request: ImportRequest,
  { env }: CapsuleManifest,
  caller: Caller,
): EnvRecord {
  const words = { ...request, title: request.title ?? env.title, notes: request.notes ?? env.notes };
  const { tags, denyOutgoing } = env;
  return { ...newEnv(services, request.name, words, caller), tags, denyOutgoing, fenced: request.fenced };
}
