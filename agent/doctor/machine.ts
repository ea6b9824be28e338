// This machine as the checks see it. They access it only through this interface, so that tests can replace it.
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir, totalmem } from 'node:os';
import path from 'node:path';
import { connectNode, findPrivateAgent, stateDirectory } from '@tt/client/node';
import { type BackgroundTaskStatus, type Host, TtError } from '@tt/protocol';
import type { AgentConfig } from '../config.ts';
import type { Acceleration } from '../engines/interface.ts';
import { type ProbeOptions, probeAcceleration } from '../engines/qemu/acceleration/probe.ts';
import { nearestFolder, spaceBelow } from '../host/file-system-space.ts';
import { type MemoryBacking, memoryBackingOf } from '../host/memory-backing.ts';
import { type RunOptions, type RunResult, runCommand } from '../host/run-command.ts';
import { type Confinement, confinement } from '../host/run-confined.ts';
import { testKernelIn } from '../images/test-kernel.ts';
import { canListenAt } from '../network/user/forward-address.ts';
import { describeStorage } from '../storage/load.ts';

export interface RunningAgent {
  url: string;
  pid: number;
  host: Host;
  tasks: BackgroundTaskStatus[];
}

/** The part of the configuration that decides how disks are stored. */
export type StorageChoice = Pick<AgentConfig, 'storage' | 'zfsDataset' | 'zfsVolumes'>;

export interface Machine {
  platform: NodeJS.Platform;
  isRoot: boolean;
  env: NodeJS.ProcessEnv;
  /** Without the `v`. */
  nodeVersion: string;
  /** Folder of the checkout. */
  root: string;
  stateDirectory: string;
  exists(file: string): boolean;
  /** Text of a file, e.g. below /proc; null only when it is not there. */
  readText(file: string): Promise<string | null>;
  /** Rejects with RunError, as runCommand does. */
  run(command: string, args: readonly string[], options: RunOptions): Promise<RunResult>;
  /** Whether programs of this machine can listen at an IPv4 address. */
  canListenAt(address: string): Promise<boolean>;
  /** Of the file system that contains (or would contain) this folder. */
  freeBytes(folder: string): Promise<number>;
  /** Of the file system that contains (or would contain) this folder; null on a disk. */
  memoryBacking(folder: string): Promise<MemoryBacking | null>;
  /** How the agent would store disks, in words. Rejects with StorageError if it cannot do so as configured. */
  describeStorage(config: StorageChoice): Promise<string>;
  /** What programs that read untrusted files can be isolated from. */
  confinement(): Promise<Confinement>;
  memory(): { totalBytes: number; availableBytes: number };
  /**
   * Runs a test guest with TCG and with KVM, where that was not found out since the host booted. Rejects with RunError
   * `notFound` without QEMU.
   */
  probeAcceleration(): Promise<Acceleration>;
  /** The private agent of the state folder; null if none runs. */
  askAgent(): Promise<RunningAgent | null>;
}

/** `home`: state folder; default: this user's. */
export function thisMachine(home = stateDirectory()): Machine {
  return {
    platform: process.platform,
    isRoot: process.getuid?.() === 0,
    env: process.env,
    nodeVersion: process.versions.node,
    root: path.resolve(import.meta.dirname, '../..'),
    stateDirectory: home,
    exists: existsSync,
    readText,
    run: runCommand,
    canListenAt,
    freeBytes: async (folder) => (await spaceBelow(await nearestFolder(folder))).freeBytes,
    memoryBacking: async (folder) => memoryBackingOf(await nearestFolder(folder)),
    describeStorage: ({ storage, ...zfs }) => describeStorage(storage, { directory: path.join(home, 'disks'), ...zfs }),
    confinement,
    memory: () => ({ totalBytes: totalmem(), availableBytes: process.availableMemory() }),
    probeAcceleration: () => probe(home),
    askAgent: () => askAgent(home),
  };
}

async function readText(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** The result is shared with the agent if there is a state folder; the doctor itself creates none. */
async function probe(home: string): Promise<Acceleration> {
  const binary = 'qemu-system-x86_64';
  await runCommand(binary, ['--version'], { timeoutMs: 8_000 });
  const options = { binary, testKernel: testKernelIn(path.join(home, 'images')) } satisfies Partial<ProbeOptions>;
  if (existsSync(home)) return probeAcceleration({ ...options, stateDirectory: path.join(home, 'engine') });
  const folder = await mkdtemp(path.join(tmpdir(), 'tt-doctor-'));
  try {
    return await probeAcceleration({ ...options, stateDirectory: folder });
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function askAgent(home: string): Promise<RunningAgent | null> {
  try {
    const agent = await findPrivateAgent(home);
    const connection = connectNode(agent);
    try {
      const { client } = connection;
      const [host, { tasks }] = await Promise.all([client.host.show(), client.host.tasks()]);
      return { url: agent.url, pid: agent.pid, host, tasks };
    } finally {
      connection.close();
    }
  } catch (error) {
    if (error instanceof TtError && error.code === 'AGENT_NOT_RUNNING') return null;
    throw error;
  }
}
