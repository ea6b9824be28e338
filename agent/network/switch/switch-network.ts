// switch: for agents without root. Each QEMU has user networking of its own as the guest’s way out, and a switch of ours between the
// NICs of an ENV and those ways out (`env-switch.ts`). Nothing of the host's network is touched: unix sockets and one process.
import type { NicAttachment, PortForward } from '../../engines/interface.ts';
import { nicSockets } from '../../engines/nic-sockets.ts';
import { Mutex } from '../../host/mutex.ts';
import type { UndoStack } from '../../host/undo-stack.ts';
import {
  type Block,
  firstFreeBlock,
  formatAddress,
  formatCidr,
  parseAddress,
  parseCidr,
  prefixLengthFor,
} from '../address-pool.ts';
import { undoing } from '../bridged/undoing.ts';
import { NetworkError } from '../errors.ts';
import { fencedTwin } from '../fenced-twin.ts';
import type { EnvNetwork, EnvRequest, Network, NetworkFeature, Nic, NicRequest } from '../interface.ts';
import { createMac } from '../mac.ts';
import { dnsLabel } from '../names.ts';
import { nextNumber } from '../next-number.ts';
import type { NetworkFiles, SwitchedNetwork, SwitchedNic } from './network-files.ts';
import type { SwitchRunner } from './runner.ts';
import { isNicAddress, type SwitchAddresses, switchAddresses } from './switch-addresses.ts';

export interface SwitchOptions {
  files: NetworkFiles;
  runner: SwitchRunner;
  /** Where the sockets of a VM are: the absolute folder of its engine. */
  runDirectoryOf: (vmId: string) => string;
  /** IPv4 CIDR whose blocks the ENVs get; default `10.213.0.0/16`. */
  pool?: string;
  /** Last part of the DNS names of guests, `<vm>.<env>.<suffix>`; default `tt`. */
  domainSuffix?: string;
  /** Networks that no ENV may get; default: none. */
  routes?: () => Promise<readonly Block[]>;
  /** Whether the agent is root's. */
  isRoot?: boolean;
}

const features: readonly NetworkFeature[] = ['portForward', 'severalNics', 'isolation', 'names', 'fixedAddress'];

export class SwitchNetwork implements Network {
  readonly kind = 'switch';
  readonly #options: SwitchOptions;
  readonly #pool: Block;
  readonly #suffix: string;
  readonly #changes = new Mutex();

  constructor(options: SwitchOptions) {
    this.#options = options;
    this.#pool = parseCidr(options.pool ?? '10.213.0.0/16');
    this.#suffix = options.domainSuffix ?? 'tt';
  }

