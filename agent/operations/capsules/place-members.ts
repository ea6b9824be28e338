// Moves disks and RAM of an unpacked capsule to where this host's storage keeps them, each VM's as a saved state.
import path from 'node:path';
import type { CapsuleManifest } from '@tt/protocol';
import { copyRamFile, needsDiskSnapshot, ramFileOf } from '../../snapshots/ram-files.ts';
import { BOOT_DISK } from '../../storage/disk-name.ts';
import { allocatedBytes } from '../../host/allocated-bytes.ts';
import { isPackedRam, ramFormatOf } from '../../capsules/ram-member.ts';
import { capsuleFailure } from './capsule-failure.ts';
import type { Copy } from '../copies/copy-reserve.ts';
import type { OperationContext } from '../operation-registry.ts';
import { placeCopies, type Placing } from '../copies/place-copies.ts';
import type { Services } from '../services.ts';
import { ramPathOf } from './packed-ram.ts';

/** Conversions read and write all of a disk: a few at once keep a disk busy. */
const WIDTH = 2;

interface VmToPlace {
  vmId: string;
  vm: CapsuleManifest['vms'][number];
  /** In the manifest. */
  index: number;
  /** Of its saved state; null: it is made without memory. */
  tag: string | null;
}

/** `copies` in the order of the manifest's VMs. */
export async function placeMembers(
  services: Services,
  copies: readonly Copy[],
  manifest: CapsuleManifest,
  folder: string,
  context: OperationContext,
): Promise<void> {
  const placing: Placing = {
    subject: manifest.env.name,
    neededBytes: await placedBytes(manifest, folder),
    step: 'creatingDisks',
    width: WIDTH,
    place: async ({ vmId, source: { hasRam } }, index, signal) => {
      const vm = manifest.vms[index];
      if (!vm) throw new Error(`the capsule has no VM ${index}`);
      try {
        await placeVm(services, { vmId, vm, index, tag: hasRam ? manifest.tag : null }, folder, signal);
      } catch (error) {
        throw await capsuleFailure(services, manifest.env.name, vm.name, error);
      }
      services.checkpoint('placed');
    },
  };
  return placeCopies(services, copies, placing, context);
}

/** Memory that was packed takes what its pages take; all else is as large as its member. */
async function placedBytes({ members, vms }: CapsuleManifest, folder: string): Promise<number> {
  const packed = new Map<string, number>();
  for (const [index, { ram }] of vms.entries()) {
    if (ram !== null && isPackedRam(ram)) packed.set(ram, await allocatedBytes(ramPathOf(folder, index, ram)));
  }
  return members.reduce((sum, { path: member, sizeBytes }) => sum + (packed.get(member) ?? sizeBytes), 0);
}

async function placeVm(
  { storage }: Pick<Services, 'storage'>,
  { vmId, vm: { disks, ram }, index, tag }: VmToPlace,
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
  const format = ramFormatOf(ram);
  if (needsDiskSnapshot(format)) await storage.createSnapshot(vmId, tag);
  const file = ramFileOf(storage.folderOf(vmId), tag, format);
  await copyRamFile(ramPathOf(folder, index, ram), file, signal);
}
