// A VM's record -> the spec the engine needs to start, adopt, stop or clean up after it.
import path from 'node:path';
import { type Disk, plainSpec } from '@tt/protocol';
import type { Firmware, VmDrive, VmSpec } from '../../engines/interface.ts';
import { UEFI_PLACES } from '../../firmware/uefi.ts';
import { nicsOf, type VmRecord } from '../../state/vm-record.ts';
import { FIRMWARE_DISK } from '../../storage/disk-name.ts';
import type { Services } from '../services.ts';
import { networkOf, userForwards } from './network-setup.ts';
import { seedPath } from './write-seed.ts';

/** The spec without NICs: enough to stop, adopt, read logs and clean up. */
export function bareSpec(services: Pick<Services, 'runRoot' | 'storage' | 'images' | 'uefi'>, vm: VmRecord): VmSpec {
  return {
    id: vm.id,
    name: vm.name,
    uuid: vm.uuid,
    hostname: vm.hostname,
    ...plainSpec(vm.spec),
    disks: vm.spec.disks.filter(({ attached }) => attached).map((disk) => driveOf(services, vm.id, disk)),
    cds: vm.spec.cds.map(({ name, medium }) => ({ name, path: mediumPath(services, medium) })),
    firmware: firmwareOf(services, vm),
    boot: vm.placement.boot,
    nics: [],
    confinement: vm.placement.confinement,
    runDirectory: path.join(services.runRoot, vm.id),
  };
}

/** The whole spec, with the NICs that `setUpNetwork` set up. */
export function startSpec(services: Services, vm: VmRecord): VmSpec {
  const env = services.inventory.env(vm.envName);
  const denyOutgoing = env.denyOutgoing || env.fenced === true;
  const nics = nicsOf(vm).map((nic, index) => {
    const network = networkOf(env, nic.kind);
    if (!network)
      throw new Error(`the record of ${vm.envName} has no ${nic.kind} network, but ${vm.name} has a NIC in one`);
    // Ports lead to the first NIC.
    const forwards = index === 0 ? userForwards(vm) : [];
    return services.networks.of(nic.kind).attachment(nic, { forwards, denyOutgoing }, network);
  });
  return { ...bareSpec(services, vm), nics, seed: seedPath(services, vm) };
}

/** A disk as the engine gets it. */
export function driveOf({ storage }: Pick<Services, 'storage'>, vmId: string, { name, limits }: Disk): VmDrive {
  return { name, ...storage.diskOf(vmId, name), limits };
}

/** null for an empty drive, and for a medium that no longer exists: `bootVm` refuses to start with one. */
export function mediumPath({ images }: Pick<Services, 'images'>, medium: string | null): string | null {
  return medium === null ? null : (images.findMedium(medium)?.path ?? null);
}

/** Names of media that are in a drive but no longer on the host. */
export function missingMedia(services: Pick<Services, 'images'>, { spec: { cds } }: VmRecord): string[] {
  return cds.flatMap(({ medium }) => (medium !== null && mediumPath(services, medium) === null ? [medium] : []));
}

function firmwareOf({ storage, uefi }: Pick<Services, 'storage' | 'uefi'>, vm: VmRecord): Firmware {
  if (vm.spec.firmware === 'bios') return { kind: 'bios' };
  // Where the package has been removed since, the engine says which file is missing.
  const code = (uefi.find() ?? UEFI_PLACES[0])?.code ?? '';
  return { kind: 'uefi', code, variables: storage.diskOf(vm.id, FIRMWARE_DISK) };
}
