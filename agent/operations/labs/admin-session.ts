// The administrative session of a profile: one machine that changes a copy of the base, alone, until the copy is published as
// the next version or thrown away (decision 0027). That it is open stands on its ENV, so it ends with it, whoever deletes that.
import { type EnvDetail, reason, TtError } from '@tt/protocol';
import { EngineError } from '../../engines/errors.ts';
import type { UndoStack } from '../../host/undo-stack.ts';
import { profileView } from '../../labs/lab-registry.ts';
import { pruneVersions } from '../../labs/retained-versions.ts';
import { onProfile, profileToChange } from '../../labs/rights.ts';
import { adminEnv, adminEnvName, mustBeClosed, runningClients } from '../../labs/sessions.ts';
import type { EnvRecord, ProfileRecord } from '../../state/records.ts';
import type { VmRecord } from '../../state/vm-record.ts';
import { BOOT_DISK } from '../../storage/disk-name.ts';
import { StorageError } from '../../storage/errors.ts';
import { allOrNothing, keepFromHere } from '../all-or-nothing.ts';
import type { Caller } from '../caller.ts';
import { type InputOf, defineOperation } from '../define-operation.ts';
import { needSpace } from '../engine-failure.ts';
import { createEnv } from '../envs/create-env.ts';
import { deleteHeldEnv } from '../envs/delete-env.ts';
import { haltAll } from '../envs/stop-env.ts';
import type { OperationContext } from '../operation-registry.ts';
import type { Services } from '../services.ts';
import { haltVm } from '../vms/boot-vm.ts';
import { groupOf } from './profile-group.ts';
import { reasonOf } from '../../host/reason-error.ts';

type OpenRequest = Omit<InputOf<'profile.openAdmin'>, 'name'>;

export const openAdminOperation = defineOperation({
  kind: 'profile.openAdmin',
  ...onProfile,
  cancellable: true,
  run: ({ services, caller, target, input, operation }) => openAdminSession(services, caller, target, input, operation),
});

/** Rejects with PROFILE_IN_ADMIN_SESSION, with PROFILE_CLIENTS_RUN unless told to stop them, or as the making of an ENV does. */
async function openAdminSession(
  services: Services,
  caller: Caller,
  profile: ProfileRecord,
  { stopClients, lifetimeS, graceS }: OpenRequest,
  context: OperationContext,
): Promise<EnvDetail> {
  const { name: profileName, version } = profile;
  mustBeClosed(services, profileName);
  const clients = runningClients(services, profileName).map((vm) => vm.name);
  if (clients.length > 0 && !stopClients) throw new TtError('PROFILE_CLIENTS_RUN', { profileName, clients });
  // From here on no session of it starts, so those that run can only become fewer.
  return services.labs.whileOpening(profileName, caller.name, async () => {
    await stopAll(services, profileName, graceS, context);
    const mark = { kind: 'admin' as const, labName: null, profileName, sessionName: 'admin', terminalName: null };
    return createEnv(
      services,
      {
        name: adminEnvName(profileName),
        title: profile.title || profileName,
        groups: [groupOf(profile)],
        lifetimeS,
        // What was changed must not be lost because somebody went to lunch.
        endPolicy: 'stop',
        lab: {
          mark,
          image: profile.image,
          base: { profileName, version },
          discardWrites: false,
          check: () => checkNobodyRuns(services, profileName),
        },
      },
      caller,
      context,
    );
  });
}

async function stopAll(
  services: Services,
  profileName: string,
  graceS: number,
  context: OperationContext,
): Promise<void> {
  const envNames = new Set(runningClients(services, profileName).map((vm) => vm.envName));
  for (const envName of envNames) {
    context.signal.throwIfAborted();
    await services.locks.hold(envName, context.kind, () => haltAll(services, envName, graceS, context));
  }
}

/** A session that was being made when its profile was opened is refused when it is about to run; until then it counts. */
function checkNobodyRuns(services: Services, profileName: string): void {
  const clients = runningClients(services, profileName).map((vm) => vm.name);
  if (clients.length > 0) throw new TtError('PROFILE_CLIENTS_RUN', { profileName, clients });
}

/** The administrative session of a profile that the caller may change; its ENV is held. */
const holdingOpenSession = {
  allow(services: Services, caller: Caller, { name }: { name: string }): OpenSession {
    const profile = profileToChange(services, caller, name);
    return { profile, ...openSession(services, name) };
  },
  subject: ({ profile }: OpenSession) => ({ profileName: profile.name }),
  lock: ({ env }: OpenSession) => env.name,
};

interface OpenSession {
  profile: ProfileRecord;
  env: EnvRecord;
  vm: VmRecord;
}

/** The ENV and the machine of the session that is open. Throws PROFILE_NOT_IN_ADMIN_SESSION. */
function openSession(services: Services, profileName: string): { env: EnvRecord; vm: VmRecord } {
  const env = adminEnv(services, profileName);
  const vm =
    env && services.inventory.vmsOf(env.name).find(({ origin: { base } }) => base?.profileName === profileName);
  if (env?.phase !== 'ready' || !vm) throw new TtError('PROFILE_NOT_IN_ADMIN_SESSION', { profileName });
  return { env, vm };
}

