// The common part of nat and flat: a bridge per ENV, a tap per NIC, a DHCP server per ENV, limits by tc. They differ in how they
// choose addresses and in what else is attached to the bridge, which are the abstract methods.
import type { NicAttachment } from '../../engines/interface.ts';
import { mapLimit } from '../../host/map-limit.ts';
import { runCommand } from '../../host/run-command.ts';
import type { UndoStack } from '../../host/undo-stack.ts';
import { type Block, parseCidr } from '../address-pool.ts';
import { NetworkError } from '../errors.ts';
import type { EnvNetwork, EnvRequest, Network, NetworkFeature, Nic, NicRequest } from '../interface.ts';
import { fencedTwin } from '../fenced-twin.ts';
import { createMac, macNumber } from '../mac.ts';
import { checkTag, freeTap, linkName, readLinkName } from '../names.ts';
import { limiterOf } from './bandwidth.ts';
import { distinctEnvs, leases, tapOf, tapSpecs } from './nic-requests.ts';
import { EnvServers, type GuestSettings, SERVER_WIDTH } from './env-servers.ts';
import { fenceName, mustHaveAddress, raiseFence, removeFences } from './fence.ts';
import { HostLinks, type Run } from './host-links.ts';
import { isLeftover } from './leftovers.ts';
import { limitNics } from './limit-nics.ts';
import { type BridgeSpec, bridgeMac, isSegmentOf, type LinkPlan, planLinks } from './link-plan.ts';
import { Mutex } from '../../host/mutex.ts';
import { undoing } from './undoing.ts';

export interface BridgedOptions {
  /** 4 hex digits in the names of all it makes. */
  agentTag: string;
  /**
   * Absolute folder for the files of dnsmasq, which reads them as an unprivileged user: every folder above must be
   * searchable by others. They are worth nothing after a reboot, so below /run is best.
   */
  stateDirectory: string;
  /** Last part of the DNS names of guests, `<vm>.<env>.<suffix>`; default `tt`. */
  domainSuffix?: string;
  /** The user dnsmasq runs as; default `nobody`. */
  dnsmasqUser?: string;
  /** How commands are run; default: on this host. */
  run?: Run;
}

export abstract class BridgedNetwork implements Network {
  abstract readonly kind: 'nat' | 'flat';
  protected abstract readonly features: readonly NetworkFeature[];
  protected readonly links: HostLinks;
  protected readonly tag: string;
  readonly #servers: EnvServers;
  readonly #changes = new Mutex();
  /** Why bridges that were there are to be adapted to the host; stays until that has worked. */
  #outdated: string | null = null;