  async init(): Promise<void> {
    if (!this.#options.isRoot) return;
    // It would have to connect, as root, to sockets in folders that belong to guests' users.
    const why = 'an agent of root has a user for each VM, to which a switch can’t connect; it has nat';
    throw new NetworkError('FEATURE_UNSUPPORTED', why);
  }

  checkFeatures(wanted: readonly string[]): string[] {
    return wanted.filter((name) => !(features as readonly string[]).includes(name));
  }

  async planEnv({ envName, nicCount }: EnvRequest, taken: readonly EnvNetwork[]): Promise<EnvNetwork> {
    const others = taken.flatMap(({ cidr }) => (cidr === null ? [] : [parseCidr(cidr)]));
    const routes = (await this.#options.routes?.()) ?? [];
    // One more than other networks: the name server has an address of its own.
    const prefixLength = prefixLengthFor(nicCount + 1);
    const block = firstFreeBlock(this.#pool, prefixLength, [...others, ...routes]);
    if (block === null) {
      const message = `no free /${prefixLength} for ${envName} in ${formatCidr(this.#pool)} beside ${others.length} networks and the routes of this host`;
      throw new NetworkError('POOL_EXHAUSTED', message);
    }
    return { kind: 'switch', envName, number: nextNumber(taken), cidr: formatCidr(block), vni: null };
  }

  planNic(
    env: EnvNetwork,
    { bandwidthMbps }: { bandwidthMbps: number | null },
    taken: { nics: readonly Nic[]; macs: ReadonlySet<string> },
  ): Nic {
    if (bandwidthMbps !== null) {
      throw new NetworkError('FEATURE_UNSUPPORTED', 'a switch has no bandwidth limit; a nat network has');
    }
    const { firstNic, lastNic } = this.#addressesOf(env);
    const addresses = new Set(taken.nics.map(({ ip }) => ip));
    for (let address = firstNic; address <= lastNic; address++) {
      const ip = formatAddress(address);
      if (addresses.has(ip)) continue;
      return { kind: 'switch', mac: createMac(taken.macs), ip, tap: null, bandwidthMbps: null };
    }
    throw new NetworkError('NETWORK_FULL', `${env.envName} has no address left in ${env.cidr}`);
  }

  planFence(original: EnvNetwork, envName: string, taken: readonly EnvNetwork[]): EnvNetwork {
    return fencedTwin(original, envName, taken);
  }

  planTwin(original: Nic): Nic {
    return { ...original };
  }

  setNet(requests: readonly NicRequest[]): Promise<void> {
    if (requests.length === 0) return Promise.resolve();
    return this.#changes.run(() => undoing((undo) => this.#setNet(requests, undo)));
  }

  async #setNet(requests: readonly NicRequest[], undo: UndoStack): Promise<void> {
    const nics = requests.map((request) => ({ env: request.env, nic: this.#switched(request) }));
    // Undone last: when the files are as they were.
    undo.add('switch', () => this.#follow());
    for (const [env, requested] of byEnv(nics)) {
      await this.#change(env, undo, (present) => {
        for (const nic of requested) present.set(nic.mac, nic);
      });
    }
    await this.#options.runner.apply(requests.map(({ env }) => env.number));
  }

  unsetNet(requests: readonly NicRequest[]): Promise<void> {
    if (requests.length === 0) return Promise.resolve();
    return this.#changes.run(() =>
      undoing(async (undo) => {
        const macs = requests.map(({ env, nic }) => ({ env, nic: nic.mac }));
        for (const [env, gone] of byEnv(macs)) {
          await this.#change(env, undo, (present) => {
            for (const mac of gone) present.delete(mac);
          });
        }
        await this.#follow();
      }),
    );
  }

  destroyEnv(env: EnvNetwork): Promise<void> {
    return this.#changes.run(async () => {
      await this.#options.files.remove(env.number);
      await this.#follow();
    });
  }

  attachment(
    nic: Nic,
    user: { forwards: readonly PortForward[]; denyOutgoing: boolean },
    env: EnvNetwork,
  ): NicAttachment {
    const { gateway, nameServer } = this.#addressesOf(env);
    return {
      kind: 'switch',
      mac: nic.mac,
      ip: formatAddress(this.#addressOf(env, nic)),
      cidr: env.cidr ?? '',
      gateway: formatAddress(gateway),
      nameServer: formatAddress(nameServer),
      ...user,
    };
  }

  repair(envs: readonly EnvNetwork[]): Promise<string[]> {
    return this.#changes.run(async () => {
      const { runner } = this.#options;
      const numbers = new Set(envs.filter(({ kind }) => kind === this.kind).map(({ number }) => number));
      const { inUse } = await this.#networks();
      if (!inUse.some((number) => numbers.has(number)) || (await runner.run()) !== null) return [];
      await runner.apply(inUse);
      const names = envs.filter(({ number }) => inUse.includes(number)).map(({ envName }) => envName);
      return [`the switch of ${names.join(', ')} was gone and has been started again`];
    });
  }

  bridgeOf(): null {
    return null;
  }

  sweep(known: { envs: readonly EnvNetwork[]; nics: readonly Nic[] }): Promise<string[]> {
    return this.#changes.run(async () => {
      const { files } = this.#options;
      const numbers = new Set(known.envs.filter(({ kind }) => kind === this.kind).map(({ number }) => number));
      const macs = new Set(known.nics.filter(({ kind }) => kind === this.kind).map(({ mac }) => mac));
      const told: string[] = [];
      for (const number of await files.numbers()) {
        if (!numbers.has(number)) {
          await files.remove(number);
          told.push(`removed the switched network ${number}`);
          continue;
        }
        const network = await this.#read(number);
        if (network === 'broken') {
          await files.remove(number);
          told.push(`removed the file of the switched network ${number}, which could not be read`);
          continue;
        }
        const gone = network?.nics.filter(({ mac }) => !macs.has(mac)) ?? [];
        if (!network || gone.length === 0) continue;
        await files.write({ ...network, nics: network.nics.filter(({ mac }) => macs.has(mac)) });
        told.push(...gone.map(({ mac }) => `removed the NIC ${mac} from the switched network ${number}`));
      }
      const { inUse } = await this.#networks();
      if (told.length > 0 || inUse.length === 0) await this.#follow();
      return told;
    });
  }

  /** They pass no interface of the host. */
  async counters(): Promise<Map<string, { receivedBytes: number; sentBytes: number }>> {
    return new Map();
  }

  /** Makes the switches do what the files say; ends them if there is nothing to do. */
  async #follow(): Promise<void> {
    const { runner } = this.#options;
    const { inUse, hasBroken } = await this.#networks();
    // Machines of one that can't be read may still be plugged in.
    if (inUse.length === 0 && !hasBroken) await runner.end();
    else if ((await runner.run()) !== null) await runner.apply(inUse);
  }

  /** `inUse`: numbers of those with NICs. `hasBroken`: there is a file that can't be read. */
  async #networks(): Promise<{ inUse: number[]; hasBroken: boolean }> {
    const inUse: number[] = [];
    let hasBroken = false;
    for (const number of await this.#options.files.numbers()) {
      const network = await this.#read(number);
      if (network === 'broken') hasBroken = true;
      else if (network !== null && network.nics.length > 0) inUse.push(number);
    }
    return { inUse, hasBroken };
  }

  /** `broken`: something else wrote there, or half of it is lost. What the records say is written there again. */
  async #read(number: number): Promise<SwitchedNetwork | 'broken' | null> {
    try {
      return await this.#options.files.read(number);
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
      return 'broken';
    }
  }

  async #change(env: EnvNetwork, undo: UndoStack, change: (nics: Map<string, SwitchedNic>) => void): Promise<void> {
    const { files } = this.#options;
    const found = await this.#read(env.number);
    const before = found === 'broken' ? null : found;
    const nics = new Map((before?.nics ?? []).map((nic) => [nic.mac, nic]));
    change(nics);
    if (before === null && nics.size === 0) return;
    undo.add(`network of ${env.envName}`, () => (before === null ? files.remove(env.number) : files.write(before)));
    await files.write({ ...this.#fileOf(env), nics: [...nics.values()] });
  }

  #fileOf(env: EnvNetwork): Omit<SwitchedNetwork, 'nics'> {
    const domain = `${dnsLabel(env.envName)}.${this.#suffix}`;
    return { version: 1, number: env.number, cidr: env.cidr ?? '', domain, isFenced: env.fenced === true };
  }

  /** OPTION_INVALID for a NIC of another ENV or another network. */
  #switched({ env, vmId, hostname, nic, index }: NicRequest): SwitchedNic {
    const address = this.#addressOf(env, nic);
    if (!/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/.test(nic.mac))
      throw new NetworkError('OPTION_INVALID', `not a MAC address: ${nic.mac}`);
    const sockets = nicSockets(this.#options.runDirectoryOf(vmId), index);
    return { mac: nic.mac, ip: formatAddress(address), hostname: dnsLabel(hostname), ...sockets };
  }

  #addressOf(env: EnvNetwork, { ip, tap }: Nic): number {
    const address = ip === null ? null : parseAddress(ip);
    if (address !== null && tap === null && isNicAddress(this.#addressesOf(env), address)) return address;
    throw new NetworkError('OPTION_INVALID', `${tap} with ${ip} is no NIC of ${env.envName}`);
  }

  #addressesOf(env: EnvNetwork): SwitchAddresses {
    if (env.kind !== this.kind || env.cidr === null) {
      throw new NetworkError('OPTION_INVALID', `${env.envName} has no ${this.kind} network`);
    }
    return switchAddresses(env.cidr);
  }
}

function byEnv<What>(items: readonly { env: EnvNetwork; nic: What }[]): [EnvNetwork, What[]][] {
  const groups = Map.groupBy(items, ({ env }) => env.number);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    return first ? [[first.env, group.map(({ nic }) => nic)] as [EnvNetwork, What[]]] : [];
  });
}
