// Collects what a capsule contains of one VM in a folder: disks as standalone images, RAM, boot files and the picture of its
// screen.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { CapsuleManifest, Snapshot } from '@tt/protocol';
import { ramMemberName } from '../../capsules/ram-member.ts';
import { copyPlain } from '../../host/plain-file.ts';
import { copyBootFile } from '../../images/copy-boot-file.ts';
import { findRamFile } from '../../snapshots/ram-files.ts';
import { FIRMWARE_DISK } from '../../storage/disk-name.ts';
import { type CopySource, shortName } from '../copies/copy-plan.ts';
import type { Services } from '../services.ts';
import { nicsOf } from '../../state/vm-record.ts';
import { packRam, type RamWork } from './packed-ram.ts';

type CapsuleVm = CapsuleManifest['vms'][number];

export interface GatheringPlace {
  folder: string;
  /** Its members are in a folder of this name. */
  prefix: string;
  signal: AbortSignal;
  /** Told where else it writes. */
  onStaging: (folder: string) => void;
  /** Memory is being packed: how far it is. */
  onPacking: RamWork['onProgress'];
}

export async function gatherVm(
  services: Pick<Services, 'storage' | 'thumbnails' | 'images'>,
  { folder, prefix, signal, onStaging, onPacking }: GatheringPlace,
  { vm, hasRam }: CopySource,
  snapshot: Snapshot,
  withRam: boolean,
): Promise<{ vm: CapsuleVm; members: string[] }> {
  const { storage } = services;
  const members: string[] = [];
  const member = (name: string): { name: string; file: string } => {
    members.push(`${prefix}/${name}`);
    return { name: `${prefix}/${name}`, file: path.join(folder, prefix, name) };
  };
  await mkdir(path.join(folder, prefix), { mode: 0o700 });
  const disks: CapsuleVm['disks'] = [];
  for (const disk of await disksOf(services, vm.id, vm.spec.disks)) {
    const { name, file } = member(`${disk.name}.qcow2`);
    await storage.exportDisk(vm.id, disk.name, snapshot.id, file, { signal, onStaging });
    disks.push({ ...disk, file: name });
  }
  signal.throwIfAborted();
  const saved = hasRam && withRam ? await findRamFile(storage.folderOf(vm.id), snapshot.id) : null;
  const ram = saved && member(ramMemberName(saved.format));
  // The folder is the VM's user's: a link that a guest which broke out put there leads nowhere.
  if (saved && ram) {
    if (saved.format === 'flat') await packRam(services, vm, saved.path, ram.file, { signal, onProgress: onPacking });
    else await copyPlain(saved.path, ram.file, signal);
  }
  const copied = async (source: string, name: string): Promise<string> => {
    const target = member(name);
    await copyBootFile(source, target.file, signal);
    return target.name;
  };
  const boot = vm.placement.boot && {
    kernel: await copied(vm.placement.boot.kernel, 'kernel'),
    initrd: await copied(vm.placement.boot.initrd, 'initrd'),
    append: vm.placement.boot.append,
  };
  const screen = await screenOf(services, snapshot, vm.id, member);
  return {
    members,
    vm: {
      name: shortName(vm.name),
      hostname: vm.hostname,
      uuid: vm.uuid,
      features: vm.placement.features,
      image: vm.origin.image,
      spec: vm.spec,
      nics: nicsOf(vm).map(({ kind, mac, ip, bandwidthMbps }) => ({ kind, mac, ip, bandwidthMbps })),
      boot,
      disks,
      ram: ram?.name ?? null,
      screen,
    },
  };
}

async function disksOf(
  { storage }: Pick<Services, 'storage'>,
  vmId: string,
  disks: readonly { name: string; sizeMiB: number }[],
): Promise<{ name: string; sizeMiB: number }[]> {
  const all = disks.map(({ name, sizeMiB }) => ({ name, sizeMiB }));
  if (!(await storage.disks(vmId)).includes(FIRMWARE_DISK)) return all;
  return [...all, { name: FIRMWARE_DISK, sizeMiB: await storage.sizeMiB(vmId, FIRMWARE_DISK) }];
}

async function screenOf(
  { thumbnails }: Pick<Services, 'thumbnails'>,
  snapshot: Snapshot,
  vmId: string,
  member: (name: string) => { name: string; file: string },
): Promise<string | null> {
  if (!snapshot.vms.find((part) => part.vmId === vmId)?.hasThumbnail) return null;
  const png = await thumbnails.read(snapshot.id, vmId);
  if (!png) return null;
  const { name, file } = member('screen.png');
  await writeFile(file, png, { mode: 0o600 });
  return name;
}
