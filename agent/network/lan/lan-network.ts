// bridge: NICs join a bridge of this host that leads into the network around it (a company's LAN), whose DHCP server gives them
// addresses. That bridge is the administrator's: only taps are attached to it, and nothing of it is created, changed or removed.
import type { NicAttachment } from '../../engines/interface.ts';
import { Mutex } from '../../host/mutex.ts';
import { runCommand } from '../../host/run-command.ts';
import type { UndoStack } from '../../host/undo-stack.ts';
import { limiterOf } from '../bridged/bandwidth.ts';
import { type HostLink, HostLinks, type Run } from '../bridged/host-links.ts';
import { isLeftover } from '../bridged/leftovers.ts';
import { limitNics } from '../bridged/limit-nics.ts';
import { type LinkPlan, planForeignTaps, planLinks, type TapSpec } from '../bridged/link-plan.ts';
import { distinctEnvs, tapOf, tapSpecs } from '../bridged/nic-requests.ts';
import { undoing } from '../bridged/undoing.ts';
import { NetworkError } from '../errors.ts';
import { fencedTwin } from '../fenced-twin.ts';
import type { EnvNetwork, EnvRequest, Network, NetworkFeature, Nic, NicRequest } from '../interface.ts';
import { createLanMac } from '../mac.ts';
import { checkTag, freeTap, linkName, readLinkName } from '../names.ts';
import { nextNumber } from '../next-number.ts';
import { LanGuard } from './lan-guard.ts';

export interface LanOptions {
  /** 4 hex digits in the names of all it makes. */
  agentTag: string;
  /** Name of the host's bridge. */
  device: string;
  /** How commands are run; default: on this host. */
  run?: Run;
}

// No isolation and no names: guests are machines of that network like any other, and reach whatever it reaches.
const features: readonly NetworkFeature[] = ['severalNics', 'bandwidth', 'severalHosts'];

export class LanNetwork implements Network {
  readonly kind = 'bridge';
  readonly #tag: string;
  readonly #device: string;
  readonly #links: HostLinks;
  readonly #guard: LanGuard;
  readonly #changes = new Mutex();
  /** Of NICs that are set up on the host's bridge, by tap. */
  readonly #taps = new Map<string, TapSpec>();

  constructor({ agentTag, device, run = runCommand }: LanOptions) {
    this.#tag = checkTag(agentTag);
    this.#device = device;
    this.#links = new HostLinks(run);
    this.#guard = new LanGuard(agentTag, run);
  }

  async init(): Promise<void> {
    if (process.getuid?.() !== 0) {
      throw new NetworkError('NOT_ROOT', 'NICs on a bridge of the host need an agent that runs as root');
    }
    await this.#links.checkTools();
    await this.#guard.check();
    await this.#guard.adopt();
    this.#bridgeIn(await this.#links.read());
  }

  checkFeatures(wanted: readonly string[]): string[] {
    return wanted.filter((name) => !(features as readonly string[]).includes(name));
  }

  async planEnv({ envName }: EnvRequest, taken: readonly EnvNetwork[]): Promise<EnvNetwork> {
    return { kind: 'bridge', envName, number: nextNumber(taken), cidr: null, vni: null };
  }

