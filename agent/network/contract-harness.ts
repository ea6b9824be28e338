// What the network contract suites need from their callers, and a planner that works like the operations.
import type { EnvNetwork, Network, Nic, NicRequest } from './interface.ts';

/** What represents a VM. */
export interface Guest {
  /** Requests an address by DHCP; null if there is no answer. */
  lease(): Promise<GuestLease | null>;
  /** Resolves a name with the server that gave the lease; null if there is no address. */
  resolve(name: string): Promise<string | null>;
  unplug(): Promise<void>;
}

export interface GuestLease {
  address: string;
  /** The default gateway; null if the server announces none. */
  router: string | null;
  mtu: number | null;
}

export interface NetworkHarness {
  network: Network;
  /** Another driver on the same host, as after a restart of the agent, or that of another agent or with another pool. */
  another(options?: { agentTag?: string; pool?: string }): Network;
  /** The MTU announced to the network's NICs, if it carries less than 1500 bytes. */
  nicMtu?: number;
  /** Names of all interfaces of the host, sorted. */
  interfaces(): Promise<string[]>;
  remove(): Promise<void>;
}

/** The harness of networks with a bridge to connect to. */
export interface BridgedHarness extends NetworkHarness {
  plugIn(nic: Nic): Promise<Guest>;
  /** Ends the ENV's DHCP server as a crash would. */
  killServer(env: EnvNetwork): Promise<void>;
  /** Identifies the run of the ENV's DHCP server; null if none runs. */
  serverRun(env: EnvNetwork): Promise<string | null>;
  /** A pool that fits exactly one ENV. */
  tinyPool: string;
}

/** Plans ENVs and NICs like the operations do: everything planned counts as taken. */
export class Plans {
  readonly envs: EnvNetwork[] = [];
  readonly requests: NicRequest[] = [];
  readonly #network: Network;

  constructor(network: Network) {
    this.#network = network;
  }

  get nics(): Nic[] {
    return this.requests.map(({ nic }) => nic);
  }

  async env(envName: string, nicCount = 1): Promise<EnvNetwork> {
    const env = await this.#network.planEnv({ envName, nicCount }, this.envs);
    this.envs.push(env);
    return env;
  }

  nic(env: EnvNetwork, hostname: string, bandwidthMbps: number | null = null): NicRequest {
    const taken = { nics: this.nics, macs: new Set(this.nics.map(({ mac }) => mac)) };
    const nic = this.#network.planNic(env, { bandwidthMbps }, taken);
    const request = { env, vmId: `vm-${hostname}`, hostname, nic, index: 0, ownerUid: null };
    this.requests.push(request);
    return request;
  }
}
