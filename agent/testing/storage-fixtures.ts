// Test support: a real agent on each storage, on a file system or pool in a file that is removed with it, so that one test runs
// on all storages.
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe } from 'vitest';
import { diskFileName } from '../storage/disk-name.ts';
import { canMount, mountLoop } from '../storage/test-loop-mount.ts';
import { makePool, poolProblem } from '../storage/zfs/test-pool.ts';
import { type RealAgent, type RealAgentOptions, startRealAgent } from './real-agent.ts';

/** `reflink` is the reflink storage on xfs, `btrfs` the same storage on btrfs. */
export type StorageFixtureName = 'qcow2' | 'reflink' | 'btrfs' | 'zfs';

/** Flags for an agent with this storage, and what to remove afterwards. */
interface StorageFixture {
  parent?: string;
  /** Where the disks are, if not in the state folder. */
  disks?: string;
  flags: readonly string[];
  remove: () => Promise<void>;
}

const problems: Record<StorageFixtureName, string | null> = {
  qcow2: null,
  reflink: canMount ? null : 'mounting needs root',
  btrfs: canMount ? null : 'mounting needs root',
  zfs: poolProblem,
};

/**
 * Runs `suite` for each storage; left out, with the reason in its name, where the host can't make one. `tags`: the tiers of
 * these storages, where a file has several.
 */
export function describeOn(
  names: readonly StorageFixtureName[],
  suite: (name: StorageFixtureName) => void,
  { tags = [] }: { tags?: string[] } = {},
): void {
  for (const name of names) {
    const problem = problems[name];
    const title = `on ${name}${problem === null ? '' : ` (${problem})`}`;
    describe.skipIf(problem !== null)(title, { tags }, () => suite(name));
  }
}

export function canMake(name: StorageFixtureName): boolean {
  return problems[name] === null;
}

export interface FixtureAgent extends RealAgent {
  restart(more?: RealAgentOptions): Promise<FixtureAgent>;
  /** The folder with the RAM files of a VM. */
  filesOf(vmId: string): string;
  /** Where a disk of a VM is now. */
  diskFile(vmId: string, name: string): Promise<string>;
}

/** Its `remove` takes the file system away too; agents that follow it by `restart` do the same. */
export async function startAgentOn(
  name: StorageFixtureName,
  { sizeMiB = 2048, ...options }: RealAgentOptions & { sizeMiB?: number } = {},
): Promise<FixtureAgent> {
  const fixture = await makeFixture(name, sizeMiB);
  const { parent, flags, remove } = fixture;
  // What is allocated to guests may be more than these small file systems have.
  const all = ['--disk-total', '65536', ...flags, ...(options.flags ?? [])];
  try {
    const agent = await startRealAgent({ ...options, ...(parent !== undefined && { parent }), flags: all });
    return onFixture(agent, fixture);
  } catch (error) {
    await remove();
    throw error;
  }
}

function onFixture(agent: RealAgent, fixture: StorageFixture): FixtureAgent {
  const { disks, remove } = fixture;
  const folder = disks ?? path.join(agent.home, 'disks');
  return {
    ...agent,
    ...(disks !== undefined && {
      leftovers: async () => ({ ...(await agent.leftovers()), disks: await zfsDisksIn(disks) }),
      diskNames: async (vmId: string) =>
        Object.keys(await zfsLines(disks, vmId))
          .filter((name) => name !== 'nvram')
          .sort(),
    }),
    filesOf: (vmId) => (disks === undefined ? path.join(folder, vmId) : path.join(disks, vmId, 'files')),
    async diskFile(vmId, name) {
      if (disks !== undefined) return path.join(disks, (await zfsLines(disks, vmId))[name] ?? '', 'disk.raw');
      const files = await readdir(path.join(folder, vmId));
      const file = (['qcow2', 'raw'] as const)
        .map((format) => diskFileName(name, format))
        .find((candidate) => files.includes(candidate));
      return path.join(folder, vmId, file ?? '');
    },
    restart: async (more) => onFixture(await agent.restart(more), fixture),
    remove: async () => {
      await agent.remove();
      await remove();
    },
  };
}

/** Which dataset each disk of a VM is in now, by the storage's own registry. */
async function zfsLines(folder: string, vmId: string): Promise<Record<string, string>> {
  return JSON.parse(await readFile(path.join(folder, vmId, 'current'), 'utf8')) as Record<string, string>;
}

/** VMs with a folder or a dataset, by their ids, and what else no image has to do with. */
async function zfsDisksIn(folder: string): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => !name.startsWith('source:'));
  return [...new Set(names.map((name) => name.replace(/:disk\d+:.*|:nvram:.*/, '')))].sort();
}

async function makeFixture(name: StorageFixtureName, sizeMiB: number): Promise<StorageFixture> {
  switch (name) {
    case 'qcow2':
      return { flags: ['--storage', 'qcow2'], remove: async () => {} };
    case 'reflink':
    case 'btrfs': {
      const mount = await mountLoop(name === 'reflink' ? 'xfs' : 'btrfs', sizeMiB);
      return { parent: mount.directory, flags: ['--storage', 'reflink'], remove: () => mount.remove() };
    }
    case 'zfs': {
      const pool = await makePool(sizeMiB);
      const { dataset, directory } = await pool.makeDataset();
      return { disks: directory, flags: ['--storage', 'zfs', '--zfs-dataset', dataset], remove: () => pool.remove() };
    }
  }
}
