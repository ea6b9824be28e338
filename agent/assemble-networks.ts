// Chooses networks and firewalls: what the configuration wants, as far as this host and this user can have it.
import { chmod, stat } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import path from 'node:path';
import { TtError } from '@tt/protocol';
import type { Logger } from 'pino';
import type { AgentConfig } from './config.ts';
import type { UidRange } from './engines/vm-users.ts';
import { FirewallError } from './firewall/errors.ts';
import { FakeFirewall } from './firewall/fake-firewall.ts';
import { Firewalls } from './firewall/firewalls.ts';
import { HostfwdFirewall } from './firewall/hostfwd/hostfwd.ts';
import type { Firewall, Forward } from './firewall/interface.ts';
import { NftFirewall } from './firewall/nft/nft-firewall.ts';
import { NetworkError } from './network/errors.ts';
import { FakeNetwork } from './network/fake-network.ts';
import { FlatNetwork } from './network/flat/flat-network.ts';
import type { NetKind, Network } from './network/interface.ts';
import { NatNetwork } from './network/nat/nat-network.ts';
import { type NetworkChoice, Networks } from './network/networks.ts';
import { UserNetwork } from './network/user/user-network.ts';

const TUN_DEVICE = '/dev/net/tun';

export interface NetworkParts {
  config: AgentConfig;
  /** 4 hex digits; stand in the name of everything made on the host. */
  agentTag: string;
  /** Folder for the files of address servers. */
  stateDirectory: string;
  logger: Logger;
  /** Users that QEMU runs as; null: as the agent. */
  vmUids: UidRange | null;
  /** Changes the forwards of a running VM with user networking. */
  onForwards: (vmId: string, add: Forward[], remove: Forward[]) => Promise<void>;
}

export interface ChosenNetworks {
  networks: Networks;
  firewalls: Firewalls;
}

export async function chooseNetworks(parts: NetworkParts): Promise<ChosenNetworks> {
  const { config } = parts;
  const user = new HostfwdFirewall({ changeForwards: parts.onForwards });
  if (config.engine === 'fake') return fakes(parts, user);
  const bridged = await bridgedFirewall(parts);
  const choices: NetworkChoice[] = [{ kind: 'user', network: new UserNetwork(), problem: null }];
  for (const network of bridgedNetworks(parts)) {
    choices.push({ kind: network.kind, network, problem: bridged.problem ?? (await problemOf(network)) });
  }
  const defaultKind = defaultOf(config.network, choices);
  return {
    networks: new Networks(choices, defaultKind),
    firewalls: new Firewalls(user, bridged.problem === null ? bridged.firewall : null),
  };
}

/** nat where it works; whoever asks for a kind by name gets that one, or an agent that says why not. */
function defaultOf(wanted: AgentConfig['network'], choices: readonly NetworkChoice[]): NetKind {
  if (wanted === 'auto') return choices.find(({ kind, problem }) => kind === 'nat' && problem === null)?.kind ?? 'user';
  const choice = choices.find(({ kind }) => kind === wanted);
  if (choice?.problem !== null) {
    throw new TtError('NETWORK_UNAVAILABLE', { kind: wanted, reason: choice?.problem ?? 'it is not configured' });
  }
  return wanted;
}

async function bridgedFirewall(parts: NetworkParts): Promise<{ firewall: Firewall; problem: string | null }> {
  const { config, agentTag, vmUids } = parts;
  const firewall = new NftFirewall({
    agentTag,
    confinedUids: vmUids,
  });
  // Asked for user networking only: then nothing of the host is touched, not even with root's rights.
  if (config.network === 'user') return { firewall, problem: 'the configuration asks for user networking only' };
  try {
    if (vmUids) await openTunToUsers(parts.logger);
    await firewall.init();
    return { firewall, problem: null };
  } catch (error) {
    if (!(error instanceof FirewallError)) throw error;
    return { firewall, problem: error.message };
  }
}

function bridgedNetworks({ config, agentTag, stateDirectory }: NetworkParts): Network[] {
  return [
    new NatNetwork({ agentTag, pool: config.natPool, stateDirectory: path.join(stateDirectory, 'nat') }),
    new FlatNetwork({
      agentTag,
      pool: config.flatPool,
      stateDirectory: path.join(stateDirectory, 'flat'),
      localAddress: config.flatLocalAddress ?? hostAddress(),
      peers: config.flatPeers,
      port: config.flatPort,
    }),
  ];
}

/**
 * A tap belongs to one user, whom the kernel lets open it; the device in front of all taps has to be open to everybody for
 * that (0666, as udev makes it). Some containers have it for root only.
 */
async function openTunToUsers(logger: Logger): Promise<void> {
  try {
    const { mode } = await stat(TUN_DEVICE);
    if ((mode & 0o006) === 0o006) return;
    await chmod(TUN_DEVICE, 0o666);
    logger.warn(
      { device: TUN_DEVICE },
      'opened to all users, as udev does: the kernel lets each open its own taps only',
    );
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    // The networks say that it is missing.
  }
}

async function problemOf(network: Network): Promise<string | null> {
  try {
    await network.init();
    return null;
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error;
    return error.message;
  }
}

function fakes({ config, agentTag }: NetworkParts, user: Firewall): ChosenNetworks {
  const choices: NetworkChoice[] = [
    { kind: 'user', network: new UserNetwork(), problem: null },
    { kind: 'nat', network: new FakeNetwork({ agentTag, kind: 'nat', pool: config.natPool }), problem: null },
    { kind: 'flat', network: new FakeNetwork({ agentTag, kind: 'flat', pool: config.flatPool }), problem: null },
  ];
  const defaultKind = config.network === 'auto' ? 'user' : config.network;
  return { networks: new Networks(choices, defaultKind), firewalls: new Firewalls(user, new FakeFirewall()) };
}

/** The address at which other machines reach this one: of its first card that is neither loopback nor ours. */
export function hostAddress(): string {
  const ours = /^tt[btx]/;
  for (const [name, addresses] of Object.entries(networkInterfaces())) {
    if (ours.test(name)) continue;
    const found = addresses?.find(({ family, internal }) => family === 'IPv4' && !internal);
    if (found) return found.address;
  }
  return '127.0.0.1';
}
