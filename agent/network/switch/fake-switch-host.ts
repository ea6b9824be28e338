// The switches of an imaginary host, for tests of operations: they outlive the driver, as the real process outlives the agent. Frames of
// guests that a test plugs in go through the real `EnvSwitch`; there are no sockets.
import { NetworkError } from '../errors.ts';
import { EnvSwitch, type Side } from './env-switch.ts';
import { type FileProblem, MemoryFiles } from './network-files.ts';
import { mustBeInForce, type SwitchRunner } from './runner.ts';

/** What a plugged in guest and its way out get. */
export type Receive = (side: Side, frame: Buffer) => void;

export class FakeSwitchHost implements SwitchRunner {
  readonly files = new MemoryFiles();
  readonly #switches = new Map<number, EnvSwitch>();
  readonly #guests = new Map<string, Receive>();
  #isRunning = false;
  #runs = 0;

  async apply(wanted: readonly number[]): Promise<void> {
    if (!this.#isRunning) this.#runs += 1;
    this.#isRunning = true;
    const numbers = await this.files.numbers();
    for (const number of this.#switches.keys()) if (!numbers.includes(number)) this.#switches.delete(number);
    const problems: FileProblem[] = [];
    for (const number of numbers) {
      try {
        await this.#run(number);
      } catch (error) {
        if (!(error instanceof NetworkError)) throw error;
        problems.push({ number, message: error.message });
      }
    }
    mustBeInForce(problems, wanted);
  }

  async #run(number: number): Promise<void> {
    const network = await this.files.read(number);
    if (network === null) return;
    const frames = this.#switches.get(number) ?? this.#make(number, network);
    this.#switches.set(number, frames);
    frames.setNics(network.nics);
  }

  async run(): Promise<string | null> {
    return this.#isRunning ? String(this.#runs) : null;
  }

  /** Also as a crash would end it. */
  async end(): Promise<void> {
    this.#isRunning = false;
    this.#switches.clear();
  }

  /** A guest with the NIC of this MAC, in the network of this number. */
  plugIn(number: number, mac: string, receive: Receive): void {
    this.#guests.set(`${number} ${mac}`, receive);
  }

  unplug(number: number, mac: string): void {
    this.#guests.delete(`${number} ${mac}`);
  }

  async isConnected(number: number, mac: string): Promise<boolean> {
    const network = this.#switches.has(number) ? await this.files.read(number) : null;
    return network?.nics.some((nic) => nic.mac === mac) ?? false;
  }

  send(number: number, mac: string, side: Side, frame: Buffer): void {
    this.#switches.get(number)?.receive(mac, side, frame);
  }

  #make(number: number, { cidr, domain, isFenced }: { cidr: string; domain: string; isFenced: boolean }): EnvSwitch {
    return new EnvSwitch({ cidr, domain, isFenced }, (mac, side, frame) => {
      this.#guests.get(`${number} ${mac}`)?.(side, Buffer.from(frame));
    });
  }
}
