// Creates an image from a VM's boot disk: in its present state, stopped, or as it was at a snapshot. Firmware, login and kernel
// are those of the image the VM was made from.
import path from 'node:path';
import { type Image, type ImageSpec, TtError, isValidImageName } from '@tt/protocol';
import { mkdir, rm } from 'node:fs/promises';
import { makeTemporaryFolder } from '../../host/temporary-folder.ts';
import { copyBootFile } from '../../images/copy-boot-file.ts';
import { digestOf } from '../../images/import/checksum.ts';
import { madeMemo, publishedFrom } from '../../images/made-memo.ts';
import type { ImageManifest } from '../../images/manifest.ts';
import { DISK_FILE, writeImage } from '../../images/write-image.ts';
import type { VmRecord } from '../../state/vm-record.ts';
import { BOOT_DISK } from '../../storage/disk-name.ts';
import type { BudgetedWrite } from '../../storage/budgeted-write.ts';
import { type Caller, mayChange } from '../caller.ts';
import { copiedBytes } from '../capacity/copied-bytes.ts';
import { admitRecords, type RecordServices } from '../capacity/record-limits.ts';
import { defineOperation } from '../define-operation.ts';
import type { OperationContext } from '../operation-registry.ts';
import { publishFailure } from '../publish-failure.ts';
import type { Services } from '../services.ts';
import { admitImage } from './import-image.ts';
import { shownToWaiters } from './wait-for-images.ts';

const MIB = 1024 * 1024;

interface PublishRequest extends ImageSpec {
  vmId: string;
  name: string;
  snapshotName?: string | undefined;
}

export const publishImageOperation = defineOperation({
  kind: 'image.publish',
  allow: checkPublish,
  subject: (_vm, { name }) => ({ imageName: name }),
  cancellable: true,
  // Nothing of the VM changes meanwhile.
  lock: ({ envName }) => envName,
  run: ({ services, input, caller, operation }) => publishImage(services, caller, input, operation),
});

/** Throws errors that can be detected before the operation starts; returns the VM. */
function checkPublish(
  services: RecordServices & Pick<Services, 'engines'>,
  caller: Caller,
  { vmId, name, snapshotName }: PublishRequest,
): VmRecord {
  const vm = services.inventory.vm(vmId);
  mayChange(services, caller, vm.envName);
  if (!isValidImageName(name) || name.endsWith(':iso')) throw new TtError('IMAGE_NAME_INVALID', { imageName: name });
  // Another engine could not start it.
  if (services.engines.ownerOf(name) !== services.engines.forVm(vm)) {
    throw new TtError('IMAGE_NAME_INVALID', { imageName: name });
  }
  admitRecords(services, caller.name, { images: 1 });
  if (snapshotName !== undefined) tagOf(services, vm, snapshotName);
  else if (vm.status.state !== 'stopped') throw new TtError('VM_MUST_BE_STOPPED', { vmName: vm.name, change: 'disk' });
  return vm;
}

