// Test support: a host with two bridges, three guests on them and a machine outside, all as network namespaces of this machine,
// with a probe in each. Real packets, without touching the machine's own network.
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { runCommand, spawnProcess } from '../../host/run-command.ts';
import { until } from '../../testing/until.ts';
import type { RunTool } from './run-tool.ts';
import type { ProbeRequest } from './test-probe.ts';

/** `confined` is a process on the host with its own user id. */
export type Place = 'host' | 'outside' | 'vm1' | 'vm2' | 'vm3' | 'confined';

export const ADDRESSES = {
  host: '198.51.100.1',
  outside: '198.51.100.2',
  outside2: '198.51.100.130',
  bridge1: '10.210.1.1',
  bridge2: '10.210.2.1',
  vm1: '10.210.1.2',
  vm2: '10.210.1.3',
  vm3: '10.210.2.2',
} as const;
export const BRIDGES = { vm1: 'ttbr1', vm2: 'ttbr1', vm3: 'ttbr2' } as const;
export const CONFINED_UID = 54_321;

const TIMEOUT_MS = 30_000;
const SPACES = ['host', 'outside', 'vm1', 'vm2', 'vm3'] as const;
const PROBE = path.join(import.meta.dirname, 'test-probe.ts');
/** An answer that does come takes milliseconds; on a busy machine more. */
const ANSWER_MS = 5_000;
/** How long silence must last to count as "dropped". */
const SILENCE_MS = 500;

export class TestNetwork {
  readonly #tag: string;
  readonly #folder: string;
  readonly #resources = new AsyncDisposableStack();

  private constructor(tag: string, folder: string) {
    this.#tag = tag;
    this.#folder = folder;
  }

  static async make(): Promise<TestNetwork> {
    const tag = `tt${process.pid.toString(36)}${Math.floor(Math.random() * 36 ** 3).toString(36)}`;
    const network = new TestNetwork(tag, await mkdtemp(path.join(tmpdir(), 'tt-net-')));
    try {
      await network.#build();
    } catch (error) {
      await network.remove();
      throw error;
    }
    return network;
  }

