// The DHCP servers of ENVs, one per bridge: where each serves (on the bridge, or behind a fence), its settings, and which ones
// exist.
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { mapLimit } from '../../host/map-limit.ts';
import type { Block } from '../address-pool.ts';
import { NetworkError } from '../errors.ts';
import type { EnvNetwork } from '../interface.ts';
import { dnsLabel, linkName, readLinkName } from '../names.ts';
import { closedFolder } from '../network-folder.ts';
import { DhcpServer, makeOpenFolder } from './dhcp-server.ts';
import { fenceGateway, fenceName } from './fence.ts';
import type { Run } from './host-links.ts';

/** The number of servers handled concurrently. */
export const SERVER_WIDTH = 4;

export interface ServerOptions {
  agentTag: string;
  stateDirectory: string;
  domainSuffix: string;
  dnsmasqUser: string;
  run: Run;
}

/** What guests are told by DHCP: MTU, and whether this host is their gateway. */
export interface GuestSettings {
  mtu: number | null;
  isGateway: boolean;
}

export class EnvServers {
  readonly #options: ServerOptions;
  readonly #blockOf: (env: EnvNetwork) => Block;
  readonly #settings: () => GuestSettings;

  constructor(options: ServerOptions, blockOf: (env: EnvNetwork) => Block, settings: () => GuestSettings) {
    this.#options = options;
    this.#blockOf = blockOf;
    this.#settings = settings;
  }

  /** Makes the folder of their files, which dnsmasq must be able to reach. */
  async init(): Promise<void> {
    await makeOpenFolder(this.#options.stateDirectory);
    await checkSearchable(this.#options.stateDirectory);
  }

  of(env: EnvNetwork): DhcpServer {
    const { agentTag: tag } = this.#options;
    const { number } = env;
    const bridge = linkName(tag, 'bridge', number);
    const fence = env.fenced ? { name: fenceName(tag, number), gateway: fenceGateway(tag, number) } : null;
    return this.#server(bridge, this.#blockOf(env), dnsLabel(env.envName), fence);
  }

  /** Restarts those that are gone; returns a description of each, also of those that cannot be restarted. */
  async repair(envs: readonly EnvNetwork[]): Promise<string[]> {
    const told = await mapLimit(envs, SERVER_WIDTH, async (env) => {
      const server = `the DHCP server of ${env.envName}`;
      try {
        return (await this.of(env).repair()) ? [`${server} was gone and has been started again`] : [];
      } catch (error) {
        // One ENV's trouble must not keep the others from being looked after.
        return [`${server} is gone and could not be started: ${String(error)}`];
      }
    });
    return told.flat();
  }

  /** Ends those of networks with unknown numbers, and returns which. */
  async sweep(known: ReadonlySet<number>): Promise<string[]> {
    const told: string[] = [];
    for (const bridge of await readdir(this.#options.stateDirectory)) {
      const meaning = readLinkName(this.#options.agentTag, bridge);
      if (meaning?.role !== 'bridge' || known.has(meaning.number)) continue;
      await this.#server(bridge).destroy();
      told.push(`removed the DHCP server and the files of ${bridge}`);
    }
    return told;
  }

  /** Without block and label good for ending it only. */
  #server(
    bridge: string,
    block: Block = { base: 0, prefixLength: 24 },
    label = 'unnamed',
    fence: { name: string; gateway: string } | null = null,
  ): DhcpServer {
    const { stateDirectory, domainSuffix, dnsmasqUser: user, run } = this.#options;
    const directory = path.join(stateDirectory, bridge);
    const domain = `${label}.${domainSuffix}`;
    const place = { directory, bridge: fence?.gateway ?? bridge, fence: fence?.name ?? null };
    return new DhcpServer({ ...place, block, domain, user, ...this.#settings() }, run);
  }
}

/** dnsmasq reads its files as an unprivileged user; better said now than by guests without an address. */
async function checkSearchable(directory: string): Promise<void> {
  const folder = await closedFolder(directory);
  if (folder !== null)
    throw new NetworkError('OPTION_INVALID', `${folder} is closed to others, so dnsmasq can't read ${directory}`);
}
