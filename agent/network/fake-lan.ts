// A bridge of the host in memory, for tests of operations: taps that join it. Passes the contract of all networks.
import type { NicAttachment } from '../engines/interface.ts';
import { NetworkError } from './errors.ts';
import { emptyLink, FakeNetworkHost } from './fake-network.ts';
import { fencedTwin } from './fenced-twin.ts';
import type { EnvNetwork, EnvRequest, Network, Nic, NicRequest } from './interface.ts';
import { createLanMac } from './mac.ts';
import { checkTag, freeTap, linkName, readLinkName } from './names.ts';
import { nextNumber } from './next-number.ts';

export interface FakeLanOptions {
  agentTag: string;
  device: string;
  /** Default: a separate one. */
  host?: FakeNetworkHost;
}

export class FakeLan implements Network {
  readonly kind = 'bridge';
  readonly host: FakeNetworkHost;
  readonly #tag: string;
  readonly #device: string;

  constructor({ agentTag, device, host = new FakeNetworkHost() }: FakeLanOptions) {
    this.#tag = checkTag(agentTag);
    this.#device = device;
    this.host = host;
  }

  async init(): Promise<void> {}

  checkFeatures(wanted: readonly string[]): string[] {
    return wanted.filter((name) => !['severalNics', 'bandwidth', 'severalHosts'].includes(name));
  }

  async planEnv({ envName }: EnvRequest, taken: readonly EnvNetwork[]): Promise<EnvNetwork> {
    return { kind: 'bridge', envName, number: nextNumber(taken), cidr: null, vni: null };
  }

  planNic(
    _env: EnvNetwork,
    { bandwidthMbps }: { bandwidthMbps: number | null },
    taken: { nics: readonly Nic[]; macs: ReadonlySet<string> },
  ): Nic {
    return { kind: 'bridge', mac: createLanMac(taken.macs), ip: null, tap: freeTap(this.#tag, taken), bandwidthMbps };
  }

  planFence(original: EnvNetwork, envName: string, taken: readonly EnvNetwork[]): EnvNetwork {
    return fencedTwin(original, envName, taken);
  }

  planTwin(original: Nic, taken: { nics: readonly Nic[]; macs: ReadonlySet<string> }): Nic {
    return { ...original, tap: freeTap(this.#tag, taken) };
  }

  async setNet(requests: readonly NicRequest[]): Promise<void> {
    for (const { env, nic } of requests) {
      if (readLinkName(this.#tag, nic.tap ?? '')?.role === 'tap' && nic.ip === null) continue;
      throw new NetworkError('OPTION_INVALID', `${nic.tap} is no NIC of ${env.envName}`);
    }
    for (const { env, nic, ownerUid } of requests) {
      const bridge = this.bridgeOf(env);
      if (bridge !== null && !this.host.links.has(bridge)) this.host.links.set(bridge, emptyLink());
      const old = this.host.links.get(nic.tap ?? '') ?? emptyLink();
      const { bandwidthMbps } = nic;
      this.host.links.set(nic.tap ?? '', { ...old, master: bridge ?? this.#device, ownerUid, bandwidthMbps });
    }
  }

  async unsetNet(requests: readonly NicRequest[]): Promise<void> {
    for (const { nic } of requests) this.host.links.delete(nic.tap ?? '');
  }

  async destroyEnv(env: EnvNetwork): Promise<void> {
    const bridge = this.bridgeOf(env);
    if (bridge === null) return;
    for (const [name, { master }] of this.host.links) if (master === bridge) this.host.links.delete(name);
    this.host.links.delete(bridge);
  }

  attachment(nic: Nic): NicAttachment {
    return { kind: 'tap', mac: nic.mac, tap: nic.tap ?? '' };
  }

  async repair(): Promise<string[]> {
    return [];
  }

  bridgeOf(env: EnvNetwork): string | null {
    return env.fenced ? linkName(this.#tag, 'bridge', env.number) : null;
  }

  /** Leftovers of all kinds are found by the fake of the others, on the same host. */
  async sweep(): Promise<string[]> {
    return [];
  }

  async counters(taps: readonly string[]): Promise<Map<string, { receivedBytes: number; sentBytes: number }>> {
    return new Map(
      taps.flatMap((tap) => {
        const link = this.host.links.get(tap);
        return link ? [[tap, { receivedBytes: link.receivedBytes, sentBytes: link.sentBytes }]] : [];
      }),
    );
  }
}
