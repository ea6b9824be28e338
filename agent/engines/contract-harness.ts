// The harness that an engine provides to the contract suite, and the suite's shared setup: started VMs, removed after each test.
// Used by `engine.contract.ts` and `live.contract.ts`.
import path from 'node:path';
import type { Engine, PortForward, RamFormat, RunningVm, StartOptions, VmSpec } from './interface.ts';

export interface EngineHarness {
  engine: Engine;
  /** Another one of the same engine on the same host, as after an agent restart. */
  reopen(): Promise<Engine>;
  /** A spec of a guest that boots to a login on its serial port, with a separate disk. */
  makeSpec(id: string): Promise<VmSpec>;
  /** Puts the disks of a stopped VM back to what they were at a tag, as its storage does. */
  revertDisks(id: string, tag: string): Promise<void>;
  /** Ends the VM as SIGKILL from outside does. */
  kill(vm: RunningVm): Promise<void>;
  /** Makes the guest's agent deaf, while its processors run on. */
  freeze(vm: RunningVm): Promise<void>;
  isPortOpen(vm: RunningVm, nicIndex: number, forward: PortForward): Promise<boolean>;
  /** Null where a full disk can't be made. */
  fullDisk: {
    /** Before the first spec is made. */
    prepare(): Promise<void>;
    /** Fills the disk and has the logged-in guest write on it. */
    fill(vm: RunningVm): Promise<void>;
    empty(): Promise<void>;
  } | null;
  /** Removes everything, after all VMs were stopped. */
  remove(): Promise<void>;
}

/** The path for the RAM of a state of that VM: beside its disk, as in the storages. */
export function ramFileOf(spec: VmSpec, tag: string, format: RamFormat = 'qcow2'): string {
  return path.join(path.dirname(spec.disks[0]?.path ?? ''), `ram-${tag}.${format}`);
}

export interface StartedVm {
  spec: VmSpec;
  vm: RunningVm;
}

export class ContractBench {
  readonly #makeHarness: () => Promise<EngineHarness>;
  readonly #started: StartedVm[] = [];
  #harness: EngineHarness | null = null;
  #engine: Engine | null = null;

  constructor(makeHarness: () => Promise<EngineHarness>) {
    this.#makeHarness = makeHarness;
  }

  get harness(): EngineHarness {
    if (!this.#harness) throw new Error('the bench is not set up');
    return this.#harness;
  }

  get engine(): Engine {
    if (!this.#engine) throw new Error('the bench is not set up');
    return this.#engine;
  }

  async setUp(): Promise<void> {
    this.#harness = await this.#makeHarness();
    this.#engine = this.#harness.engine;
    await this.#engine.init();
  }

  async tearDown(): Promise<void> {
    // A VM started twice is listed here twice, with one run directory: all must be down before any is removed.
    await Promise.all(this.#started.map(({ spec, vm }) => this.engine.stop(spec, vm.process)));
    await Promise.all(this.#started.splice(0).map(({ spec }) => this.engine.destroy(spec)));
    await this.harness.remove();
  }

  /** Continues with another engine, as after a restart of the agent. */
  async reopen(): Promise<void> {
    this.#engine = await this.harness.reopen();
    await this.#engine.init();
  }

  /** Starts the harness's VM of that id, with `changes` to its spec. */
  async start(id: string, options: StartOptions = {}, changes: Partial<VmSpec> = {}): Promise<StartedVm> {
    const spec = { ...(await this.harness.makeSpec(id)), ...changes };
    const started = { spec, vm: await this.engine.start(spec, options) };
    this.#started.push(started);
    return started;
  }
}