  constructor(options: BridgedOptions) {
    const all = { domainSuffix: 'tt', dnsmasqUser: 'nobody', run: runCommand, ...options };
    this.tag = checkTag(options.agentTag);
    this.links = new HostLinks(all.run);
    this.#servers = new EnvServers(
      all,
      (env) => this.#blockOf(env),
      () => this.guestSettings,
    );
  }

  abstract planEnv(request: EnvRequest, taken: readonly EnvNetwork[]): Promise<EnvNetwork>;
  /** An address for the NIC with this MAC that is not in `taken`; null if none is left. */
  protected abstract chooseAddress(block: Block, mac: string, taken: ReadonlySet<string>): string | null;
  /** The ENV's bridge as it should be. */
  protected abstract bridgeSpec(env: EnvNetwork, block: Block): BridgeSpec;
  /** What guests are told by DHCP: MTU, and whether this host is their gateway. */
  protected abstract readonly guestSettings: GuestSettings;
  /** Sets up what else is needed once the bridges exist. */
  protected abstract afterLinks(envs: readonly EnvNetwork[]): Promise<void>;
  /** Whether bridges have to be another way now than when they were made. Says why in plain words; null: no. */
  protected abstract followHost(): string | null;

  async init(): Promise<void> {
    if (process.getuid?.() !== 0) {
      throw new NetworkError('NOT_ROOT', `a ${this.kind} network needs an agent that runs as root`);
    }
    await this.links.checkTools();
    await this.links.checkTool('dnsmasq', ['--version'], 'dnsmasq-base');
    await this.#servers.init();
  }

  checkFeatures(wanted: readonly string[]): string[] {
    return wanted.filter((name) => !(this.features as readonly string[]).includes(name));
  }

  planNic(
    env: EnvNetwork,
    { bandwidthMbps }: { bandwidthMbps: number | null },
    taken: { nics: readonly Nic[]; macs: ReadonlySet<string> },
  ): Nic {
    const mac = createMac(taken.macs);
    const addresses = new Set(taken.nics.flatMap(({ ip }) => (ip === null ? [] : [ip])));
    const ip = this.chooseAddress(this.#blockOf(env), mac, addresses);
    if (ip === null) throw new NetworkError('NETWORK_FULL', `${env.envName} has no address left in ${env.cidr}`);
    // The MAC is unique on this host, and so is what follows from it.
    return { kind: this.kind, mac, ip, tap: linkName(this.tag, 'tap', macNumber(mac)), bandwidthMbps };
  }

  planFence(original: EnvNetwork, envName: string, taken: readonly EnvNetwork[]): EnvNetwork {
    // A twin of a twin has that of the first.
    const gatewayMac = original.gatewayMac ?? bridgeMac(this.bridgeOf(original));
    return { ...fencedTwin(original, envName, taken), gatewayMac };
  }

  planTwin(original: Nic, taken: { nics: readonly Nic[]; macs: ReadonlySet<string> }): Nic {
    return { ...original, tap: freeTap(this.tag, taken) };
  }

  setNet(requests: readonly NicRequest[]): Promise<void> {
    if (requests.length === 0) return Promise.resolve();
    return this.#changes.run(() => undoing((undo) => this.#setNet(requests, undo)));
  }

  async #setNet(requests: readonly NicRequest[], undo: UndoStack): Promise<void> {
    const envs = distinctEnvs(requests);
    const bridges = envs.map((env) => this.#requestOf(env));
    const userName = (uid: number) => this.links.userName(uid);
    const taps = await tapSpecs(requests, (env) => this.bridgeOf(env), userName);
    const served = leases(requests, this.tag, (env) => this.#blockOf(env));

    const links = planLinks(this.tag, await this.links.read(), bridges, taps);
    undo.add('interfaces', async () => void (await this.#removeLinks((name) => links.made.includes(name))));
    await this.#carryOut(links, envs);
    const newFences = await this.#raiseFences(envs, undo);

    const nics = requests.map(({ nic }) => nic);
    await limitNics(this.links, this.tag, nics, undo);

    await mapLimit(envs, SERVER_WIDTH, async (env) => {
      const server = this.#servers.of(env);
      const before = await server.nics();
      undo.add(`DHCP server of ${env.envName}`, () => server.restore(before));
      const set = served.filter(({ number }) => number === env.number).map((lease) => lease.served);
      const anew = links.madeBridges.includes(this.bridgeOf(env)) || newFences.has(env.number);
      await server.change({ set, unset: [] }, { anew });
    });
  }

  async #carryOut({ make, settings, raise }: LinkPlan, envs: readonly EnvNetwork[]): Promise<void> {
    await this.links.batch('ip', make);
    await this.links.sysctl(settings);
    await this.links.batch('ip', raise);
    await this.afterLinks(envs.filter((env) => !env.fenced));
  }

  /** Numbers of the networks whose fence is a new one. */
  async #raiseFences(envs: readonly EnvNetwork[], undo: UndoStack): Promise<Set<number>> {
    const raised = new Set<number>();
    for (const env of envs.filter(({ fenced }) => fenced)) {
      const block = this.#blockOf(env);
      const { address, mtu } = this.bridgeSpec(env, block);
      const { number, gatewayMac = null } = env;
      const spec = { number, bridge: this.bridgeOf(env), prefixLength: block.prefixLength, mtu, gatewayMac };
      const present = await this.links.read();
      if (!(await this.#hasFence(env))) {
        undo.add(`fence of ${env.envName}`, async () => {
          await removeFences(this.links, this.tag, (number) => number === env.number);
        });
      }
      const isNew = await raiseFence(this.links, this.tag, present, {
        ...spec,
        address: mustHaveAddress(address, env.envName),
      });
      if (isNew) raised.add(env.number);
    }
    return raised;
  }

  async #hasFence(env: EnvNetwork): Promise<boolean> {
    return (await this.links.namespaces()).includes(fenceName(this.tag, env.number));
  }

  unsetNet(requests: readonly NicRequest[]): Promise<void> {
    if (requests.length === 0) return Promise.resolve();
    return this.#changes.run(async () => {
      const taps = new Set(requests.map(({ nic }) => tapOf(nic)));
      const gone = new Set([...taps].flatMap((tap) => [tap, limiterOf(this.tag, tap) ?? tap]));
      await this.#removeLinks((name) => gone.has(name));
      await mapLimit(distinctEnvs(requests), SERVER_WIDTH, (env) => {
        const unset = requests.filter((request) => request.env.number === env.number).map(({ nic }) => nic.mac);
        return this.#servers.of(env).change({ set: [], unset }, { anew: false });
      });
    });
  }

  destroyEnv(env: EnvNetwork): Promise<void> {
    return this.#changes.run(async () => {
      await this.#servers.of(env).destroy();
      if (env.fenced) await removeFences(this.links, this.tag, (number) => number === env.number);
      const taps = [...(await this.links.read()).values()].filter(({ name, master }) => {
        const isOfEnv = master === this.bridgeOf(env) || isSegmentOf(this.tag, master ?? '', env.number);
        return isOfEnv && readLinkName(this.tag, name)?.role === 'tap';
      });
      const plugged = new Set(taps.flatMap(({ name }) => [name, limiterOf(this.tag, name) ?? name]));
      await this.#removeLinks((name) => {
        const meaning = readLinkName(this.tag, name);
        if (meaning?.role === 'tap' || meaning?.role === 'limiter') return plugged.has(name);
        return meaning?.number === env.number;
      });
    });
  }

  attachment(nic: Nic): NicAttachment {
    const { mtu } = this.guestSettings;
    return { kind: 'tap', mac: nic.mac, tap: tapOf(nic), ...(mtu !== null && { mtu }) };
  }

  bridgeOf(env: EnvNetwork): string {
    return linkName(this.tag, 'bridge', env.number);
  }

  repair(envs: readonly EnvNetwork[]): Promise<string[]> {
    const ours = envs.filter((env) => env.kind === this.kind);
    return this.#changes.run(async () => [...(await this.#adapt(ours)), ...(await this.#servers.repair(ours))]);
  }

  /** Makes bridges that are there what they have to be since the host is another way. */
  async #adapt(envs: readonly EnvNetwork[]): Promise<string[]> {
    const why = this.followHost() ?? this.#outdated;
    if (why === null) return [];
    this.#outdated = why;
    const present = await this.links.read();
    const there = envs.filter((env) => present.has(this.bridgeOf(env)));
    const bridges = there.map((env) => this.#requestOf(env));
    await this.#carryOut(planLinks(this.tag, present, bridges, []), there);
    this.#outdated = null;
    return [why];
  }

  sweep(known: { envs: readonly EnvNetwork[]; nics: readonly Nic[] }): Promise<string[]> {
    return this.#changes.run(async () => {
      const numbers = new Set(known.envs.map((env) => env.number));
      const told = await this.#servers.sweep(numbers);
      const fences = await removeFences(this.links, this.tag, (number) => !numbers.has(number));
      told.push(...fences.map((name) => `removed the network namespace ${name}`));
      const removed = await this.#removeLinks(isLeftover(this.tag, known));
      return [...told, ...removed.map((name) => `removed the interface ${name}`)];
    });
  }

  counters(taps: readonly string[]): Promise<Map<string, { receivedBytes: number; sentBytes: number }>> {
    return this.links.guestBytes(taps);
  }

  #removeLinks(isUnwanted: (name: string) => boolean): Promise<string[]> {
    return this.links.removeOf(this.tag, isUnwanted);
  }

  #blockOf(env: EnvNetwork): Block {
    if (env.kind !== this.kind || env.cidr === null) {
      throw new NetworkError('OPTION_INVALID', `${env.envName} has no ${this.kind} network`);
    }
    return parseCidr(env.cidr);
  }

  /** A fenced bridge is isolated: no address of the host, no routing, no other hosts. */
  #requestOf(env: EnvNetwork): BridgeSpec {
    const spec = this.bridgeSpec(env, this.#blockOf(env));
    if (!env.fenced) return spec;
    return { ...spec, address: null, keepAddress: () => false, forwarding: false, vxlan: null };
  }
}
