// Pure: the disks and CD drives of a VmSpec -> block nodes and devices of QEMU (its qapi/block-core.json). Golden-tested with
// `command-line.ts`, which adds them to the command line; `drives.ts` creates the same ones while the guest runs.
import { EngineError } from '../errors.ts';
import { type CdName, LAST_DISK_NUMBER, type NamedDisk, type VmSpec } from '../interface.ts';
import type { BlockdevAddArguments } from './qmp-schema.gen.ts';

/** A block node without the file below it, and that file. */
type FormatOptions = { driver: 'qcow2' | 'raw'; 'node-name': string; 'l2-cache-size'?: number; discard: 'unmap' };
type FileOptions = { driver: 'file' | 'host_device'; filename: string; discard?: 'unmap' };

/** How a path of the host is passed to QEMU: see `pathForQemu`. */
export type PlaceOf = (absolutePath: string) => string;

/** PCI slots of the boot disk and of the ports (eight functions of one slot) that further disks are plugged into. */
const DISK_SLOT = '0x2';
const PORTS_SLOT = '0x6';
const SEED_SLOT = '0x7';

/** Name of the block node, also of `nvram`; saved states are made in nodes of these names. */
export const NODE_RULE = /^(disk(0|[1-9][0-9]?)|nvram)$/;

/** The guest's device on a disk. */
export function deviceId(diskName: string): string {
  return `blk${diskNumber(diskName)}`;
}

/** START_FAILED for a name that has no place in the machine. */
export function diskNumber(diskName: string): number {
  const number = Number(/^disk(0|[1-9][0-9]?)$/.exec(diskName)?.[1] ?? Number.NaN);
  if (number <= LAST_DISK_NUMBER) return number;
  throw new EngineError('START_FAILED', `there is no place for a disk ${diskName}: disk0 to disk${LAST_DISK_NUMBER}`);
}

export function driveNode(disk: NamedDisk, place: PlaceOf): BlockdevAddArguments {
  const { backing } = disk;
  // Below a raw file there can be nothing, and QEMU does not want to be told so.
  const end = backing?.format === 'qcow2' ? { backing: null } : {};
  return {
    ...formatOptions(disk),
    file: fileNode(disk.path, place),
    // Named here, not left to the disk's header: the absolute path in there may lead through folders closed to QEMU.
    ...(backing ? { backing: { driver: backing.format, file: backingFileNode(backing.path, place), ...end } } : {}),
  };
}

/** All options of a disk's node except the file below: `blockdev-reopen` requires them again. */
export function formatOptions({ name, format }: NamedDisk): FormatOptions {
  return {
    driver: format,
    'node-name': name,
    // Enough of the cluster tables in memory for 64 GiB; no lazy-refcounts: they need a repair after a crash.
    ...(format === 'qcow2' ? { 'l2-cache-size': 8 * 1024 * 1024 } : {}),
    discard: 'unmap',
  };
}

export function fileNode(path: string, place: PlaceOf): FileOptions {
  // A volume of a pool is a device of the host, and its size and flushes are asked for in another way. /dev/shm has files.
  const isDevice = path.startsWith('/dev/') && !path.startsWith('/dev/shm/');
  return { driver: isDevice ? 'host_device' : 'file', filename: place(path), discard: 'unmap' };
}

function backingFileNode(path: string, place: PlaceOf): FileOptions {
  return { driver: 'file', filename: place(path) };
}

/** The arguments of `device_add` for a disk; disks above `disk0` go into the port of their number. */
export function driveDevice(diskName: string): { driver: string; id: string; drive: string; bus: string } {
  return {
    driver: 'virtio-blk-pci',
    id: deviceId(diskName),
    drive: diskName,
    bus: `port${diskNumber(diskName)}`,
  };
}

export function driveArguments(spec: VmSpec, place: PlaceOf): string[][] {
  const indexes = bootIndexes(spec);
  return [
    ...Array.from({ length: LAST_DISK_NUMBER }, (_, index) => portArguments(index + 1)),
    ...spec.disks.map((disk) => [
      '-blockdev',
      JSON.stringify(driveNode(disk, place)),
      '-device',
      diskDevice(disk.name, indexes),
    ]),
    ...spec.cds.map(({ name, path }) => cdArguments(name, path, indexes, place)),
    ...(spec.seed ? [seedArguments(spec.seed, place)] : []),
  ];
}

/** Variables in the second flash chip, as OVMF requires (its README, "-pflash"); the code in the first is never written. */
export function firmwareArguments({ firmware }: VmSpec, place: PlaceOf): { nodes: string[]; machine: string } {
  if (firmware.kind === 'bios') return { nodes: [], machine: '' };
  const code = {
    driver: 'raw',
    'node-name': 'firmware',
    'read-only': true,
    file: backingFileNode(firmware.code, place),
  };
  const variables = driveNode({ name: 'nvram', ...firmware.variables }, place);
  return {
    nodes: ['-blockdev', JSON.stringify(code), '-blockdev', JSON.stringify(variables)],
    machine: ',pflash0=firmware,pflash1=nvram',
  };
}

/**
 * Slots are fixed and exist before the disk does, so that a disk attached to a running guest is where a saved state, or the
 * next start, expects it. No I/O ports are reserved for them: a PC has few, and virtio disks need none.
 */
function portArguments(number: number): string[] {
  const chip = number === 1 ? `addr=${PORTS_SLOT}.0,multifunction=on` : `addr=${PORTS_SLOT}.${number - 1}`;
  return ['-device', `pcie-root-port,id=port${number},chassis=${number},port=${number},io-reserve=0,${chip}`];
}

function diskDevice(diskName: string, indexes: Map<string, number>): string {
  const { driver, id, drive, bus } = driveDevice(diskName);
  const place = diskName === 'disk0' ? `addr=${DISK_SLOT}` : `bus=${bus}`;
  return `${driver},id=${id},drive=${drive},bootindex=${indexes.get(diskName)},${place}`;
}

/** On the SATA ports q35 has anyway: every system and firmware knows how to read a CD there. */
function cdArguments(name: CdName, path: string | null, indexes: Map<string, number>, place: PlaceOf): string[] {
  const bus = name === 'cd0' ? 'ide.0' : 'ide.1';
  const device = `ide-cd,id=${name},bus=${bus},bootindex=${indexes.get(name)}`;
  if (path === null) return ['-device', device];
  const node = { driver: 'raw', 'node-name': mediumNode(name), 'read-only': true, file: backingFileNode(path, place) };
  return ['-blockdev', JSON.stringify(node), '-device', `${device},drive=${mediumNode(name)}`];
}

/** Kernels made for clouds (Debian's for one) leave SATA out; virtio they all have. */
function seedArguments(path: string, place: PlaceOf): string[] {
  const node = { driver: 'raw', 'node-name': 'seed', 'read-only': true, file: backingFileNode(path, place) };
  return [
    '-device',
    `virtio-scsi-pci,id=seedbus,addr=${SEED_SLOT}`,
    '-blockdev',
    JSON.stringify(node),
    '-device',
    'scsi-cd,id=seedcd,bus=seedbus.0,drive=seed',
  ];
}

/** The medium a VM was started with; one inserted later has a node without a name. */
export function mediumNode(name: CdName): string {
  return `${name}-medium`;
}

/** Index 0 is taken by -kernel. */
function bootIndexes({ disks, cds, bootFrom }: VmSpec): Map<string, number> {
  const groups = bootFrom === 'cd' ? [cds, disks] : [disks, cds];
  return new Map(groups.flat().map(({ name }, index) => [name, index + 1]));
}