  /** Runs a program inside one of the namespaces. */
  async run(place: (typeof SPACES)[number], command: string, args: readonly string[], input = ''): Promise<string> {
    const all = ['netns', 'exec', this.#space(place), command, ...args];
    return (await runCommand('ip', all, { timeoutMs: TIMEOUT_MS, input, maxOutputBytes: 256 * 1024 * 1024 })).stdout;
  }

  /** For the driver: its programs run on the host of this network. */
  readonly tool: RunTool = (command, args, input) => this.run('host', command, args, input);

  /** The answer to something new opened at `place`; waits long for one unless `silence` is expected. */
  ask(
    place: Place,
    protocol: 'tcp' | 'udp',
    target: { address: string; port: number; source?: string },
    expected: 'answer' | 'silence' = 'answer',
  ): Promise<string | null> {
    const timeoutMs = expected === 'answer' ? ANSWER_MS : SILENCE_MS;
    return this.send(place, { kind: 'ask', protocol, timeoutMs, ...target });
  }

  async send(place: Place, request: ProbeRequest): Promise<string | null> {
    const socket = createConnection(this.#socketPath(place));
    try {
      const lines = createInterface({ input: socket });
      socket.write(`${JSON.stringify(request)}\n`);
      const [line] = (await once(lines, 'line')) as [string];
      const { answer, error } = JSON.parse(line) as { answer?: string | null; error?: string };
      if (error) throw new Error(`${place}: ${error}`);
      return answer ?? null;
    } finally {
      socket.destroy();
    }
  }

  /** Ends the probes and removes the namespaces with all in them. */
  remove(): Promise<void> {
    return this.#resources.disposeAsync();
  }

  async #build(): Promise<void> {
    this.#resources.defer(() => rm(this.#folder, { recursive: true, force: true }));
    for (const place of SPACES) {
      await ip(['netns', 'add', this.#space(place)]);
      this.#resources.defer(() => ip(['netns', 'del', this.#space(place)]));
    }
    await this.#batch('host', [
      'link set lo up',
      ...['ttbr1', 'ttbr2'].map((bridge) => `link add ${bridge} type bridge`),
      `addr add ${ADDRESSES.bridge1}/24 dev ttbr1`,
      `addr add ${ADDRESSES.bridge2}/24 dev ttbr2`,
      `link add wan type veth peer name eth0 netns ${this.#space('outside')}`,
      `addr add ${ADDRESSES.host}/24 dev wan`,
      ...(['vm1', 'vm2', 'vm3'] as const).flatMap((vm) => [
        `link add ${vm} type veth peer name eth0 netns ${this.#space(vm)}`,
        `link set ${vm} master ${BRIDGES[vm]} up`,
      ]),
      ...['ttbr1', 'ttbr2', 'wan'].map((link) => `link set ${link} up`),
    ]);
    await this.#batch('outside', [
      'link set lo up',
      `addr add ${ADDRESSES.outside}/24 dev eth0`,
      `addr add ${ADDRESSES.outside2}/24 dev eth0`,
      'link set eth0 up',
      // What an attacker in the same network would do: the way to the guests is known.
      `route add 10.210.0.0/16 via ${ADDRESSES.host}`,
    ]);
    for (const vm of ['vm1', 'vm2', 'vm3'] as const) {
      await this.#batch(vm, [
        'link set lo up',
        `addr add ${ADDRESSES[vm]}/24 dev eth0`,
        'link set eth0 up',
        `route add default via ${vm === 'vm3' ? ADDRESSES.bridge2 : ADDRESSES.bridge1}`,
      ]);
    }
    // Whatever is dropped is to be dropped by the table under test.
    const settings = ['all', 'default', 'ttbr1', 'ttbr2', 'wan'].map((link) => `net.ipv4.conf.${link}.rp_filter=0`);
    await this.run('host', 'sysctl', ['-w', ...settings]);
    await Promise.all([...SPACES, 'confined' as const].map((place) => this.#startProbe(place)));
    const listeners: [Place, number, string?][] = [
      ...(['vm1', 'vm2', 'vm3'] as const).flatMap((vm): [Place, number][] => [
        [vm, 22],
        [vm, 80],
      ]),
      ['outside', 7000],
      ['host', 2222],
      ['host', 67],
      // On each bridge's own address, as address servers do.
      ['host', 53, ADDRESSES.bridge1],
      ['host', 53, ADDRESSES.bridge2],
    ];
    for (const [place, port, address] of listeners) {
      for (const protocol of ['tcp', 'udp'] as const) {
        await this.send(place, { kind: 'listen', protocol, port, name: place, ...(address && { address }) });
      }
    }
  }

  async #startProbe(place: Place): Promise<void> {
    const [space, uid] = place === 'confined' ? ['host' as const, `${CONFINED_UID}`] : [place, '-'];
    const args = ['netns', 'exec', this.#space(space), process.execPath, PROBE, this.#socketPath(place), uid];
    const child = await spawnProcess('ip', args, { detached: false, stderrFd: 2 });
    const gone = once(child, 'exit');
    this.#resources.defer(async () => {
      child.kill('SIGKILL');
      await gone;
    });
    await until(`the probe of ${place} listens`, () => canConnect(this.#socketPath(place)), 20_000);
  }

  #batch(place: (typeof SPACES)[number], lines: readonly string[]): Promise<void> {
    return ip(['-n', this.#space(place), '-batch', '-'], `${lines.join('\n')}\n`);
  }

  #space(place: (typeof SPACES)[number]): string {
    return `${this.#tag}-${place}`;
  }

  #socketPath(place: Place): string {
    return path.join(this.#folder, `${place}.sock`);
  }
}

async function ip(args: readonly string[], input = ''): Promise<void> {
  await runCommand('ip', args, { timeoutMs: TIMEOUT_MS, input });
}

function canConnect(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(socketPath, () => resolve(true));
    socket.on('error', () => resolve(false)).on('connect', () => socket.destroy());
  });
}
