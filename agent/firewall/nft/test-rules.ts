// Test support: what tests with real packets share: rules of the guests of test-network.ts, and a driver for its host.
import type { VmName } from '../firewall.contract.ts';
import type { Forward, VmRules } from '../interface.ts';
import { NftFirewall } from './nft-firewall.ts';
import { ADDRESSES, BRIDGES, CONFINED_UID, type TestNetwork } from './test-network.ts';

export const AGENT_TAG = '0a1b';
export const TABLE = `tt_${AGENT_TAG}`;
/** Network namespaces need root. */
export const isRoot = process.getuid?.() === 0;

export const tcp = (hostPort: number, guestPort = 22): Forward => ({ protocol: 'tcp', hostPort, guestPort });
export const udp = (hostPort: number, guestPort = 22): Forward => ({ protocol: 'udp', hostPort, guestPort });

export function makeFirewall(network: TestNetwork): NftFirewall {
  const confinedUids = { firstUid: CONFINED_UID - 20, count: 100 };
  return new NftFirewall({ agentTag: AGENT_TAG, confinedUids, run: network.tool });
}

export function rulesOf(name: VmName, changes: Partial<VmRules> = {}): VmRules {
  const place = { envName: name === 'vm3' ? 'two' : 'one', bridge: BRIDGES[name], address: ADDRESSES[name] };
  return { vmId: name, ...place, forwards: [], denyOutgoing: false, blacklist: [], ...changes };
}

/** Who answered: `vm1:22`, without where the question came from. */
export function nameIn(answer: string | null): string | null {
  return answer?.split(' ')[0] ?? null;
}
