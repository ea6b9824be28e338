// Test harness: the agent as a separate process with real QEMU and the tiny image, in a state folder below /tmp. Ends with
// everything it started, and knows which QEMU processes are its own.
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:fs';
import {
  copyFile,
  cp,
  lchown,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connectNode, findPrivateAgent, type NodeConnection } from '@tt/client/node';
import type { TtClient, Vm } from '@tt/protocol';
import { GuestShell } from '../engines/guest-shell.ts';
import { QemuEngine } from '../engines/qemu/qemu-engine.ts';
import { identifyProcess, signalProcess } from '../host/process-identity.ts';
import { spawnProcess } from '../host/run-command.ts';
import { testImage } from '../images/test-image.ts';
import type { LabHost } from './network-lab/lab.ts';
import { until } from './until.ts';

/** What the host can do is found out once for all test agents, not in each new state folder. */
const ENGINE_CACHE = path.join(import.meta.dirname, '../../node_modules/.cache/tt/engine');

/** Ports no other run of tests on this host is likely to use, so that "free again" can be told. */
const FIRST_PORT = String(21_000 + (process.pid % 100) * 100);
const LAST_PORT = String(Number(FIRST_PORT) + 99);

export interface RealAgent {
  readonly home: string;
  readonly pid: number;
  readonly client: TtClient;
  readonly connection: NodeConnection;
  /** Ends the agent's process by a signal and waits for it; its guests live on. */
  kill(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** Starts the next agent in the same folder. */
  restart(more?: RealAgentOptions): Promise<RealAgent>;
  /** From here on the agent dies at its step. */
  arm(): Promise<void>;
  /** Resolves when it waits at its step (`waitAt`); it does not answer until `goOn`. */
  waits(): Promise<void>;
  goOn(): Promise<void>;
  /** Resolves when the process has ended unasked; true when by SIGKILL. */
  died(): Promise<boolean>;
  /** Pids of QEMU processes that have anything to do with this folder. */
  guestPids(): Promise<number[]>;
  /** Kills every guest, as nobody else may be left to do it. */
  endGuests(): Promise<void>;
  /** What is left on the host of all VMs: disks, run folders, processes. */
  leftovers(): Promise<{ disks: string[]; runFolders: string[]; guests: number[] }>;
  /** Names of the disks there are of a VM, firmware variables left out. */
  diskNames(vmId: string): Promise<string[]>;
  log(): Promise<string>;
  /** `loginTimeoutMs`: see GuestShell. */
  shell(vm: Vm, loginTimeoutMs?: number): Promise<GuestShell>;
  /** Ends the agent and every guest, and removes the folder. */
  remove(): Promise<void>;
}

export const NO_LEFTOVERS = { disks: [], runFolders: [], guests: [] };

export interface RealAgentOptions {
  /** Where the state folder is made; default: below /tmp. */
  parent?: string;
  /** A folder whose programs it takes before those of PATH, e.g. another QEMU. */
  binDirectory?: string;
  /** Flags besides those every test agent gets. */
  flags?: readonly string[];
  /** Host of a lab to run on; default: this one, with user networking. */
  host?: LabHost;
  /**
   * Once armed, the agent kills itself by SIGKILL when it comes to this step for the n-th time: `disk:2`. Not after a restart,
   * unless that names a step too.
   */
  dieAt?: string;
  /** Runs as this user and group, who own the state folder, without a name or other groups; needs root. Default: as the test. */
  uid?: number;
  /** Path of the program that is pushed into guests; default: the one that was built with the agent. */
  helper?: string;
  /** The same for an agent that waits there until a test lets it go on. */
  waitAt?: string;
}

export async function startRealAgent(options: RealAgentOptions = {}): Promise<RealAgent> {
  const home = await mkdtemp(path.join(options.parent ?? tmpdir(), 'tt-'));
  await mkdir(path.join(home, 'images'));
  await linkImages(path.join(home, 'images'));
  const { directory, manifest } = await testImage();
  const testKernel = path.join(directory, manifest.boot?.kernel ?? '');
  await new QemuEngine({ stateDirectory: ENGINE_CACHE, testKernel }).init();
  await mkdir(path.join(home, 'engine'));
  const found = path.join(ENGINE_CACHE, 'acceleration.json');
  // Not remembered where /dev/kvm is out of reach: that is quick to see each time.
  await copyFile(found, path.join(home, 'engine', 'acceleration.json')).catch(() => {});
  if (options.uid !== undefined) await giveTo(home, options.uid);
  return startIn(home, options);
}

async function giveTo(folder: string, uid: number): Promise<void> {
  const inside = await readdir(folder, { recursive: true });
  for (const name of ['', ...inside]) await lchown(path.join(folder, name), uid, uid);
}

/** The tiny image, and `broken`: the same disk with a kernel that QEMU refuses. */
async function linkImages(folder: string): Promise<void> {
  const { directory, manifest } = await testImage();
  // Copied: a guest that runs as its own user may have no access to the cache of the checkout.
  await cp(directory, path.join(folder, 'tiny'), { recursive: true, mode: constants.COPYFILE_FICLONE });
  const broken = path.join(folder, 'broken');
  await mkdir(broken);
  const { disk, boot } = manifest;
  for (const file of [disk.file, boot?.initrd ?? ''])
    await symlink(path.join('../tiny', file), path.join(broken, file));
  await writeFile(path.join(broken, boot?.kernel ?? ''), 'no kernel');
  await writeFile(path.join(broken, 'image.json'), JSON.stringify({ ...manifest, name: 'qemu:broken-1:default' }));
}

async function startIn(home: string, options: RealAgentOptions): Promise<RealAgent> {
  // Agents before it in this folder may have waited too.
  const since = await stat(path.join(home, 'agent.log')).then(
    ({ size }) => size,
    () => 0,
  );
  const child = await spawnAgent(home, options);
  const agent = await until(
    'the agent says where it is',
    () =>
      findPrivateAgent(home).then(
        (private_) => (private_.pid === child.pid ? private_ : null),
        () => null,
      ),
    // Beside guests that take all they can get of the processors.
    120_000,
  );
  const connection = connectNode(agent);
  const kill = async (signal: 'SIGTERM' | 'SIGKILL') => {
    connection.close();
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  };
  const guestPids = () => guestsOf(home);
  const endGuests = async () => {
    for (const pid of await guestPids()) {
      const identity = await identifyProcess(pid);
      if (identity) await signalProcess(identity, 'SIGKILL');
    }
    await until('all guests are gone', async () => (await guestPids()).length === 0);
  };
  return {
    home,
    pid: child.pid ?? 0,
    connection,
    client: connection.client,
    kill,
    restart: (more = {}) => {
      const { dieAt: _done, waitAt: _waited, ...same } = options;
      return startIn(home, { ...same, ...more });
    },
    async arm() {
      const log = path.join(home, 'agent.log');
      // Agents before it in this folder were armed too.
      const { size } = await stat(log);
      child.kill('SIGUSR2');
      await until(
        'it is armed',
        async () => (await readFile(log)).subarray(size).includes('"msg":"armed"'),
        // Beside guests that take all they can get of the processors. One that is never armed leaves what its host has of it.
        120_000,
      );
    },
    waits: () =>
      until(
        'it stands at its step',
        async () =>
          (await readFile(path.join(home, 'agent.log'))).subarray(since).includes('"msg":"waiting at the step"'),
        240_000,
      ).then(() => {}),
    goOn: () => writeFile(goOnFile(home), ''),
    died: async () => {
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      connection.close();
      return child.signalCode === 'SIGKILL';
    },
    guestPids,
    endGuests,
    leftovers: async () => ({
      disks: await disksIn(path.join(home, 'disks')),
      runFolders: await readdir(path.join(home, 'run')),
      guests: await guestPids(),
    }),
    diskNames: async (vmId) => {
      const files = await readdir(path.join(home, 'disks', vmId));
      const names = files.flatMap((file) => /^(disk[0-9]*)\.(qcow2|raw)$/.exec(file)?.[1] ?? []);
      return names.map((name) => (name === 'disk' ? 'disk0' : name)).sort();
    },
    log: () => readFile(path.join(home, 'agent.log'), 'utf8'),
    shell: ({ id }, loginTimeoutMs) =>
      GuestShell.login(
        path.join(home, 'run', id, 'serial.sock'),
        loginTimeoutMs === undefined ? {} : { loginTimeoutMs },
      ),
    async remove() {
      await kill('SIGKILL');
      await endGuests();
      await rm(home, { recursive: true });
    },
  };
}

/** Folders of VMs with disks, half-made ones, and what there is of their snapshots. What clones come from belongs to images. */
export async function disksIn(folder: string): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => !['.sources', '.snapshots'].includes(name));
  const ofSnapshots = await readdir(path.join(folder, '.snapshots')).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return [...names, ...ofSnapshots.filter((vmId) => !names.includes(vmId))];
}

