// The networks of a host for its administrators: the kinds it offers, and for each ENV its bridge, its leases and the addresses left.
import { MOST_ENV_NETWORKS, type NetworkReport } from '@tt/protocol';
import { parseCidr, sizeOf } from '../network/address-pool.ts';
import type { EnvNetwork } from '../network/interface.ts';
import { RESERVED_ADDRESSES as RESERVED_ON_SWITCH } from '../network/switch/switch-addresses.ts';
import type { Services } from '../operations/services.ts';
import { nicsOf } from '../state/vm-record.ts';

/** In each block: the network's address, the host's and the one for everybody. */
const RESERVED_ADDRESSES = 3;

/** Of a block that no NIC gets. */
const reservedIn = (kind: EnvNetwork['kind']) => (kind === 'switch' ? RESERVED_ON_SWITCH : RESERVED_ADDRESSES);

export function networkReport(services: Pick<Services, 'networks' | 'inventory' | 'settings'>): NetworkReport {
  const { networks, inventory, settings } = services;
  const { natPool, flatPool, switchPool } = settings.current;
  const pools: Readonly<Record<string, string | undefined>> = { nat: natPool, flat: flatPool, switch: switchPool };
  const made = inventory.envs().flatMap((env) => env.networks);
  const kinds = networks.list().map(({ kind, problem }) => {
    const pool = pools[kind] ?? null;
    const cidrs = made.flatMap((network) => (network.kind === kind && network.cidr !== null ? [network.cidr] : []));
    return {
      kind,
      problem,
      isDefault: kind === networks.defaultKind,
      pool,
      addressesLeft: pool === null ? null : addressesLeft(pool, cidrs),
    };
  });
  return {
    kinds,
    networks: made.slice(0, MOST_ENV_NETWORKS).map((network) => networkOf(services, network)),
    leftOut: Math.max(0, made.length - MOST_ENV_NETWORKS),
  };
}

function networkOf(
  { networks, inventory }: Pick<Services, 'networks' | 'inventory'>,
  network: EnvNetwork,
): NetworkReport['networks'][number] {
  const { envName, kind, cidr, fenced = false } = network;
  const nics = inventory.vmsOf(envName).flatMap((vm) => nicsOf(vm).filter((nic) => nic.kind === kind));
  const leases = nics.filter(({ ip }) => ip !== null).length;
  // A kind that can't be used any more has no driver that knows the name of its bridge.
  const driver = networks.usable().find((one) => one.kind === kind);
  return {
    envName,
    kind,
    bridge: driver?.bridgeOf(network) ?? null,
    cidr,
    isFenced: fenced,
    nics: nics.length,
    leases,
    addressesLeft: cidr === null ? null : Math.max(0, sizeOf(parseCidr(cidr)) - reservedIn(kind) - leases),
  };
}

/** Of a pool, less the blocks cut from it: a fenced network has those of another one, which count once. */
function addressesLeft(pool: string, cidrs: readonly string[]): number {
  const whole = parseCidr(pool);
  const taken = [...new Set(cidrs)]
    .map(parseCidr)
    .filter(({ base }) => base >= whole.base && base < whole.base + sizeOf(whole));
  return Math.max(
    0,
    taken.reduce((left, block) => left - sizeOf(block), sizeOf(whole)),
  );
}
