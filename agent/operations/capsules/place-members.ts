// Moves disks and RAM of an unpacked capsule to where this host's storage keeps them, each VM's as a saved state.
import path from 'node:path';
import type { CapsuleManifest } from '@tt/protocol';
import { copyRamFile, ramFileOf } from '../../snapshots/ram-files.ts';
import { BOOT_DISK } from '../../storage/disk-name.ts';
import { ramFormatOf } from '../../capsules/ram-member.ts';
import { capsuleFailure } from './capsule-failure.ts';
import type { Copy } from '../copies/copy-reserve.ts';
import type { OperationContext } from '../operation-registry.ts';
import { placeCopies, type Placing } from '../copies/place-copies.ts';
import type { Services } from '../services.ts';

/** Conversions read and write all of a disk: a few at once keep a disk busy. */
const WIDTH = 2;

/** `copies` in the order of the manifest's VMs. */
export function placeMembers(
  services: Services,
  copies: readonly Copy[],
  manifest: CapsuleManifest,
  folder: string,
  context: OperationContext,
): Promise<void> {
  const placing: Placing = {
    subject: manifest.env.name,
    neededBytes: manifest.members.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    step: 'creatingDisks',
    width: WIDTH,
    place: async ({ vmId, source: { hasRam } }, index, signal) => {
      const vm = manifest.vms[index];
      if (!vm) throw new Error(`the capsule has no VM ${index}`);
      try {
        await placeVm(services, vmId, vm, hasRam ? manifest.tag : null, folder, signal);
      } catch (error) {
        throw await capsuleFailure(services, manifest.env.name, vm.name, error);
      }
      services.checkpoint('placed');
    },
  };
  return placeCopies(services, copies, placing, context);
}

async function placeVm(
  { storage }: Pick<Services, 'storage'>,
  vmId: string,
  { disks, ram }: CapsuleManifest['vms'][number],
  tag: string | null,
  folder: string,
  signal: AbortSignal,
): Promise<void> {
  // The boot disk makes the VM's folder.
  const ordered = disks.toSorted((a, b) => Number(b.name === BOOT_DISK) - Number(a.name === BOOT_DISK));
  for (const { name, file, sizeMiB } of ordered) {
    const source = { path: path.join(folder, file), format: 'qcow2' as const };
    const options = { standalone: true, signal };
    if (name === BOOT_DISK) await storage.createImage(vmId, source, sizeMiB, options);
    else await storage.addDisk(vmId, name, sizeMiB, source, options);
  }
  if (tag === null || ram === null) return;
  await storage.createSnapshot(vmId, tag);
  const file = ramFileOf(storage.folderOf(vmId), tag, ramFormatOf(ram));
  await copyRamFile(path.join(folder, ram), file, signal);
}
