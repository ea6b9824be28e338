// Creates an image from a VM's boot disk: in its present state, stopped, or as it was at a snapshot. Firmware, login and kernel
// are those of the image the VM was made from.
import path from 'node:path';
import { type Image, type ImageSpec, TtError, isValidImageName } from '@tt/protocol';
import { mkdir, rm } from 'node:fs/promises';
import { makeTemporaryFolder } from '../../host/temporary-folder.ts';
import { digestOf } from '../../images/import/checksum.ts';
import type { ImageManifest } from '../../images/manifest.ts';
import { DISK_FILE, writeImage } from '../../images/write-image.ts';
import type { VmRecord } from '../../state/vm-record.ts';
import { BOOT_DISK } from '../../storage/disk-name.ts';
import { StorageError } from '../../storage/errors.ts';
import { type Caller, mayChange } from '../caller.ts';
import { admitRecords } from '../capacity/record-limits.ts';
import { defineOperation } from '../define-operation.ts';
import { diskFull } from '../engine-failure.ts';
import type { OperationContext } from '../operation-registry.ts';
import type { Services } from '../services.ts';
import { admitImage } from './import-image.ts';
import { shownToWaiters } from './wait-for-images.ts';

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
  services: Pick<Services, 'settings' | 'inventory' | 'engines' | 'images' | 'labs'>,
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
      await mkdir(images.directory, { recursive: true });
      const folder = await makeTemporaryFolder(path.join(images.directory, '.publish'));
      const growth = {
        owner: caller.name,
        subject: name,
        // First beside the disks, then with the images.
        folders: [services.storage.folderOf(vm.id), images.directory],
        measured: [folder],
        signal: context.signal,
      };
      try {
        const disk = path.join(folder, DISK_FILE);
        const sha256 = await services.budget.write(growth, async ({ signal }) => {
          context.step('copyingDisk', { done: 0, total: 100 });
          await exportDisk(services, vm, tag, disk, name, signal, context);
          services.checkpoint('disk exported');
          signal.throwIfAborted();
          context.step('checking');
          return digestOf(disk, 'sha256', { signal });
        });
        const { virtualBytes } = await images.tool.lookAtDisk(disk);
        context.noReturn();
        const manifest = manifestOf(services, caller, vm, request, Math.ceil(virtualBytes / 1024 / 1024), sha256);
        const copies = vm.placement.boot ? { vmlinuz: vm.placement.boot.kernel, initrd: vm.placement.boot.initrd } : {};
        await images.change(async () => {
          await admitImage(services, caller.name, disk);
          await writeImage({ folder: images.freeFolder(name), manifest, disk, copies });
        });
        services.checkpoint('image published');
        return images.show(name);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    });
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

async function exportDisk(
  services: Pick<Services, 'storage'>,
  vm: VmRecord,
  tag: string | null,
  target: string,
  imageName: string,
  signal: AbortSignal,
  context: OperationContext,
): Promise<void> {
  try {
    await services.storage.exportDisk(vm.id, BOOT_DISK, tag, target, {
      signal,
      onProgress: (done, total) => context.step('copyingDisk', { done: Math.floor(done), total }),
    });
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof StorageError)) throw error;
    if (error.code === 'DISK_FULL') throw await diskFull(services, vm.name, 0);
    throw new TtError('IMAGE_PUBLISH_FAILED', { vmName: vm.name, imageName, reason: error.reason }, { cause: error });
  }
}

function manifestOf(
  { images }: Pick<Services, 'images'>,
  caller: Caller,
  vm: VmRecord,
  request: PublishRequest,
  virtualSizeMiB: number,
  sha256: string,
): ImageManifest {
  // The image may have been removed from the folder by hand; the VM lives on.
  const made = images.list().find(({ name, state }) => name === vm.origin.image && state === 'ready');
  const { name, memo, firmware, features, defaultLogin, minMemoryMiB, snapshotName } = request;
  const from = snapshotName === undefined ? vm.name : `${vm.name} at ${snapshotName}`;
  return {
    name,
    memo: memo ?? `Published from ${from}.`,
    defaultLogin: defaultLogin === undefined ? (made?.defaultLogin ?? null) : defaultLogin,
    minMemoryMiB: minMemoryMiB ?? made?.minMemoryMiB ?? vm.spec.memoryMiB,
    minDiskMiB: virtualSizeMiB,
    features: features ?? made?.features ?? ['vnc', 'serial'],
    disk: { file: DISK_FILE, format: 'qcow2', virtualSizeMiB },
    firmware: firmware ?? vm.spec.firmware,
    owner: caller.name,
    boot: vm.placement.boot && { kernel: 'vmlinuz', initrd: 'initrd', append: vm.placement.boot.append },
    sha256: { [DISK_FILE]: sha256 },
    builtFrom: [from, vm.origin.image],
  };
}