  planNic(
    _env: EnvNetwork,
    { bandwidthMbps }: { bandwidthMbps: number | null },
    taken: { nics: readonly Nic[]; macs: ReadonlySet<string> },
  ): Nic {
    return {
      kind: 'bridge',
      mac: createLanMac(taken.macs),
      ip: null,
      tap: freeTap(this.#tag, taken),
      bandwidthMbps,
    };
  }

  planFence(original: EnvNetwork, envName: string, taken: readonly EnvNetwork[]): EnvNetwork {
    return fencedTwin(original, envName, taken);
  }

  planTwin(original: Nic, taken: { nics: readonly Nic[]; macs: ReadonlySet<string> }): Nic {
    return { ...original, tap: freeTap(this.#tag, taken) };
  }

  setNet(requests: readonly NicRequest[]): Promise<void> {
    if (requests.length === 0) return Promise.resolve();
    return this.#changes.run(() => undoing((undo) => this.#setNet(requests, undo)));
  }

  async #setNet(requests: readonly NicRequest[], undo: UndoStack): Promise<void> {
    for (const request of requests) this.#mustBeOurs(request);
    const userName = (uid: number) => this.#links.userName(uid);
    const named = await tapSpecs(requests, (env) => this.bridgeOf(env) ?? this.#device, userName);
    // The lowest MAC of its ports is that of a bridge without one of its own: never that of a tap.
    const specs = named.map((spec, index) => ({ ...spec, hostMac: `fe${requests[index]?.nic.mac.slice(2)}` }));
    const present = await this.#links.read();
    const plans = [this.#planLan(present, specs), this.#planFences(present, requests, specs)];
    const made = plans.flatMap((plan) => plan.made);
    undo.add('interfaces', async () => void (await this.#links.removeOf(this.#tag, (name) => made.includes(name))));
    for (const { make, settings } of plans) {
      await this.#links.batch('ip', make);
      await this.#links.sysctl(settings);
    }
    const guarded = requests.flatMap(({ env, nic }) => (env.fenced ? [] : [{ tap: tapOf(nic), mac: nic.mac }]));
    const isNew = new Set(made);
    undo.add('rules', () => this.#guard.unset(guarded.map(({ tap }) => tap).filter((tap) => isNew.has(tap))));
    // Before the first frame can pass.
    if (guarded.length > 0) await this.#guard.set(guarded);
    for (const { raise } of plans) await this.#links.batch('ip', raise);
    const nics = requests.map(({ nic }) => nic);
    await limitNics(this.#links, this.#tag, nics, undo);
    for (const spec of specs) if (spec.bridge === this.#device) this.#taps.set(spec.name, spec);
  }

  #planLan(present: ReadonlyMap<string, HostLink>, specs: readonly TapSpec[]): LinkPlan {
    const onLan = specs.filter(({ bridge }) => bridge === this.#device);
    if (onLan.length === 0) return planForeignTaps(present, { name: this.#device, mtu: null }, []);
    // A port with a smaller MTU would make the bridge's smaller.
    return planForeignTaps(present, { name: this.#device, mtu: this.#bridgeIn(present).mtu }, onLan);
  }

  /** A fenced ENV has a bridge of its own that leads nowhere. */
  #planFences(
    present: ReadonlyMap<string, HostLink>,
    requests: readonly NicRequest[],
    specs: readonly TapSpec[],
  ): LinkPlan {
    const bridges = distinctEnvs(requests)
      .filter(({ fenced }) => fenced)
      .map(({ number }) => ({
        name: linkName(this.#tag, 'bridge', number),
        number,
        address: null,
        prefixLength: 32,
        keepAddress: () => false,
        mtu: null,
        forwarding: false,
        vxlan: null,
      }));
    return planLinks(this.#tag, present, bridges, specs);
  }

  unsetNet(requests: readonly NicRequest[]): Promise<void> {
    if (requests.length === 0) return Promise.resolve();
    return this.#changes.run(async () => {
      const taps = requests.map(({ nic }) => tapOf(nic));
      const gone = new Set(taps.flatMap((tap) => [tap, limiterOf(this.#tag, tap) ?? tap]));
      for (const tap of taps) this.#taps.delete(tap);
      await this.#links.removeOf(this.#tag, (name) => gone.has(name));
      await this.#guard.unset(taps);
    });
  }

  /** Only a fenced one has a bridge; the others' NICs were removed with their VMs. */
  destroyEnv(env: EnvNetwork): Promise<void> {
    const bridge = this.bridgeOf(env);
    if (bridge === null) return Promise.resolve();
    return this.#changes.run(async () => {
      const ports = [...(await this.#links.read()).values()].filter(({ master }) => master === bridge);
      const plugged = new Set(ports.flatMap(({ name }) => [name, limiterOf(this.#tag, name) ?? name]));
      await this.#links.removeOf(this.#tag, (name) => plugged.has(name) || isBridgeOf(this.#tag, name, env));
    });
  }

  attachment(nic: Nic): NicAttachment {
    return { kind: 'tap', mac: nic.mac, tap: tapOf(nic) };
  }

  repair(): Promise<string[]> {
    return this.#changes.run(async () => {
      if (this.#taps.size === 0) return [];
      const told: string[] = [];
      const present = await this.#links.read();
      const bridge = present.get(this.#device);
      if (bridge?.kind !== 'bridge')
        return [`the bridge ${this.#device} is gone: its VMs have no network until it is back`];
      const rules = await this.#guard.repair();
      if (rules !== null) told.push(rules);
      const lost = [...this.#taps.values()].filter(({ name }) => isLost(present.get(name), this.#device));
      await this.#links.batch('ip', planForeignTaps(present, { name: this.#device, mtu: bridge.mtu }, lost).raise);
      return [...told, ...lost.map(({ name }) => `${name} was not on ${this.#device} and has joined it again`)];
    });
  }

  bridgeOf(env: EnvNetwork): string | null {
    return env.fenced ? linkName(this.#tag, 'bridge', env.number) : null;
  }

  sweep(known: { envs: readonly EnvNetwork[]; nics: readonly Nic[] }): Promise<string[]> {
    return this.#changes.run(async () => {
      const removed = await this.#links.removeOf(this.#tag, isLeftover(this.#tag, known));
      for (const name of removed) this.#taps.delete(name);
      const taps = new Set(known.nics.flatMap(({ kind, tap }) => (kind === this.kind ? [tap] : [])));
      if (taps.size === 0) await this.#guard.remove();
      else await this.#guard.unset(this.#guard.taps.filter((tap) => !taps.has(tap)));
      return removed.map((name) => `removed the interface ${name}`);
    });
  }

  counters(taps: readonly string[]): Promise<Map<string, { receivedBytes: number; sentBytes: number }>> {
    return this.#links.guestBytes(taps);
  }

  /** Throws BRIDGE_MISSING. */
  #bridgeIn(present: ReadonlyMap<string, HostLink>): HostLink {
    const bridge = present.get(this.#device);
    if (bridge?.kind === 'bridge') return bridge;
    const what = bridge ? 'is an interface, but not a bridge' : 'does not exist';
    throw new NetworkError('BRIDGE_MISSING', `${this.#device} ${what}`);
  }

  /** Throws OPTION_INVALID for a NIC of another agent, or one whose fields could not be written to commands. */
  #mustBeOurs({ env, nic }: NicRequest): void {
    const isOurs =
      readLinkName(this.#tag, tapOf(nic))?.role === 'tap' && /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/.test(nic.mac);
    if (env.kind === this.kind && nic.ip === null && isOurs) return;
    throw new NetworkError(
      'OPTION_INVALID',
      `${nic.tap} with ${nic.mac} is no NIC of ${env.envName} on ${this.#device}`,
    );
  }
}

function isBridgeOf(tag: string, name: string, env: EnvNetwork): boolean {
  const meaning = readLinkName(tag, name);
  return meaning !== null && !['tap', 'limiter'].includes(meaning.role) && meaning.number === env.number;
}

/** There, but on no bridge, or on another one: somebody made the bridge again. */
function isLost(tap: HostLink | undefined, device: string): boolean {
  return tap !== undefined && (tap.master !== device || !tap.isUp);
}
