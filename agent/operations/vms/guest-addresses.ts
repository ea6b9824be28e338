// Asks running guests on a bridge of the host for their addresses, which the network around it gave them, and records the answers. Asked is
// the guest agent, or the guest helper where the guest has one and no guest agent.
import { isIPv4 } from 'node:net';
import type { GuestHealth } from '@tt/protocol';
import { EngineError } from '../../engines/errors.ts';
import type { RunningVm } from '../../engines/interface.ts';
import { interfacesIn } from '../../guest-channel/by-agent/agent-report.ts';
import type { GuestChannels, GuestHost } from '../../guest-channel/guest-channels.ts';
import { GuestError } from '../../guest-channel/guest-error.ts';
import { mapLimit } from '../../host/map-limit.ts';
import type { Inventory } from '../../inventory/inventory.ts';
import { addressOf, nicsOf, type VmRecord } from '../../state/vm-record.ts';

const ASK_TIMEOUT_MS = 5_000;
const ASK_WIDTH = 8;
/** Every how many looks one is asked whose addresses are known: leases change seldom. */
const SELDOM = 12;

type Asked = Pick<RunningVm, 'askGuestAgent'> & GuestHost;

interface WatchParts {
  inventory: Pick<Inventory, 'vms' | 'findVm' | 'updateVm'>;
  running: { get(vmId: string): Asked | null };
  guestChannels: Pick<GuestChannels, 'openRunning'>;
}

export class GuestAddressWatch {
  readonly #inventory: WatchParts['inventory'];
  readonly #running: WatchParts['running'];
  readonly #guestChannels: WatchParts['guestChannels'];
  #looks = 0;

  constructor({ inventory, running, guestChannels }: WatchParts) {
    this.#inventory = inventory;
    this.#running = running;
    this.#guestChannels = guestChannels;
  }

  /** One round of questions. Called every few seconds, one round at a time. */
  async look(): Promise<void> {
    this.#looks += 1;
    const isRound = this.#looks % SELDOM === 0;
    const asked = this.#inventory.vms().filter((vm) => canBeAsked(vm) && (isRound || lacksAddress(vm)));
    await mapLimit(asked, ASK_WIDTH, (vm) => this.#ask(vm));
  }

  async #ask(vm: VmRecord): Promise<void> {
    const running = this.#running.get(vm.id);
    if (!running) return;
    try {
      const hasAgent = vm.placement.features.includes('guestAgent');
      this.#write(vm, hasAgent ? await byAgent(running) : await this.#byHelper(running));
    } catch (error) {
      // Not booted that far, busy, without that command, or just ended: the next round asks again.
      if (!(error instanceof EngineError || error instanceof GuestError)) throw error;
    }
  }

  async #byHelper(running: Asked): Promise<Map<string, string>> {
    const channel = await this.#guestChannels.openRunning(running, ASK_TIMEOUT_MS);
    // An older one that could not be replaced.
    if (!channel.has('reports')) return new Map();
    return reachable((await channel.report(ASK_TIMEOUT_MS)).nics);
  }

  /** Only of its own NICs on such a bridge, and of the run that was asked. */
  #write(vm: VmRecord, addresses: ReadonlyMap<string, string>): void {
    const current = this.#inventory.findVm(vm.id);
    const { runningSince } = vm.status;
    if (!current || current.status.process === null || current.status.runningSince !== runningSince) return;
    const pairs = bridgeNics(current).flatMap(({ mac }): [string, string][] => {
      const address = addresses.get(mac);
      return address === undefined ? [] : [[mac, address]];
    });
    const next = { runningSince, byMac: Object.fromEntries(pairs) };
    // Followers do not get what they already know.
    if (JSON.stringify(next) === JSON.stringify(current.guest.addresses ?? null)) return;
    this.#inventory.updateVm(vm.id, { guest: { addresses: next } });
  }
}

async function byAgent(running: Asked): Promise<Map<string, string>> {
  return addressesIn(
    await running.askGuestAgent((agent) => agent.execute('guest-network-get-interfaces'), ASK_TIMEOUT_MS),
  );
}

/** IPv4 by MAC. A guest may answer anything. */
export function addressesIn(answer: unknown): Map<string, string> {
  return reachable(interfacesIn(answer) ?? []);
}

/** Of each interface the first address that can be reached from elsewhere. */
function reachable(nics: GuestHealth['nics']): Map<string, string> {
  return new Map(
    nics.flatMap(({ mac, addresses }): [string, string][] => {
      const address = addresses.find(isReachable);
      return address === undefined ? [] : [[mac, address]];
    }),
  );
}

/** Neither this host, nor link-local (RFC 3927), nor what no machine has. */
function isReachable(address: string): boolean {
  if (!isIPv4(address)) return false;
  const [first = 0, second] = address.split('.').map(Number);
  return first !== 0 && first !== 127 && first < 224 && !(first === 169 && second === 254);
}

function canBeAsked(vm: VmRecord): boolean {
  const { placement, status, spec } = vm;
  const canAnswer = placement.features.includes('guestAgent') || spec.guestHelper === 'on';
  return status.state === 'running' && canAnswer && bridgeNics(vm).length > 0;
}

function lacksAddress(vm: VmRecord): boolean {
  return bridgeNics(vm).some((nic) => addressOf(vm, nic) === null);
}

const bridgeNics = (vm: VmRecord) => nicsOf(vm).filter(({ kind }) => kind === 'bridge');
