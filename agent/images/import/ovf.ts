// The descriptor of an OVF package (DMTF DSP0243): which file is its disk, and its properties of the machine.
import { reason } from '@tt/protocol';
import { ReasonError } from '../../host/reason-error.ts';
import { findAll, type XmlElement } from './xml.ts';

/** CIM_ResourceAllocationSettingData: memory. */
const MEMORY = '4';

export interface MachineFacts {
  firmware: 'bios' | 'uefi';
  memoryMiB: number | null;
  /** Its name in the descriptor; empty if there is none. */
  title: string;
}

/** The reference to its only disk, a URI. Throws ReasonError if there is none, more than one, or one in several parts. */
export function diskReference(ovf: XmlElement): string {
  const disks = findAll(ovf, 'Disk').filter((disk) => disk.attributes.has('fileRef'));
  const [disk] = disks;
  if (!disk) throw new ReasonError(reason('ovaNoDisk'));
  if (disks.length > 1) throw new ReasonError(reason('ovaDisks', { disks: disks.length }));
  const reference = findAll(ovf, 'File').find(
    ({ attributes }) => attributes.get('id') === disk.attributes.get('fileRef'),
  );
  if (reference?.attributes.has('chunkSize')) throw new ReasonError(reason('ovaDiskInPieces'));
  const href = reference?.attributes.get('href');
  if (href === undefined) throw new ReasonError(reason('ovaDiskMissing', { file: '' }));
  return href;
}

export function factsOf(ovf: XmlElement): MachineFacts {
  const items = findAll(ovf, 'Item');
  const value = (item: XmlElement, name: string) => item.children.find((child) => child.name === name)?.text.trim();
  const memory = items.find((item) => value(item, 'ResourceType') === MEMORY);
  const units = (memory && value(memory, 'AllocationUnits')) ?? 'byte * 2^20';
  const amount = Number((memory && value(memory, 'VirtualQuantity')) ?? Number.NaN);
  const memoryMiB = Math.ceil(amount * (/2\^30|giga/i.test(units) ? 1024 : 1));
  const isUefi = findAll(ovf, 'Config').some(
    ({ attributes }) => attributes.get('key') === 'firmware' && attributes.get('value') === 'efi',
  );
  const [system] = findAll(ovf, 'VirtualSystem');
  return {
    firmware:
      isUefi || findAll(ovf, 'Firmware').some(({ attributes }) => attributes.get('type') === 'EFI') ? 'uefi' : 'bios',
    // What makes no sense counts as not said.
    memoryMiB: Number.isSafeInteger(memoryMiB) && memoryMiB > 0 ? memoryMiB : null,
    title: (system?.children.find(({ name }) => name === 'Name')?.text ?? system?.attributes.get('id') ?? '').trim(),
  };
}