function goOnFile(home: string): string {
  return path.join(home, 'go-on');
}

async function spawnAgent(
  home: string,
  { flags = [], host, dieAt, waitAt, binDirectory, helper, uid }: RealAgentOptions,
): Promise<ChildProcess> {
  const log = await open(path.join(home, 'agent.log'), 'a');
  await rm(goOnFile(home), { force: true });
  const isSteered = dieAt !== undefined || waitAt !== undefined || helper !== undefined;
  const entry = path.join(import.meta.dirname, isSteered ? 'steered-agent.ts' : '../main.ts');
  const ports = ['--first-port', FIRST_PORT, '--last-port', LAST_PORT];
  const where = host ? ['--serv-addr', host.address] : ['--network', 'user'];
  const args = [entry, '--home', home, '--no-prepare', ...ports, ...where, ...flags];
  const [program, all] = host ? host.enter(process.execPath, args) : [process.execPath, args];
  const env = {
    ...(binDirectory !== undefined && { PATH: `${binDirectory}:${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` }),
    ...(dieAt !== undefined && { TT_TEST_DIE_AT: dieAt }),
    ...(waitAt !== undefined && { TT_TEST_WAIT_AT: waitAt, TT_TEST_GO_ON: goOnFile(home) }),
    ...(helper !== undefined && { TT_TEST_HELPER: helper }),
    // Nobody knows it otherwise: such a user is in no list of users.
    ...(uid !== undefined && { HOME: home }),
  };
  const user = uid !== undefined && { user: { uid, gid: uid } };
  const child = await spawnProcess(program, all, { detached: false, stdoutFd: log.fd, stderrFd: log.fd, env, ...user });
  await log.close();
  return child;
}

