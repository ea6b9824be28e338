// Test support: hosts made of network namespaces on one wire, so that agents, guests and outside machines send each other
// real packets and nothing of it reaches the network of this machine. Needs root.
//
//   this process (.254) ---+
//   outside (.100) --------+-- a bridge in a namespace of its own
//   host a (.1), b (.2) ---+
import { once } from 'node:events';
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { identifyProcess, signalProcess } from '../../host/process-identity.ts';
import { runCommand, spawnProcess } from '../../host/run-command.ts';
import { until } from '../until.ts';

const TIMEOUT_MS = 20_000;

export interface LabHost {
  readonly name: string;
  /** Its address on the wire. */
  readonly address: string;
  /** Runs a program there to its end and gives what it said. */
  exec(command: string, args: readonly string[], options?: { input?: string; timeoutMs?: number }): Promise<string>;
  /** Program and first arguments of whatever is to run there; the process is the program itself. */
  enter(command: string, args: readonly string[]): [string, string[]];
  /** Ends whatever still runs there. */
  endAll(): Promise<void>;
}

export interface Lab {
  readonly outside: LabHost;
  /** This process's own address on the wire. */
  readonly address: string;
  host(name: string): LabHost;
  /** Runs a program there until the lab is removed. */
  start(host: LabHost, command: string, args: readonly string[]): Promise<ChildProcess>;
  /** To be done when the lab is removed, before what was there earlier goes; the last one first. */
  onRemove(step: () => unknown): void;
  remove(): Promise<void>;
}

/** Makes the wire, the hosts and `outside`. Two labs never share a name; their addresses come from 198.18.0.0/15 (RFC 2544). */
export async function makeLab(hostNames: readonly string[]): Promise<Lab> {
  const tag = randomBytes(2).toString('hex');
  const net = `198.18.${Number.parseInt(tag.slice(0, 2), 16)}`;
  // Undone in reverse, whatever fails on the way.
  const made = new AsyncDisposableStack();
  const ip = (...args: string[]) => runCommand('ip', args, { timeoutMs: TIMEOUT_MS });

  const addSpace = async (name: string) => {
    const space = `ttl${tag}-${name}`;
    await ip('netns', 'add', space);
    made.defer(async () => {
      await endAllIn(space);
      await ip('netns', 'delete', space);
    });
    await ip('-n', space, 'link', 'set', 'lo', 'up');
    return space;
  };

  try {
    const wire = await addSpace('wire');
    await ip('-n', wire, 'link', 'add', 'wire', 'type', 'bridge');
    await ip('-n', wire, 'link', 'set', 'wire', 'up');
    const join = async (space: string | null, link: string, address: string) => {
      const port = `p${address.split('.')[3]}`;
      await ip('link', 'add', link, ...(space ? ['netns', space] : []), 'type', 'veth', 'peer', port, 'netns', wire);
      await ip('-n', wire, 'link', 'set', port, 'master', 'wire', 'up');
      const here = space ? ['-n', space] : [];
      await ip(...here, 'address', 'add', `${address}/24`, 'dev', link);
      await ip(...here, 'link', 'set', link, 'up');
    };
    const addHost = async (name: string, number: number): Promise<LabHost> => {
      const space = await addSpace(name);
      const address = `${net}.${number}`;
      await join(space, 'eth0', address);
      // What is not on the wire goes to `outside`, as a host's way to the internet would.
      if (number !== 100) await ip('-n', space, 'route', 'add', 'default', 'via', `${net}.100`);
      // Only the network is another one: /sys, and with it the cgroups, stay as they are.
      const enter = (command: string, args: readonly string[]): [string, string[]] => [
        'nsenter',
        [`--net=/run/netns/${space}`, command, ...args],
      ];
      return {
        name,
        address,
        enter,
        endAll: () => endAllIn(space),
        async exec(command, args, { input, timeoutMs = TIMEOUT_MS } = {}) {
          const [program, all] = enter(command, args);
          const options = { timeoutMs, ...(input !== undefined && { input }) };
          return (await runCommand(program, all, options)).stdout;
        },
      };
    };
    await join(null, `ttl${tag}`, `${net}.254`);
    // The namespace goes when its last process does; the end of the wire in this one is not to wait for that.
    made.defer(async () => void (await ip('link', 'delete', `ttl${tag}`)));
    const outside = await addHost('outside', 100);
    const hosts = new Map<string, LabHost>();
    for (const [index, name] of hostNames.entries()) hosts.set(name, await addHost(name, index + 1));
    return {
      outside,
      address: `${net}.254`,
      host(name) {
        const found = hosts.get(name);
        if (!found) throw new Error(`the lab has no host ${name}`);
        return found;
      },
      async start(host, command, args) {
        const started = await spawnProcess(...host.enter(command, args), { detached: false });
        made.defer(async () => {
          if (started.exitCode !== null || started.signalCode !== null) return;
          const exited = once(started, 'exit');
          started.kill('SIGKILL');
          await exited;
        });
        return started;
      },
      onRemove: (step) => made.defer(async () => void (await step())),
      remove: () => made.disposeAsync(),
    };
  } catch (error) {
    await made.disposeAsync();
    throw error;
  }
}

/** A program that was started listens a moment later. */
export async function untilListening(host: LabHost, protocol: 'tcp' | 'udp', port: number): Promise<void> {
  const query = ['-Hln', `--${protocol}`, `sport = :${port}`];
  await until(
    `${host.name} listens on ${protocol} ${port}`,
    async () => (await host.exec('ss', query)) !== '',
    TIMEOUT_MS,
  );
}

/** Whatever a test left running on a host, e.g. address servers of an agent that was killed: it would outlive the host. */
async function endAllIn(space: string): Promise<void> {
  await until(`nothing runs in ${space}`, async () => {
    const { stdout } = await runCommand('ip', ['netns', 'pids', space], { timeoutMs: TIMEOUT_MS });
    const pids = stdout.split('\n').filter((pid) => pid !== '');
    for (const pid of pids) {
      const identity = await identifyProcess(Number(pid));
      if (identity) await signalProcess(identity, 'SIGKILL');
    }
    return pids.length === 0;
  });
}
