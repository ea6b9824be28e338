// Chooses networks and firewalls from the configuration, limited to what this host and this user support.
import { chmod, stat } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import path from 'node:path';
import { reason, type Reason, TtError } from '@tt/protocol';
import type { Logger } from 'pino';
import type { AgentConfig } from '../config.ts';
import type { HostChanges } from '../host/host-changes.ts';
import { onlyFakes } from '../engines/names.ts';
import type { UidRange } from '../engines/vm-users.ts';
import { FirewallError } from '../firewall/errors.ts';
import { Firewalls } from '../firewall/firewalls.ts';
import type { Firewall, Forward } from '../firewall/interface.ts';
import { type FirewallOptions, loadFirewall } from '../firewall/load.ts';
import { reserveEphemeral } from '../firewall/reserve-ephemeral.ts';
import { NetworkError } from '../network/errors.ts';
import { FakeNetworkHost } from '../network/fake-network.ts';
import type { NetKind, Network } from '../network/interface.ts';
import { loadNetwork } from '../network/load.ts';
import { hostRoutes } from '../network/switch/host-routes.ts';
import { FolderFiles, networkFolder } from '../network/switch/network-files.ts';
import { LocalRunner } from '../network/switch/runner.ts';
import { SwitchProcess } from '../network/switch/switch-process.ts';
import { type NetworkChoice, Networks } from '../network/networks.ts';

/** No bridge of the host is named in the configuration. */
const NO_BRIDGE: NetworkChoice = { kind: 'bridge', network: null, problem: reason('notConfigured') };
const TUN_DEVICE = '/dev/net/tun';
/** What the firewall sets for networks that lead out. */
const FORWARDING = { file: '/proc/sys/net/ipv4/ip_forward', what: 'content', after: '1' } as const;

export interface NetworkParts {
  config: AgentConfig;
  /** 4 hex digits; part of the name of everything created on the host. */
  agentTag: string;
  /** Folder for the files of address servers. */
  stateDirectory: string;
  switches: SwitchParts;
  logger: Logger;
  /** Users that QEMU runs as; null: as the agent. */
  vmUids: UidRange | null;
  /** Writes down what is changed on the host for networks. */
  hostChanges: HostChanges;
  /** For tests: in place of the fake one of bridges. */
  fakeFirewall: Firewall | undefined;
  /** Changes the forwards of a running VM with user networking. */
  onForwards: (vmId: string, add: Forward[], remove: Forward[]) => Promise<void>;
}

/** What switches of user-mode guests need of the agent. */
export interface SwitchParts {
  /** Absolute, of the agent's user alone. */
  directory: string;
  /** Where the run directories of VMs are, each named by the VM's id. */
  runRoot: string;
  /** The file of `tt-agent`; null: the agent is part of another program, and can't start it again. */
  entry: string | null;
}

export interface ChosenNetworks {
  networks: Networks;
  firewalls: Firewalls;
}

export async function chooseNetworks(parts: NetworkParts): Promise<ChosenNetworks> {
  const { config } = parts;
  const user = loadFirewall('hostfwd', firewallOptions(parts));
  if (onlyFakes(config.engines)) return fakes(parts, user);
  const bridged = await bridgedFirewall(parts);
  const choices: NetworkChoice[] = [{ kind: 'user', network: loadNetwork({ kind: 'user' }), problem: null }];
  for (const network of bridgedNetworks(parts)) {
    choices.push({ kind: network.kind, network, problem: bridged.problem ?? (await problemOf(network)) });
  }
  if (config.lanDevice === null) choices.push(NO_BRIDGE);
  choices.push(await switchChoice(parts));
  const defaultKind = defaultOf(config.network, choices);
  return {
    networks: new Networks(choices, defaultKind),
    firewalls: new Firewalls(user, bridged.problem === null ? bridged.firewall : null),
  };
}

/** nat where it works, else a switch. A kind that is configured by name is used, or the agent fails with the reason. */
function defaultOf(wanted: AgentConfig['network'], choices: readonly NetworkChoice[]): NetKind {
  const works = (one: NetKind) => choices.some(({ kind, problem }) => kind === one && problem === null);
  if (wanted === 'auto') return (['nat', 'switch'] as const).find(works) ?? 'user';
  const choice = choices.find(({ kind }) => kind === wanted);
  if (choice?.problem !== null) {
    throw new TtError('NETWORK_UNAVAILABLE', { kind: wanted, reason: choice?.problem ?? reason('notConfigured') });
  }
  return wanted;
}

function firewallOptions({ agentTag, config, onForwards }: NetworkParts): FirewallOptions {
  // Which users are confined comes with the rules of each VM: those with user networking need the host's network.
  return { agentTag, confinedUids: null, onlyThisHost: config.onlyThisHost, changeForwards: onForwards };
}

