// Makes an ENV of an uploaded capsule: all of it is unpacked and checked before anything can be seen, then it is a fork whose
// original is a file. All or nothing; the upload stays when it fails.
import { mkdir, rm } from 'node:fs/promises';
import { type CapsuleManifest, type EndPolicy, type EnvDetail, isValidName, TtError } from '@tt/protocol';
import { readManifest, unpackCapsule } from '../capsules/capsule-reader.ts';
import { UndoStack } from '../host/undo-stack.ts';
import type { EnvRecord } from '../state/records.ts';
import { promisedTo } from './admission.ts';
import { capsuleFailure, invalidCapsule } from './capsule-failure.ts';
import { capsuleSources, checkCapsule, ramProblemOf } from './capsule-sources.ts';
import type { Caller } from './caller.ts';
import type { CopySource } from './copy-plan.ts';
import { reserveCopies } from './copy-reserve.ts';
import { wakeCopies } from './copy-states.ts';
import { envDetail } from './env-detail.ts';
import { rekeyCopies } from './identity/rekey-copies.ts';
import { checkLifetime } from './lifetime.ts';
import type { OperationContext } from './operation-registry.ts';
import { placeMembers } from './place-members.ts';
import { removeEnv } from './remove-env.ts';
import type { Services } from './services.ts';
import { admitWish } from './start-claims.ts';

const MIB = 1024 * 1024;

export interface ImportRequest {
  transferId: string;
  name: string;
  withRam: boolean;
  fenced: boolean;
  title?: string | undefined;
  notes?: string | undefined;
  lifetimeS?: number | undefined;
  pastLimit?: boolean | undefined;
  endPolicy?: EndPolicy | undefined;
}

export async function inspectCapsule(
  services: Services,
  transferId: string,
  caller: Caller,
): Promise<{ manifest: CapsuleManifest; ramProblem: string | null }> {
  const upload = services.transfers.take(transferId, caller);
  try {
    const manifest = await readManifest(upload.path);
    return { manifest, ramProblem: ramProblemOf(services, manifest) };
  } catch (error) {
    throw invalidCapsule(upload.fileName, error);
  } finally {
    upload.giveBack();
  }
}

export async function importCapsule(
  services: Services,
  request: ImportRequest,
  caller: Caller,
  context: OperationContext,
): Promise<EnvDetail> {
  await services.engineReady();
  checkName(services, request, caller);
  if (services.locks.isHeld(request.name)) throw new TtError('ENV_NAME_TAKEN', { envName: request.name });
  const upload = services.transfers.take(request.transferId, caller);
  const folder = services.transfers.draft();
  try {
    await mkdir(folder, { mode: 0o700 });
    const { fileName } = upload;
    const manifest = await readManifest(upload.path).catch((error: unknown) => {
      throw invalidCapsule(fileName, error);
    });
    const problem = request.withRam ? ramProblemOf(services, manifest) : null;
    if (problem !== null) throw new TtError('CAPSULE_RAM_UNFIT', { fileName, reason: problem });
    await services.transfers.admit(caller.name, upload.sizeBytes);
    await unpackCapsule(upload.path, folder, {
      signal: context.signal,
      onBytes: (done, total) =>
        context.step('Unpacking', { done: Math.floor(done / MIB), total: Math.ceil(total / MIB) }),
    }).catch((error: unknown) => {
      throw invalidCapsule(fileName, error);
    });
    await checkCapsule(services, folder, manifest, request.withRam).catch((error: unknown) => {
      throw invalidCapsule(fileName, error);
    });
    const detail = await makeEnv(services, request, manifest, folder, caller, context);
    await upload.remove();
    return detail;
  } catch (error) {
    upload.giveBack();
    throw await capsuleFailure(services, request.name, '', error);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function checkName(services: Services, request: ImportRequest, caller: Caller): void {
  const { name } = request;
  if (!isValidName(name)) throw new TtError('NAME_INVALID', { name });
  if (services.inventory.hasEnv(name)) throw new TtError('ENV_NAME_TAKEN', { envName: name });
  checkLifetime(services, caller, request);
}

async function makeEnv(
  services: Services,
  request: ImportRequest,
  manifest: CapsuleManifest,
  folder: string,
  caller: Caller,
  context: OperationContext,
): Promise<EnvDetail> {
  const { name, fenced } = request;
  const sources = await capsuleSources(services, manifest, folder, request);
  await services.locks.hold(name, 'being created', async () => {
    const undo = new UndoStack((what, error) => services.logger.error({ err: error, what }, 'undo step failed'));
    try {
      const copies = await services.allocation.run(() => {
        checkName(services, request, caller);
        admit(services, sources, caller);
        undo.add(`ENV ${name}`, () => removeEnv(services, name));
        const networks = fenced ? networksOf(manifest) : null;
        const names = manifest.vms.map((vm) => `${name}/${vm.name}`);
        const env = envOf(services, request, manifest, caller);
        return reserveCopies(services, { env, sources, names, networks, snapshotName: manifest.snapshotName }, undo);
      });
      services.checkpoint('reserved');
      await placeMembers(services, copies, manifest, folder, context);
      await wakeCopies(services, copies, manifest.tag, { linksDown: () => !fenced }, context);
      await rekeyCopies(
        services,
        copies.map(({ vmId }) => vmId),
        { fenced, sshHostKeys: false },
        context,
      );
      context.noReturn();
      context.signal.throwIfAborted();
      services.inventory.putEnv({ ...services.inventory.env(name), phase: 'ready' });
      undo.commit();
      services.checkpoint('ready');
    } catch (error) {
      context.step('Taking everything back');
      await undo.undo();
      throw error;
    }
  });
  return envDetail(services, name);
}

function admit(services: Services, sources: readonly CopySource[], caller: Caller): void {
  const countable = sources.map(({ vm, hasRam }) => ({ ...vm, state: hasRam ? 'creating' : 'stopped' }));
  admitWish(services, caller.name, { envs: 1, vms: sources.length, ...promisedTo(countable) });
}

function networksOf({ env }: CapsuleManifest): EnvRecord['networks'] {
  return env.networks.map((network) => ({ ...network, envName: env.name, number: 0, vni: null }));
}

function envOf(services: Services, request: ImportRequest, { env }: CapsuleManifest, caller: Caller): EnvRecord {
  const start = services.now();
  const lifetimeS = request.lifetimeS ?? services.settings.current.lifetimeDefaultS;
  return {
    name: request.name,
    title: request.title ?? env.title,
    owner: caller.name,
    notes: request.notes ?? env.notes,
    tags: env.tags,
    startAt: start.toISOString(),
    endAt: new Date(start.getTime() + lifetimeS * 1000).toISOString(),
    endPolicy: request.endPolicy ?? 'delete',
    over: false,
    warnedS: [],
    denyOutgoing: env.denyOutgoing,
    snapshotSchedule: null,
    nextSnapshotAt: null,
    sharedUuid: null,
    networks: [],
    lab: null,
    fenced: request.fenced,
    phase: 'creating',
  };
}
