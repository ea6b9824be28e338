// Saved states of the fake engine, where the real one has them: RAM in a file of its own, qcow2 disks by snapshots inside them.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { changeFakeDisk, type FakeFiles, readFakeDisk } from '../../storage/fake-disk.ts';
import { isValidSnapshotTag } from '../../storage/snapshot-tag.ts';
import { EngineError } from '../errors.ts';
import type { LoadOptions } from '../interface.ts';
import type { FakeMachine } from './fake-machine.ts';

/** At least, whatever is in RAM. */
export const FAKE_RAM_FILE_BYTES = 64 * 1024;

export function saveFakeState(machine: FakeMachine, tag: string, ramFile: string): void {
  if (!isValidSnapshotTag(tag)) throw new EngineError('COMMAND_FAILED', `not a snapshot tag: ${JSON.stringify(tag)}`);
  const paths = innerPaths(machine);
  if (existsSync(ramFile) || paths.some((file) => hasTag(file, tag))) {
    throw new EngineError('COMMAND_FAILED', `VM ${machine.spec.id} has a state ${tag} already`);
  }
  try {
    writeFileSync(ramFile, JSON.stringify(machine.ram).padEnd(FAKE_RAM_FILE_BYTES), { flag: 'wx', mode: 0o600 });
    for (const file of paths) {
      changeFakeDisk(file, (disk) => {
        disk.snapshots.push({ tag, disk: disk.files, sizeMiB: disk.sizeMiB, ram: null });
      });
    }
  } catch (error) {
    rmSync(ramFile, { force: true });
    deleteFakeState(machine, tag);
    throw error;
  }
}

export function loadFakeState(machine: FakeMachine, tag: string, { ramFile, drives = [] }: LoadOptions): void {
  const boot = machine.disks.get('disk0');
  const isComplete = boot?.format !== 'qcow2' || hasTag(boot.path, tag);
  if (!existsSync(ramFile) || !isComplete) {
    throw new EngineError('STATE_NOT_FOUND', `VM ${machine.spec.id} has no saved state ${tag}`);
  }
  for (const { name, path } of drives) {
    const plugged = machine.disks.get(name);
    if (plugged?.format === 'raw') plugged.path = path;
  }
  for (const file of innerPaths(machine)) {
    changeFakeDisk(file, (disk) => {
      const found = disk.snapshots.find((snapshot) => snapshot.tag === tag);
      if (!found) return;
      disk.files = found.disk;
      disk.sizeMiB = found.sizeMiB ?? disk.sizeMiB;
    });
  }
  machine.ram = JSON.parse(readFileSync(ramFile, 'utf8')) as FakeFiles;
}

export function deleteFakeState(machine: FakeMachine, tag: string): void {
  for (const file of innerPaths(machine)) {
    changeFakeDisk(file, (disk) => {
      disk.snapshots = disk.snapshots.filter((snapshot) => snapshot.tag !== tag);
    });
  }
}

/** Disks that hold snapshots inside them; raw ones are their storage's business. */
function innerPaths({ disks, spec: { firmware } }: FakeMachine): string[] {
  const inner = [...disks.values()].filter(({ format }) => format === 'qcow2').map(({ path }) => path);
  const isVariablesInner = firmware.kind === 'uefi' && firmware.variables.format === 'qcow2';
  return isVariablesInner ? [...inner, firmware.variables.path] : inner;
}

function hasTag(file: string, tag: string): boolean {
  return readFakeDisk(file).snapshots.some((snapshot) => snapshot.tag === tag);
}
