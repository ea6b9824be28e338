// All switches of one agent, with their cables to the guests: one `EnvSwitch` for each file, apart from each other. Runs in a process of
// its own (`switch-program.ts`), which outlives the agent.
import type { Socket } from 'node:net';
import { Mutex } from '../../host/mutex.ts';
import { NetworkError } from '../errors.ts';
import { type Dropped, EnvSwitch, type Side } from './env-switch.ts';
import type { FileProblem, NetworkFiles, SwitchedNetwork, SwitchedNic } from './network-files.ts';
import { Plug } from './plug.ts';

export interface SwitchHostOptions {
  files: NetworkFiles;
  connect?: (socketPath: string) => Socket;
}

/** What people and the agent can ask a switch. */
export interface SwitchStatus {
  number: number;
  dropped: Dropped;
  nics: { mac: string; isGuestThere: boolean; isWayOutThere: boolean; undelivered: number }[];
}

interface Cables {
  nic: SwitchedNic;
  sides: Readonly<Record<Side, Plug>>;
}

interface Running {
  network: SwitchedNetwork;
  frames: EnvSwitch;
  cables: Map<string, Cables>;
}

export class SwitchHost {
  readonly #options: SwitchHostOptions;
  readonly #running = new Map<number, Running>();
  readonly #changes = new Mutex();
  #isClosed = false;

  constructor(options: SwitchHostOptions) {
    this.#options = options;
  }

  /**
   * Does what the files say now. Cables of NICs that did not change stay plugged in. Returns what was wrong with files, whose switches go on
   * as they were.
   */
  reload(): Promise<FileProblem[]> {
    return this.#changes.run(() => this.#reload());
  }

  async #reload(): Promise<FileProblem[]> {
    if (this.#isClosed) return [];
    const { files } = this.#options;
    const problems: FileProblem[] = [];
    const numbers = await files.numbers();
    for (const number of this.#running.keys()) if (!numbers.includes(number)) this.#end(number);
    for (const number of numbers) {
      try {
        const network = await files.read(number);
        if (network === null) this.#end(number);
        else this.#run(network);
      } catch (error) {
        if (!(error instanceof NetworkError)) throw error;
        problems.push({ number, message: error.message });
      }
    }
    return problems;
  }

  status(): SwitchStatus[] {
    return [...this.#running.values()].map(({ network, frames, cables }) => ({
      number: network.number,
      dropped: { ...frames.dropped },
      nics: [...cables.values()].map(({ nic, sides }) => ({
        mac: nic.mac,
        isGuestThere: sides.guest.isConnected,
        isWayOutThere: sides.wayOut.isConnected,
        undelivered: sides.guest.dropped + sides.wayOut.dropped,
      })),
    }));
  }

  /** Unplugs all cables, for good. */
  close(): void {
    this.#isClosed = true;
    for (const number of this.#running.keys()) this.#end(number);
  }

  #run(network: SwitchedNetwork): void {
    const before = this.#running.get(network.number);
    if (before && !isSameSwitch(before.network, network)) this.#end(network.number);
    const running = this.#running.get(network.number) ?? this.#begin(network);
    running.network = network;
    running.frames.setNics(network.nics);
    const wanted = new Map(network.nics.map((nic) => [nic.mac, nic]));
    for (const [mac, { nic, sides }] of running.cables) {
      const next = wanted.get(mac);
      if (next?.guest === nic.guest && next.wayOut === nic.wayOut) continue;
      unplug(sides);
      running.cables.delete(mac);
    }
    for (const nic of network.nics) {
      const there = running.cables.get(nic.mac);
      // Whoever has the files read again has a guest that starts.
      if (there) for (const plug of Object.values(there.sides)) plug.retry();
      else running.cables.set(nic.mac, { nic, sides: this.#plugIn(running.frames, nic) });
    }
  }

  #begin(network: SwitchedNetwork): Running {
    const cables = new Map<string, Cables>();
    const { cidr, domain, isFenced } = network;
    const frames = new EnvSwitch({ cidr, domain, isFenced }, (mac, side, frame) => {
      cables.get(mac)?.sides[side].send(frame);
    });
    const running = { network, frames, cables };
    this.#running.set(network.number, running);
    return running;
  }

  #plugIn(frames: EnvSwitch, { mac, guest, wayOut }: SwitchedNic): Record<Side, Plug> {
    const plug = (side: Side, path: string) => {
      const { connect } = this.#options;
      const onFrame = (frame: Buffer) => frames.receive(mac, side, frame);
      return new Plug({ path, onFrame, ...(connect && { connect }) });
    };
    return { guest: plug('guest', guest), wayOut: plug('wayOut', wayOut) };
  }

  #end(number: number): void {
    for (const { sides } of this.#running.get(number)?.cables.values() ?? []) unplug(sides);
    this.#running.delete(number);
  }
}

/** Whether one can become the other by plugging cables. */
function isSameSwitch(one: SwitchedNetwork, other: SwitchedNetwork): boolean {
  return one.cidr === other.cidr && one.domain === other.domain && one.isFenced === other.isFenced;
}

function unplug(sides: Readonly<Record<Side, Plug>>): void {
  for (const plug of Object.values(sides)) plug.close();
}