/** The disk as it is becomes the next version; the session ends. Until then everything can be taken back. */
export const publishProfileOperation = defineOperation({
  kind: 'profile.publish',
  ...holdingOpenSession,
  cancellable: true,
  async run({ services, caller, target: { profile, env, vm }, input, operation }) {
    try {
      await allOrNothing(services, operation, async (undo) => {
        operation.step('stoppingVm');
        await shutDown(services, profile.name, vm, input);
        services.checkpoint('admin stopped');
        const published = await writeBase(services, profile, vm, undo, operation);
        keepFromHere(operation);
        swapIn(services, profile.name, env, {
          ...published,
          publishedAt: services.now().toISOString(),
          publishedBy: caller.name,
          notes: input.notes ?? '',
        });
      });
    } catch (error) {
      throw await publishFailure(services, profile.name, error);
    }
    services.checkpoint('version written');
    await deleteHeldEnv(services, env.name, operation);
    await pruneVersions(services, profile.name);
    return profileView(services.labs.profile(profile.name));
  },
});

/** The base stays as it was. */
export const discardProfileOperation = defineOperation({
  kind: 'profile.discard',
  ...holdingOpenSession,
  cancellable: false,
  async run({ services, target: { profile, env }, operation }) {
    await deleteHeldEnv(services, env.name, operation);
    return profileView(services.labs.profile(profile.name));
  },
});

/** A guest that is cut off leaves a file system that every session would have to mend: only when told to. */
async function shutDown(
  services: Services,
  profileName: string,
  vm: VmRecord,
  { force, graceS }: { force: boolean; graceS: number },
): Promise<void> {
  const handle = services.running.get(vm.id);
  if (!handle) return;
  if (!force) {
    try {
      await handle.powerDown(graceS * 1000);
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      const why = reason('noPowerOff', { vmName: vm.name, seconds: graceS });
      throw new TtError('PROFILE_PUBLISH_FAILED', { profileName, reason: why }, { cause: error });
    }
  }
  await haltVm(services, vm.id, force ? graceS : 0);
}

type Written = Pick<ProfileRecord['versions'][number], 'version' | 'sizeBytes' | 'isImage' | 'boot'> & {
  diskMiB: number;
};

async function writeBase(
  services: Services,
  profile: ProfileRecord,
  vm: VmRecord,
  undo: UndoStack,
  context: OperationContext,
): Promise<Written> {
  const { storage, baseImages, labs } = services;
  const version = Math.max(...profile.versions.map((candidate) => candidate.version)) + 1;
  const base = { profileName: profile.name, version };
  const before = labs.current(profile).sizeBytes || services.images.ready(profile.image).sizeBytes;
  await needSpace(services, profile.name, before + (await storage.usedBytes(vm.id)));
  context.step('writingBase', { done: 0, total: 100 });
  undo.add(`version ${version} of ${profile.name}`, () => baseImages.remove(base));
  const sizeBytes = await baseImages.make(base, vm.placement.boot, (diskPath) =>
    storage.exportDisk(vm.id, BOOT_DISK, null, diskPath, {
      signal: context.signal,
      onProgress: (done, total) => context.step('writingBase', { done, total }),
    }),
  );
  services.checkpoint('base in place');
  const diskMiB = await storage.sizeMiB(vm.id);
  return {
    version,
    sizeBytes,
    isImage: false,
    boot: vm.placement.boot && { append: vm.placement.boot.append },
    diskMiB,
  };
}

/** One step for all who read it: the next session starts from it, and the ENV that made it is on its way out. */
function swapIn(
  services: Services,
  profileName: string,
  env: EnvRecord,
  { diskMiB, ...version }: Written & Omit<ProfileRecord['versions'][number], keyof Written>,
): void {
  const { labs, inventory } = services;
  const now = labs.profile(profileName);
  labs.together(() => {
    labs.putProfile({
      ...now,
      version: version.version,
      versions: [...now.versions, version],
      spec: { ...now.spec, diskMiB: Math.max(now.spec.diskMiB, diskMiB) },
    });
    inventory.putEnv({ ...inventory.env(env.name), phase: 'deleting' });
  });
}

/** A failure while a base was being made or copied. */
export async function publishFailure(services: Services, profileName: string, error: unknown): Promise<unknown> {
  if (isDiskFull(error)) {
    const freeMiB = Math.floor((await services.storage.space()).freeBytes / 1024 / 1024);
    return new TtError('DISK_FULL', { freeMiB, wantedMiB: freeMiB + 1, subject: profileName });
  }
  if (!(error instanceof StorageError) && !isFileFailure(error)) return error;
  return new TtError('PROFILE_PUBLISH_FAILED', { profileName, reason: reasonOf(error) }, { cause: error });
}

function isDiskFull(error: unknown): boolean {
  return (
    (error instanceof StorageError && error.code === 'DISK_FULL') || (isFileFailure(error) && error.code === 'ENOSPC')
  );
}

function isFileFailure(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}
