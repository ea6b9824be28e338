// A real agent in a process of its own, as `npm start` runs it, on a state folder that lives as long as the bench.
import { chmod, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { connectNode, type NodeConnection } from '../client/node/index.ts';
import { type FeedItem, type Host, TtError } from '../protocol/index.ts';
import { waitForAgent } from '../tools/start/wait-for-agent.ts';
import { startChild } from './child.ts';
import { pidsUsing } from './proc.ts';
import { withLimit } from './with-limit.ts';

const DELETE_TIMEOUT_MS = 20_000;
const LEAVE_LIMIT_MS = 30_000;

export interface AgentProcess {
  pid: number;
  url: string;
  home: string;
  logFile: string;
  connection: NodeConnection;
  /** The unix sockets of a VM, as agent/engines/qemu/run-files.ts names them. */
  socketOf(vmId: string, kind: 'vnc' | 'serial' | 'agent'): string;
  /** Ends it as an administrator does; its guests live on, for the next agent in the same folder. */
  leave(): Promise<void>;
}

export interface AgentOptions {
  folder: string;
  imageDirectory: string;
  engine: 'qemu' | 'fake';
  /** Folder with the built window; default: none is served. */
  windowDirectory?: string;
  /** More flags, e.g. `--cgroups off`. */
  flags?: readonly string[];
}

/** Nothing a bench asks for may be refused, and its guests must have the network of their bare peers. */
const AMPLE = ['--network', 'user', '--cpu-total', '1000', '--mem-total', '1000000', '--disk-total', '10000000'];

export async function startAgentProcess(
  resources: AsyncDisposableStack,
  { folder, imageDirectory, engine, windowDirectory, flags = [] }: AgentOptions,
): Promise<AgentProcess> {
  const home = path.join(folder, 'home');
  await mkdir(home, { recursive: true, mode: 0o700 });
  // The users of a root agent's guests walk through here to the image.
  await chmod(folder, 0o711);
  // Disposed last: guests outlive their agent by design, so whatever names this folder is ended.
  resources.defer(async () => {
    for (const pid of await pidsUsing(home)) process.kill(pid, 'SIGKILL');
  });
  const main = path.resolve(import.meta.dirname, '../agent/bin/tt-agent.mjs');
  const args = [main, '--home', home, '--image-path', imageDirectory, '--serv-port', '0', '--no-prepare', ...AMPLE];
  args.push(...flags);
  if (windowDirectory !== undefined) args.push('--window', windowDirectory);
  const logFile = path.join(folder, 'agent.log');
  const child = await startChild(resources, process.execPath, [...args, '--engine', engine], logFile);
  const agent = await waitForAgent(home, child.process, logFile);
  const connection = connectNode(agent);
  resources.defer(() => connection.close());
  await engineReady(connection);
  let hasLeft = false;
  resources.defer(async () => {
    if (!hasLeft) await deleteEnvs(connection);
  });
  return {
    pid: child.pid,
    url: agent.url,
    home,
    logFile,
    connection,
    socketOf: (vmId, kind) => path.join(home, 'run', vmId, `${kind}.sock`),
    async leave() {
      hasLeft = true;
      connection.close();
      child.process.ref();
      child.process.kill('SIGTERM');
      await withLimit('the end of the agent', LEAVE_LIMIT_MS, child.ended);
    },
  };
}

/** The first start probes the acceleration, which must not count into the first measurement. */
async function engineReady({ client }: NodeConnection): Promise<void> {
  const following = new AbortController();
  try {
    for await (const item of await client.event.follow({}, { signal: following.signal })) {
      const host = hostIn(item);
      if (!host) continue;
      const engine = host.startup.find(({ step }) => step === 'engine');
      if (engine?.state === 'failed') throw new Error(`the engine is not usable: ${engine.failure?.message ?? ''}`);
      if (host.engines.some(({ acceleration }) => acceleration !== null)) return;
    }
  } finally {
    following.abort();
  }
  throw new Error('the agent ended before its engine was ready');
}

function hostIn(item: FeedItem): Host | null {
  if (item.kind === 'snapshot') return item.host;
  return item.kind === 'event' && item.event.type === 'host.updated' ? item.event.data : null;
}

/** The image the bench's guests are made from: the first that is ready. */
export async function readyImage({ connection }: AgentProcess): Promise<string> {
  const { images } = await connection.client.image.list();
  const ready = images.find(({ state }) => state === 'ready');
  if (!ready) throw new Error('there is no image that is ready');
  return ready.name;
}

/** An agent that does not answer any more must not hold up the end: its guests are found by their folder then. */
async function deleteEnvs({ client }: NodeConnection): Promise<void> {
  const signal = AbortSignal.timeout(DELETE_TIMEOUT_MS);
  try {
    const { envs } = await client.env.list(undefined, { signal });
    for (const { name } of envs) await client.env.delete({ name }, { signal });
  } catch (error) {
    if (!(error instanceof TtError)) throw error;
  }
}
