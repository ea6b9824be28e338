// Test support: a real agent on each storage, on a file system or pool in a file that goes with it, so that a proof written
// once is run on all of them.
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe } from 'vitest';
import { diskFileName } from '../storage/disk-name.ts';
import { canMount, mountLoop } from '../storage/test-loop-mount.ts';
import { makePool, poolProblem } from '../storage/zfs/test-pool.ts';
import { type RealAgent, type RealAgentOptions, startRealAgent } from './real-agent.ts';

/** `reflink` is that on xfs; `btrfs` is it too. */
export type GroundName = 'qcow2' | 'reflink' | 'btrfs' | 'zfs';

/** What an agent of this storage is told, and what has to be taken away after it. */
interface Ground {
  parent?: string;
  /** Where the disks are, if not in the state folder. */
  disks?: string;
  flags: readonly string[];
  remove: () => Promise<void>;
}

const problems: Record<GroundName, string | null> = {
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
  names: readonly GroundName[],
  suite: (name: GroundName) => void,
  { tags = [] }: { tags?: string[] } = {},
): void {
  for (const name of names) {
    const problem = problems[name];
    const title = `on ${name}${problem === null ? '' : ` (${problem})`}`;
    describe.skipIf(problem !== null)(title, { tags }, () => suite(name));
  }
}

export function canLay(name: GroundName): boolean {
  return problems[name] === null;
}

export interface GroundAgent extends RealAgent {
  restart(more?: RealAgentOptions): Promise<GroundAgent>;
  /** Where a disk of a VM is now. */
  diskFile(vmId: string, name: string): Promise<string>;
}

/** Its `remove` takes the file system away too; agents that follow it by `restart` do the same. */
export async function startAgentOn(
  name: GroundName,
  { sizeMiB = 2048, ...options }: RealAgentOptions & { sizeMiB?: number } = {},
): Promise<GroundAgent> {
  const ground = await lay(name, sizeMiB);
  const { parent, flags, remove } = ground;
  // What is allocated to guests may be more than these small file systems have.
  const all = ['--disk-total', '65536', ...flags, ...(options.flags ?? [])];
  try {
    const agent = await startRealAgent({ ...options, ...(parent !== undefined && { parent }), flags: all });
    return onGround(agent, ground);
  } catch (error) {
    await remove();
    throw error;
  }
}

function onGround(agent: RealAgent, ground: Ground): GroundAgent {
  const { disks, remove } = ground;
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
    async diskFile(vmId, name) {
      if (disks !== undefined) return path.join(disks, (await zfsLines(disks, vmId))[name] ?? '', 'disk.raw');
      const files = await readdir(path.join(folder, vmId));
      const file = (['qcow2', 'raw'] as const)
        .map((format) => diskFileName(name, format))
        .find((candidate) => files.includes(candidate));
      return path.join(folder, vmId, file ?? '');
    },
    restart: async (more) => onGround(await agent.restart(more), ground),
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

async function lay(name: GroundName, sizeMiB: number): Promise<Ground> {
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
