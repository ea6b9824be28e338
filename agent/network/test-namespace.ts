// Test support: network namespaces (ip-netns(8)) as hosts and guests, and the connection between a tap of a host and a guest.
// `remove` removes everything, whatever the test did.
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, rmdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { identifyProcess, signalProcess, waitUntilGone } from '../host/process-identity.ts';
import { runCommand, spawnProcess } from '../host/run-command.ts';
import { until } from '../testing/until.ts';
import { parseAddress } from './address-pool.ts';
import type { Run } from './bridged/host-links.ts';
import type { Guest, GuestLease } from './contract-harness.ts';
import type { Nic } from './interface.ts';

const TIMEOUT_MS = 30_000;
const program = path.join(import.meta.dirname, 'test-guest.ts');

export class TestNamespace {
  readonly name = `tt-test-${randomBytes(4).toString('hex')}`;

  /** Creates it, with only a loopback interface. `resolvers`: the contents of its /etc/resolv.conf. */
  static async make(options: { resolvers?: string } = {}): Promise<TestNamespace> {
    const namespace = new TestNamespace();
    await runCommand('ip', ['netns', 'add', namespace.name], { timeoutMs: TIMEOUT_MS });
    if (options.resolvers !== undefined) {
      await mkdir(namespace.#configuration, { recursive: true });
      await writeFile(path.join(namespace.#configuration, 'resolv.conf'), options.resolvers);
    }
    await namespace.exec('ip', 'link', 'set', 'lo', 'up');
    return namespace;
  }

  /** As `runCommand`, inside. */
  readonly run: Run = (command, args, options) =>
    runCommand('ip', ['netns', 'exec', this.name, command, ...args], options);

  async exec(command: string, ...args: string[]): Promise<string> {
    return (await this.run(command, args, { timeoutMs: TIMEOUT_MS })).stdout;
  }

  spawn(command: string, args: string[], stdoutFd?: number): Promise<ChildProcess> {
    const fd = stdoutFd === undefined ? {} : { stdoutFd };
    return spawnProcess('ip', ['netns', 'exec', this.name, command, ...args], { detached: false, ...fd });
  }

  async interfaces(): Promise<string[]> {
    const links = JSON.parse(await this.exec('ip', '-json', 'link', 'show')) as { ifname: string }[];
    return links.map(({ ifname }) => ifname).sort();
  }

  /** Ends what runs in it, and removes it. */
  async remove(): Promise<void> {
    const { stdout } = await runCommand('ip', ['netns', 'pids', this.name], { timeoutMs: TIMEOUT_MS });
    for (const pid of stdout.split('\n').filter((line) => line !== '')) await endProcess(Number(pid));
    await runCommand('ip', ['netns', 'delete', this.name], { timeoutMs: TIMEOUT_MS });
    await rm(this.#configuration, { recursive: true, force: true });
    // Its parent may have been made for it.
    await rmdir(path.dirname(this.#configuration)).catch((error: NodeJS.ErrnoException) => {
      if (!['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes(error.code ?? '')) throw error;
    });
  }

  get #configuration(): string {
    return path.join('/etc/netns', this.name);
  }
}

/** A guest in its own namespace, its NIC connected to a tap of a host by two socats, as QEMU would read and write it. */
export class TestGuest implements Guest {
  readonly namespace: TestNamespace;
  readonly #mac: string;
  readonly #ends: ChildProcess[];
  readonly #folder: string;
  #lease: (GuestLease & Record<string, string | number | null>) | null = null;

  private constructor(namespace: TestNamespace, mac: string, ends: ChildProcess[], folder: string) {
    this.namespace = namespace;
    this.#mac = mac;
    this.#ends = ends;
    this.#folder = folder;
  }

  static async plugIn(host: TestNamespace, nic: Nic): Promise<TestGuest> {
    const namespace = await TestNamespace.make();
    const folder = await mkdtemp(path.join(tmpdir(), 'tt-cable-'));
    const guest = new TestGuest(namespace, nic.mac, [], folder);
    try {
      await namespace.exec('sysctl', '-q', '-w', 'net.ipv4.conf.all.rp_filter=0', 'net.ipv4.conf.default.rp_filter=0');
      await namespace.exec('ip', 'tuntap', 'add', 'dev', 'eth0', 'mode', 'tap');
      await namespace.exec('ip', 'link', 'set', 'dev', 'eth0', 'address', nic.mac, 'up');
      // Type 5 is SOCK_SEQPACKET: every frame stays one.
      const cable = `${path.join(folder, 'cable')},type=5`;
      const end = (tap: string) => `TUN,tun-name=${tap},tun-type=tap,iff-no-pi`;
      guest.#ends.push(await host.spawn('socat', [end(nic.tap ?? ''), `UNIX-LISTEN:${cable}`]));
      guest.#ends.push(await namespace.spawn('socat', [end('eth0'), `UNIX-CONNECT:${cable},retry=200,interval=0.02`]));
      await until('the cable carries', async () => {
        const up = async (where: TestNamespace, device: string) =>
          (await where.exec('ip', '-json', 'link', 'show', 'dev', device)).includes('LOWER_UP');
        return (await up(namespace, 'eth0')) && (await up(host, nic.tap ?? ''));
      });
    } catch (error) {
      await guest.unplug();
      throw error;
    }
    return guest;
  }

  /** Gets an address by DHCP and takes it. */
  async lease(): Promise<(GuestLease & Record<string, string | number | null>) | null> {
    const { namespace } = this;
    await namespace.exec('ip', 'address', 'flush', 'dev', 'eth0');
    await namespace.exec('ip', 'route', 'replace', '255.255.255.255', 'dev', 'eth0');
    const lease = JSON.parse(await namespace.exec(process.execPath, program, 'dhcp', this.#mac));
    if (lease === null) return null;
    const prefix = maskLength(lease.netmask);
    await namespace.exec('ip', 'address', 'add', `${lease.address}/${prefix}`, 'dev', 'eth0');
    if (lease.mtu !== null) await namespace.exec('ip', 'link', 'set', 'dev', 'eth0', 'mtu', String(lease.mtu));
    if (lease.router !== null) await namespace.exec('ip', 'route', 'replace', 'default', 'via', lease.router);
    this.#lease = lease;
    return lease;
  }

  /** Kinds of DHCP answers to the question of a rebooted guest for an address, from all servers there are. */
  async confirm(address: string): Promise<number[]> {
    return JSON.parse(await this.namespace.exec(process.execPath, program, 'confirm', this.#mac, address));
  }

  async resolve(name: string): Promise<string | null> {
    const server = this.#lease?.['dns'];
    if (typeof server !== 'string') throw new Error('this guest has no lease with a DNS server');
    return JSON.parse(await this.namespace.exec(process.execPath, program, 'resolve', server, name));
  }

  /** Takes TCP connections on a port until it is unplugged. */
  async listen(port: number): Promise<void> {
    this.#ends.push(await this.namespace.spawn(process.execPath, [program, 'sink', String(port)]));
    await until('the guest listens', async () => (await this.namespace.exec('ss', '-Hltn')).includes(`:${port} `));
  }

  /** Sends for a while to another guest that listens; Mbit/s that arrived. */
  async speedTo(address: string, port: number, durationMs: number): Promise<number> {
    const args = ['send', address, String(port), String(durationMs)];
    const sent = JSON.parse(await this.namespace.exec(process.execPath, program, ...args));
    return (sent.bytes * 8) / 1_000 / sent.tookMs;
  }

  /** True if an address answers TCP, even with a refusal; `from`: another address of this guest. */
  async reaches(address: string, from?: string): Promise<boolean> {
    const args = ['reach', address, ...(from === undefined ? [] : [from])];
    return JSON.parse(await this.namespace.exec(process.execPath, program, ...args));
  }

  async unplug(): Promise<void> {
    for (const { pid } of this.#ends) if (pid !== undefined) await endProcess(pid);
    await this.namespace.remove();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** Kills a process this test started, and waits until it is gone. */
export async function endProcess(pid: number): Promise<void> {
  const identity = await identifyProcess(pid);
  if (identity === null) return;
  await signalProcess(identity, 'SIGKILL');
  if (!(await waitUntilGone(identity, 5_000))) throw new Error(`process ${pid} does not end`);
}

function maskLength(mask: string): number {
  return 32 - Math.log2(2 ** 32 - parseAddress(mask));
}
