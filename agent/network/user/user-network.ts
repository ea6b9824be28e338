// QEMU user networking (slirp): works without root, gives each VM its own small network with DHCP, DNS and outgoing connections.
// It creates nothing on the host, so there is nothing to remove, sweep or count.
import type { NicAttachment, PortForward } from '../../engines/interface.ts';
import { NetworkError } from '../errors.ts';
import type { EnvNetwork, EnvRequest, Network, NetworkFeature, Nic } from '../interface.ts';
import { createMac } from '../mac.ts';
import { fencedTwin } from '../fenced-twin.ts';
import { nextNumber } from '../next-number.ts';

// Each VM is alone behind its own NAT: isolation comes for free, but neighbours, names and chosen addresses do not.
const features: readonly NetworkFeature[] = ['portForward', 'severalNics', 'isolation'];

export class UserNetwork implements Network {
  readonly kind = 'user';

  async init(): Promise<void> {}

  checkFeatures(wanted: readonly string[]): string[] {
    return wanted.filter((name) => !(features as readonly string[]).includes(name));
  }

  async planEnv({ envName }: EnvRequest, taken: readonly EnvNetwork[]): Promise<EnvNetwork> {
    return { kind: 'user', envName, number: nextNumber(taken), cidr: null, vni: null };
  }

  planNic(
    _env: EnvNetwork,
    { bandwidthMbps }: { bandwidthMbps: number | null },
    taken: { macs: ReadonlySet<string> },
  ): Nic {
    if (bandwidthMbps !== null) {
      throw new NetworkError('FEATURE_UNSUPPORTED', 'user networking has no bandwidth limit; a nat network has');
    }
    return { kind: 'user', mac: createMac(taken.macs), ip: null, tap: null, bandwidthMbps: null };
  }

  planFence(original: EnvNetwork, envName: string, taken: readonly EnvNetwork[]): EnvNetwork {
    return fencedTwin(original, envName, taken);
  }

  planTwin(original: Nic): Nic {
    return { ...original };
  }

  async setNet(): Promise<void> {}

  async unsetNet(): Promise<void> {}

  async destroyEnv(): Promise<void> {}

  attachment(nic: Nic, user: { forwards: readonly PortForward[]; denyOutgoing: boolean }): NicAttachment {
    return { kind: 'user', mac: nic.mac, ...user };
  }

  async repair(): Promise<string[]> {
    return [];
  }

  bridgeOf(): null {
    return null;
  }

  async sweep(): Promise<string[]> {
    return [];
  }

  async counters(): Promise<Map<string, { receivedBytes: number; sentBytes: number }>> {
    return new Map();
  }
}
