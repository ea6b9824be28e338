// Publishes the disk of an administrative session as the next version of its profile.
import { reason, TtError } from '@tt/protocol';
import { EngineError } from '../../engines/errors.ts';
import type { UndoStack } from '../../host/undo-stack.ts';
import { profileView } from '../../labs/lab-registry.ts';
import { pruneVersions } from '../../labs/retained-versions.ts';
import type { EnvRecord, ProfileRecord } from '../../state/records.ts';
import type { VmRecord } from '../../state/vm-record.ts';
import { BOOT_DISK } from '../../storage/disk-name.ts';
import { allOrNothing, keepFromHere } from '../all-or-nothing.ts';
import { copiedBytes } from '../capacity/copied-bytes.ts';
import { admitRecords, textSize } from '../capacity/record-limits.ts';
import { defineOperation } from '../define-operation.ts';
import { deleteHeldEnv } from '../envs/delete-env.ts';
import type { OperationContext } from '../operation-registry.ts';
import type { Services } from '../services.ts';
import { haltVm } from '../vms/boot-vm.ts';
import { holdingOpenSession } from './admin-session.ts';
import { publishFailure } from '../publish-failure.ts';

/** The present disk becomes the next version; the session ends. Until then everything can be undone. */
export const publishProfileOperation = defineOperation({
  kind: 'profile.publish',
  ...holdingOpenSession,
  cancellable: true,
  async run({ services, caller, target: { profile, env, vm }, input, operation }) {
    admitRecords(services, profile.owner, { textBytes: textSize(input.notes) });
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
      throw await publishFailure(services, { subject: profile.name, code: 'PROFILE_PUBLISH_FAILED' }, error);
    }
    services.checkpoint('version written');
    await deleteHeldEnv(services, env.name, operation);
    await pruneVersions(services, profile.name);
    return profileView(services.labs.profile(profile.name));
  },
});

/** A guest that is powered off leaves a file system that every session would have to repair: only on request. */
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
  const { storage, baseImages } = services;
  const version = Math.max(...profile.versions.map((candidate) => candidate.version)) + 1;
  const base = { profileName: profile.name, version };
  const growth = {
    owner: profile.owner,
    // Nobody requested versions as disks: only the space they use counts.
    isAdmitted: true,
    subject: profile.name,
    // First beside the disks, then with the base images.
    folders: [storage.folderOf(vm.id), baseImages.directory],
    wantedBytes: await copiedBytes(services, vm, { atSnapshot: false }),
    measured: [baseImages.buildingFolderOf(base)],
    signal: context.signal,
  };
  const sizeBytes = await services.budget.write(growth, async (write) => {
    context.step('writingBase', { done: 0, total: 100 });
    undo.add(`version ${version} of ${profile.name}`, () => baseImages.remove(base));
    const { signal } = write;
    return baseImages.make(base, vm.placement.boot, signal, (diskPath) =>
      storage.exportDisk(vm.id, BOOT_DISK, null, diskPath, {
        signal,
        onStaging: (folder) => write.alsoMeasure(folder),
        onProgress: (done, total) => context.step('writingBase', { done, total }),
      }),
    );
  });
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
  services: Pick<Services, 'inventory' | 'labs'>,
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