async function publishImage(
  services: Services,
  caller: Caller,
  request: PublishRequest,
  ownContext: OperationContext,
): Promise<Image> {
  const { images } = services;
  const vm = checkPublish(services, caller, request);
  const { name, snapshotName } = request;
  const tag = snapshotName === undefined ? null : tagOf(services, vm, snapshotName);
  try {
    return await images.make(name, async (report) => {
      const context = shownToWaiters(ownContext, report);
      const wantedBytes = await copiedBytes(services, vm, { atSnapshot: tag !== null });
      await mkdir(images.directory, { recursive: true });
      const folder = await makeTemporaryFolder(path.join(images.directory, '.publish'));
      const growth = {
        owner: caller.name,
        subject: name,
        // First beside the disks, then with the images.
        folders: [services.storage.folderOf(vm.id), images.directory],
        wantedBytes,
        measured: [folder],
        signal: context.signal,
      };
      try {
        await services.budget.write(growth, async (write) => {
          const made = await copyInto(folder, services, vm, tag, write, context);
          context.noReturn();
          const manifest = manifestOf(services, caller, vm, request, made);
          await images.change(async () => {
            await admitImage(services, caller.name, folder);
            await writeImage({ folder: images.freeFolder(name), manifest, ...made });
          });
        });
        services.checkpoint('image published');
        return images.show(name);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    });
  } catch (error) {
    throw await publishFailure(services, { subject: name, code: 'IMAGE_PUBLISH_FAILED', vmName: vm.name }, error);
  } finally {
    images.tell();
  }
}

function tagOf({ inventory }: Pick<Services, 'inventory'>, vm: VmRecord, snapshotName: string): string {
  const snapshot = inventory.snapshot(vm.envName, snapshotName);
  if (!snapshot.vms.some(({ vmId, removed }) => vmId === vm.id && !removed)) {
    throw new TtError('SNAPSHOT_VM_MISSING', { snapshotName, vmId: vm.id });
  }
  return snapshot.id;
}

/** What an image is made of, in a folder of its own. */
interface Made {
  disk: string;
  /** By the names they get in the image. */
  bootFiles: Record<string, string>;
  sha256: string;
  virtualSizeMiB: number;
}

async function copyInto(
  folder: string,
  services: Pick<Services, 'storage' | 'images' | 'checkpoint'>,
  vm: VmRecord,
  tag: string | null,
  write: BudgetedWrite,
  context: OperationContext,
): Promise<Made> {
  const { signal } = write;
  const disk = path.join(folder, DISK_FILE);
  context.step('copyingDisk', { done: 0, total: 100 });
  await services.storage.exportDisk(vm.id, BOOT_DISK, tag, disk, {
    signal,
    onStaging: (staging) => write.alsoMeasure(staging),
    onProgress: (done, total) => context.step('copyingDisk', { done: Math.floor(done), total }),
  });
  services.checkpoint('disk exported');
  const { boot } = vm.placement;
  const bootFiles: Made['bootFiles'] = {};
  for (const [name, source] of boot ? Object.entries({ vmlinuz: boot.kernel, initrd: boot.initrd }) : []) {
    const file = path.join(folder, name);
    await copyBootFile(source, file, signal);
    bootFiles[name] = file;
  }
  signal.throwIfAborted();
  context.step('checking');
  const sha256 = await digestOf(disk, 'sha256', { signal });
  const { virtualBytes } = await services.images.tool.lookAtDisk(disk);
  signal.throwIfAborted();
  return { disk, bootFiles, sha256, virtualSizeMiB: Math.ceil(virtualBytes / MIB) };
}

function manifestOf(
  { images }: Pick<Services, 'images'>,
  caller: Caller,
  vm: VmRecord,
  request: PublishRequest,
  { virtualSizeMiB, sha256 }: Made,
): ImageManifest {
  // The image may have been removed from the folder by hand; the VM lives on.
  const made = images.list().find(({ name, state }) => name === vm.origin.image && state === 'ready');
  const { name, memo, firmware, features, defaultLogin, minMemoryMiB, snapshotName } = request;
  const source = { kind: 'publish', vmName: vm.name, snapshotName: snapshotName ?? null } as const;
  return {
    name,
    memo: memo ?? madeMemo(source),
    defaultLogin: defaultLogin === undefined ? (made?.defaultLogin ?? null) : defaultLogin,
    minMemoryMiB: minMemoryMiB ?? made?.minMemoryMiB ?? vm.spec.memoryMiB,
    minDiskMiB: virtualSizeMiB,
    features: features ?? made?.features ?? ['vnc', 'serial'],
    disk: { file: DISK_FILE, format: 'qcow2', virtualSizeMiB },
    firmware: firmware ?? vm.spec.firmware,
    owner: caller.name,
    boot: vm.placement.boot && { kernel: 'vmlinuz', initrd: 'initrd', append: vm.placement.boot.append },
    sha256: { [DISK_FILE]: sha256 },
    builtFrom: [publishedFrom(source), vm.origin.image],
  };
}
