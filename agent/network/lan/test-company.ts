// Test support: a host with a bridge into the network of a company, both network namespaces. The company's DHCP server is a dnsmasq
// of its own, and knows nothing of TT.
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { until } from '../../testing/until.ts';
import { endProcess, TestNamespace } from '../test-namespace.ts';
import { LanNetwork } from './lan-network.ts';

export const BRIDGE = 'br0';
/** RFC 5737. */
export const COMPANY = '198.51.100.1';

export class TestCompany {
  readonly host: TestNamespace;
  readonly company: TestNamespace;
  readonly #folder: string;
  readonly #server: ChildProcess;

  private constructor(host: TestNamespace, company: TestNamespace, folder: string, server: ChildProcess) {
    this.host = host;
    this.company = company;
    this.#folder = folder;
    this.#server = server;
  }

  static async make(): Promise<TestCompany> {
    const made = new AsyncDisposableStack();
    try {
      const host = made.adopt(await TestNamespace.make(), (space) => space.remove());
      const company = made.adopt(await TestNamespace.make(), (space) => space.remove());
      const folder = await mkdtemp(path.join(tmpdir(), 'tt-company-'));
      made.defer(() => rm(folder, { recursive: true, force: true }));
      // The uplink of the host: its MAC is the bridge's, as the administrator left it.
      await host.exec('ip', 'link', 'add', 'uplink', 'type', 'veth', 'peer', 'name', 'eth0', 'netns', company.name);
      await host.exec('ip', 'link', 'set', 'uplink', 'address', '52:54:00:ff:ff:01');
      await host.exec('ip', 'link', 'add', BRIDGE, 'type', 'bridge', 'forward_delay', '0', 'stp_state', '0');
      await host.exec('ip', 'link', 'set', 'uplink', 'master', BRIDGE, 'up');
      await host.exec('ip', 'address', 'add', '198.51.100.2/24', 'dev', BRIDGE);
      await host.exec('ip', 'link', 'set', BRIDGE, 'up');
      await company.exec('ip', 'address', 'add', `${COMPANY}/24`, 'dev', 'eth0');
      await company.exec('ip', 'link', 'set', 'eth0', 'up');
      const server = await company.spawn('dnsmasq', [
        '--keep-in-foreground',
        '--conf-file=/dev/null',
        '--no-resolv',
        '--no-hosts',
        '--no-ping',
        '--port=0',
        '--interface=eth0',
        '--bind-interfaces',
        '--dhcp-range=198.51.100.50,198.51.100.150,255.255.255.0,1h',
        '--dhcp-option=3',
        `--dhcp-leasefile=${path.join(folder, 'leases')}`,
        `--pid-file=${path.join(folder, 'pid')}`,
      ]);
      await until('the company has DHCP', async () => (await company.exec('ss', '-Hlun')).includes(':67 '));
      const test = new TestCompany(host, company, folder, server);
      made.move();
      return test;
    } catch (error) {
      await made.disposeAsync();
      throw error;
    }
  }

  driver(agentTag = 'a1b2', device = BRIDGE): LanNetwork {
    return new LanNetwork({ agentTag, device, run: this.host.run });
  }

  async remove(): Promise<void> {
    if (this.#server.pid !== undefined) await endProcess(this.#server.pid);
    await this.host.remove();
    await this.company.remove();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
