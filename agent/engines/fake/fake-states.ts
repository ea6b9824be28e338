// Saved states of the fake engine, in the same places as the real one: RAM in a separate file, qcow2 disks by snapshots inside
// them.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { changeFakeDisk, type FakeFiles, readFakeDisk } from '../../storage/fake-disk.ts';
import { isValidSnapshotTag } from '../../storage/snapshot-tag.ts';
import { EngineError } from '../errors.ts';
import type { LoadOptions, RamFormat } from '../interface.ts';
import type { FakeMachine } from './fake-machine.ts';

/** The minimum size, whatever is in RAM. */
export const FAKE_RAM_FILE_BYTES = 64 * 1024;

/** Snapshots inside one disk. A test with a real storage brings its own; by default they are those of fake disks. */
export interface InnerSnapshots {
  has(file: string, tag: string): Promise<boolean>;
  create(file: string, tag: string): Promise<void>;
  /** Nothing happens to a disk that has no such snapshot, as for all disks but the first. */
  apply(file: string, tag: string): Promise<void>;
  delete(file: string, tag: string): Promise<void>;
}

export const fakeInnerSnapshots: InnerSnapshots = {
  has: async (file, tag) => readFakeDisk(file).snapshots.some((snapshot) => snapshot.tag === tag),
  create: async (file, tag) =>
    changeFakeDisk(file, (disk) => {
      disk.snapshots.push({ tag, disk: disk.files, sizeMiB: disk.sizeMiB, ram: null });
    }),
  apply: async (file, tag) =>
    changeFakeDisk(file, (disk) => {
      const found = disk.snapshots.find((snapshot) => snapshot.tag === tag);
      if (!found) return;
      disk.files = found.disk;
      disk.sizeMiB = found.sizeMiB ?? disk.sizeMiB;
    }),
  delete: async (file, tag) =>
    changeFakeDisk(file, (disk) => {
      disk.snapshots = disk.snapshots.filter((snapshot) => snapshot.tag !== tag);
    }),
};

export async function saveFakeState(
  machine: FakeMachine,
  inner: InnerSnapshots,
  tag: string,
  ramFile: string,
  format: RamFormat,
  { withMemory = true }: { withMemory?: boolean } = {},
): Promise<void> {
  if (!isValidSnapshotTag(tag)) throw new EngineError('COMMAND_FAILED', `not a snapshot tag: ${JSON.stringify(tag)}`);
  const paths = innerPaths(machine);
  const taken = await Promise.all(paths.map((file) => inner.has(file, tag)));
  if (existsSync(ramFile) || taken.includes(true)) {
    throw new EngineError('COMMAND_FAILED', `VM ${machine.spec.id} has a state ${tag} already`);
  }
  try {
    if (withMemory) writeFakeRam(machine, ramFile, format);
    for (const file of paths) await inner.create(file, tag);
  } catch (error) {
    rmSync(ramFile, { force: true });
    await deleteFakeState(machine, inner, tag);
    throw error;
  }
}

/** There must not be one. */
export function writeFakeRam({ ram }: Pick<FakeMachine, 'ram'>, ramFile: string, format: RamFormat): void {
  writeFileSync(ramFile, JSON.stringify({ format, ram }).padEnd(FAKE_RAM_FILE_BYTES), { flag: 'wx', mode: 0o600 });
}

export async function loadFakeState(
  machine: FakeMachine,
  inner: InnerSnapshots,
  tag: string,
  { ramFile, drives = [] }: LoadOptions,
  format: RamFormat,
): Promise<void> {
  const boot = machine.disks.get('disk0');
  // Disks of a flat one are what the storage has made of them.
  const isComplete = format === 'flat' || boot?.format !== 'qcow2' || (await inner.has(boot.path, tag));
  if (!existsSync(ramFile) || !isComplete) {
    throw new EngineError('STATE_NOT_FOUND', `VM ${machine.spec.id} has no saved state ${tag}`);
  }
  const saved = readFakeRam(ramFile);
  if (saved.format !== format)
    throw new EngineError('COMMAND_FAILED', `a ${saved.format} RAM file can't be loaded as ${format}`);
  for (const { name, path } of drives) {
    const plugged = machine.disks.get(name);
    if (plugged?.format === 'raw') plugged.path = path;
  }
  // Those of a flat one were reverted by the storage, before there was a process.
  if (format === 'qcow2') for (const file of innerPaths(machine)) await inner.apply(file, tag);
  machine.ram = saved.ram;
  machine.hasPanicked = false;
}

/** Throws SyntaxError for what is not JSON. */
export function readFakeRam(ramFile: string): { format: RamFormat; ram: FakeFiles } {
  const saved = JSON.parse(readFileSync(ramFile, 'utf8')) as { format?: RamFormat; ram: FakeFiles };
  // Before there were two formats, the files stood alone.
  if (saved.format === undefined) return { format: 'qcow2', ram: saved as unknown as FakeFiles };
  return { format: saved.format, ram: saved.ram };
}

export async function deleteFakeState(machine: FakeMachine, inner: InnerSnapshots, tag: string): Promise<void> {
  for (const file of innerPaths(machine)) await inner.delete(file, tag);
}

/** Disks with snapshots inside them; the storage handles raw ones. */
function innerPaths({ disks, spec: { firmware } }: FakeMachine): string[] {
  const inner = [...disks.values()].filter(({ format }) => format === 'qcow2').map(({ path }) => path);
  const isVariablesInner = firmware.kind === 'uefi' && firmware.variables.format === 'qcow2';
  return isVariablesInner ? [...inner, firmware.variables.path] : inner;
}