/** QEMU processes of a state folder: it stands in their arguments or, for confined ones, they live in it. */
async function guestsOf(home: string): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const [line, folder] = await Promise.all([
        readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''),
        readlink(`/proc/${pid}/cwd`).catch(() => ''),
      ]);
      return { pid: Number(pid), isOurs: line.includes('qemu') && (line.includes(home) || folder.startsWith(home)) };
    }),
  );
  return found.filter(({ isOurs }) => isOurs).map(({ pid }) => pid);
}

/** Where forwards of user networking listen on every system the tests run on. */
const FORWARD_ADDRESS = '127.0.0.2';

/** What a server says first on a TCP port; rejects when it refuses or says nothing in time. */
export async function greetingOf(port: number, timeoutMs: number): Promise<string> {
  return until(
    `something answers on port ${port}`,
    () =>
      new Promise<string | null>((resolve) => {
        const socket = connect(port, FORWARD_ADDRESS).setTimeout(2_000);
        const end = (said: string | null) => {
          socket.destroy();
          resolve(said);
        };
        socket.once('data', (bytes) => end(bytes.toString('latin1')));
        for (const event of ['error', 'end', 'timeout'] as const) socket.once(event, () => end(null));
      }),
    timeoutMs,
  );
}

/** Whether this process could listen on a port. */
export async function isPortFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, FORWARD_ADDRESS);
  try {
    await once(server, 'listening');
    server.close();
    await once(server, 'close');
    return true;
  } catch {
    return false;
  }
}
