// The members of a capsule with the RAM of a guest: their name, and nothing in them, says the format. Flat memory is packed into a
// qcow2, since it is as long as the memory of the guest, and a tar has no holes; capsules of earlier versions have it as it is.
import type { CapsuleManifest } from '@tt/protocol';
import type { RamFormat } from '../engines/interface.ts';

const MIB = 1024 * 1024;
const PACKED = '.flat.qcow2';
/** More than the devices of any machine of TT need: video memory (16 MiB), which may be in a stream twice, and firmware. */
const DEVICES_MIB = 256;

/** Its name in the folder of its VM. */
export function ramMemberName(format: RamFormat): string {
  return format === 'flat' ? `ram${PACKED}` : `ram.${format}`;
}

/** Once it is unpacked. Capsules of earlier versions have one format only, whatever they call it. */
export function ramFormatOf(member: string): RamFormat {
  return isPackedRam(member) || member.endsWith('.flat') ? 'flat' : 'qcow2';
}

export function isPackedRam(member: string): boolean {
  return member.endsWith(PACKED);
}

/** Length of the flat memory of such a VM, at most. */
export function longestFlatBytes({ spec: { memoryMiB } }: Pick<CapsuleManifest['vms'][number], 'spec'>): number {
  return (memoryMiB + DEVICES_MIB) * MIB;
}

/** Length of its member, at most: the tables of a qcow2 add less than 1 %. */
export function longestRamMemberBytes(vm: Pick<CapsuleManifest['vms'][number], 'spec'>): number {
  return Math.ceil(longestFlatBytes(vm) * 1.01) + MIB;
}