async function bridgedFirewall(parts: NetworkParts): Promise<{ firewall: Firewall; problem: Reason | null }> {
  const { config, vmUids, hostChanges, logger } = parts;
  const firewall = loadFirewall('nft', firewallOptions(parts));
  // Asked for user networking only: then nothing of the host is touched, not even with root's rights.
  if (config.network === 'user') return { firewall, problem: reason('userNetworkingOnly') };
  try {
    if (process.getuid?.() === 0) await hostChanges.plan({ ...FORWARDING, servesInterfaces: true });
    await firewall.init();
    if (vmUids) await openTunToUsers(hostChanges, logger);
    const { firstPort, lastPort } = config;
    const onChange = (file: string, after: string) => hostChanges.plan({ file, what: 'content', after });
    if ((await reserveEphemeral({ firstPort, lastPort }, undefined, onChange)) === 'notAllowed') {
      logger.warn({ firstPort, lastPort }, 'the kernel may give ports of the public range to other programs');
    }
    return { firewall, problem: null };
  } catch (error) {
    if (!(error instanceof FirewallError)) throw error;
    return { firewall, problem: error.reason };
  }
}

/**
 * A tap belongs to one user, whom the kernel lets open it; the device in front of all taps has to be open to everybody for
 * that (0666, as udev makes it). Some containers have it for root only.
 */
async function openTunToUsers(hostChanges: HostChanges, logger: Logger): Promise<void> {
  try {
    const { mode } = await stat(TUN_DEVICE);
    if ((mode & 0o006) === 0o006) return;
    await hostChanges.plan({ file: TUN_DEVICE, what: 'mode', after: '666' });
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

function bridgedNetworks({ config, agentTag, stateDirectory }: NetworkParts): Network[] {
  const shared = { agentTag, stateDirectory };
  const { lanDevice: device } = config;
  return [
    ...(device === null ? [] : [loadNetwork({ kind: 'bridge', options: { agentTag, device } })]),
    loadNetwork({ kind: 'nat', options: { ...shared, pool: config.natPool } }),
    loadNetwork({
      kind: 'flat',
      options: {
        ...shared,
        pool: config.flatPool,
        localAddress: config.flatLocalAddress ?? hostAddress,
        peers: config.flatPeers,
        port: config.flatPort,
      },
    }),
  ];
}

async function switchChoice({ config, switches }: NetworkParts): Promise<NetworkChoice> {
  const { directory, runRoot, entry } = switches;
  const files = new FolderFiles(networkFolder(directory));
  // An agent within another program can't start itself again, and Electron is no Node for others: its switches end with it, and are
  // back with the next one.
  const isOwnProgram = entry !== null && process.versions['electron'] === undefined;
  const network = loadNetwork({
    kind: 'switch',
    options: {
      files,
      runner: isOwnProgram
        ? new SwitchProcess({ directory, command: [process.execPath, ...process.execArgv, entry] })
        : new LocalRunner({ files }),
      runDirectoryOf: (vmId) => path.join(runRoot, vmId),
      pool: config.switchPool,
      routes: hostRoutes,
      isRoot: process.getuid?.() === 0,
    },
  });
  return { kind: 'switch', network, problem: await problemOf(network) };
}

async function problemOf(network: Network): Promise<Reason | null> {
  try {
    await network.init();
    return null;
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error;
    return error.reason;
  }
}

function fakes(parts: NetworkParts, user: Firewall): ChosenNetworks {
  const { config, agentTag } = parts;
  const { lanDevice: device } = config;
  const host = new FakeNetworkHost();
  const fake = (kind: 'nat' | 'flat', pool: string) =>
    loadNetwork({ kind: 'fake', options: { agentTag, kind, pool, host } });
  const fakeBridge = () =>
    device === null
      ? NO_BRIDGE
      : {
          ...NO_BRIDGE,
          network: loadNetwork({ kind: 'fakeBridge', options: { agentTag, device, host } }),
          problem: null,
        };
  const choices: NetworkChoice[] = [
    { kind: 'user', network: loadNetwork({ kind: 'user' }), problem: null },
    { kind: 'nat', network: fake('nat', config.natPool), problem: null },
    { kind: 'flat', network: fake('flat', config.flatPool), problem: null },
    fakeBridge(),
    {
      kind: 'switch',
      network: loadNetwork({
        kind: 'fakeSwitch',
        options: { pool: config.switchPool, runDirectoryOf: (vmId) => path.join(parts.switches.runRoot, vmId) },
      }),
      problem: null,
    },
  ];
  const defaultKind = config.network === 'auto' ? 'user' : config.network;
  return {
    networks: new Networks(choices, defaultKind),
    firewalls: new Firewalls(user, parts.fakeFirewall ?? loadFirewall('fake', firewallOptions(parts))),
  };
}

/** The address at which other machines reach this one: of the first interface that is neither loopback nor TT's. */
export function hostAddress(): string {
  const ours = /^tt[btx]/;
  for (const [name, addresses] of Object.entries(networkInterfaces())) {
    if (ours.test(name)) continue;
    const found = addresses?.find(({ family, internal }) => family === 'IPv4' && !internal);
    if (found) return found.address;
  }
  return '127.0.0.1';
}
