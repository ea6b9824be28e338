// Validates NICs that are to be set up, because their fields are written to input of ip and tc and to files of dnsmasq, and
// converts them to specs of taps and leases.
import { type Block, contains, parseAddress } from '../address-pool.ts';
import { NetworkError } from '../errors.ts';
import type { EnvNetwork, Nic, NicRequest } from '../interface.ts';
import { checkUid, readLinkName } from '../names.ts';
import { type ServedNic, servedNic } from './dhcp-files.ts';
import type { TapSpec } from './link-plan.ts';

export function distinctEnvs(requests: readonly NicRequest[]): EnvNetwork[] {
  return [...new Map(requests.map(({ env }) => [env.number, env])).values()];
}

export function tapOf(nic: Nic): string {
  if (nic.tap === null) throw new NetworkError('OPTION_INVALID', `the NIC ${nic.mac} has no tap`);
  return nic.tap;
}

/** `userName`: of a user of the host, by number. */
export async function tapSpecs(
  requests: readonly NicRequest[],
  bridgeOf: (env: EnvNetwork) => string,
  userName: (uid: number) => Promise<string>,
): Promise<TapSpec[]> {
  const owners = new Map<number, string>();
  for (const { ownerUid } of requests) {
    const uid = checkUid(ownerUid ?? 0);
    if (!owners.has(uid)) owners.set(uid, await userName(uid));
  }
  return requests.map(({ env, nic, ownerUid }) => {
    const uid = ownerUid ?? 0;
    return { name: tapOf(nic), bridge: bridgeOf(env), owner: owners.get(uid) ?? '', ownerUid: uid };
  });
}

/** NICs as the server of their ENV's network (by number) answers them. OPTION_INVALID for one of another agent or another ENV. */
export function leases(
  requests: readonly NicRequest[],
  tag: string,
  blockOf: (env: EnvNetwork) => Block,
): { number: number; served: ServedNic }[] {
  return requests.map(({ env, nic, hostname }) => {
    const served = servedNic(nic.mac, addressOf(nic), hostname);
    const isInBlock = contains(blockOf(env), parseAddress(served.ip));
    if (!isInBlock || readLinkName(tag, tapOf(nic))?.role !== 'tap') {
      throw new NetworkError('OPTION_INVALID', `${tapOf(nic)} with ${served.ip} is no NIC of ${env.envName}`);
    }
    return { number: env.number, served };
  });
}

function addressOf(nic: Nic): string {
  if (nic.ip === null) throw new NetworkError('OPTION_INVALID', `the NIC ${nic.mac} has no address`);
  return nic.ip;
}
