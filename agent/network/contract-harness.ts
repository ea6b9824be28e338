// What the network contract suites need from their callers, and a planner that works like the operations.
import type { EnvNetwork, Network, Nic, NicRequest } from './interface.ts';

/** What stands in a VM's place. */
export interface Guest {
  /** Asks for an address by DHCP; null when nobody answers. */
  lease(): Promise<GuestLease | null>;
  /** Asks the server that gave the lease for the address of a name; null when there is none. */
  resolve(name: string): Promise<string | null>;
  unplug(): Promise<void>;
}

export interface GuestLease {
  address: string;
  /** The way out; null when the server names none. */
  router: string | null;
  mtu: number | null;
}

export interface NetworkHarness {
  network: Network;
  /** Another driver on the same host, as after a restart of the agent, or that of another agent or with another pool. */
  another(options?: { agentTag?: string; pool?: string }): Network;
  /** MTU that the network's NICs are told of, when it carries less than 1500 bytes. */
  nicMtu?: number;
  /** Names of all interfaces of the host, sorted. */
  interfaces(): Promise<string[]>;
  remove(): Promise<void>;
}

/** The rest of it, where there is something to plug into. */
export interface BridgedHarness extends NetworkHarness {
  plugIn(nic: Nic): Promise<Guest>;
  /** Ends the ENV's DHCP server as a crash would. */
  killServer(env: EnvNetwork): Promise<void>;
  /** Which run of the ENV's DHCP server it is; null when none runs. */
  serverRun(env: EnvNetwork): Promise<string | null>;
  /** A pool with room for just one ENV. */
  tinyPool: string;
}

/** Plans ENVs and NICs as the operations do: all that was planned counts as taken. */
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
    const request = { env, vmId: `vm-${hostname}`, hostname, nic, ownerUid: null };
    this.requests.push(request);
    return request;
  }
}
