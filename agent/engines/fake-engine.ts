// An engine without processors, for `npm run dev:fake` and fast tests: real sockets, real VM states, saved states in the fake
// storage's disks. Passes the same contract as the real engines.
import { quoted, reason, type Reason } from '@tt/protocol';
import { readFile, rm, stat } from 'node:fs/promises';
import { EngineError, type EngineErrorCode } from './errors.ts';
import { type FakeDrive, FakeMachine, fakeLogPath } from './fake/fake-machine.ts';
import { FakeRunningVm } from './fake/fake-running-vm.ts';
import { FakeHeldGuest } from './fake/fake-held-guest.ts';
import { FakeHost } from './fake/fake-host.ts';
import { fakeInnerSnapshots, type InnerSnapshots, readFakeRam } from './fake/fake-states.ts';
import { type EngineMethod, FaultPlan } from './fake/fault-plan.ts';
import {
  ENGINE_FEATURES,
  type Acceleration,
  type Engine,
  type EngineFeature,
  type HeldGuest,
  type PortForward,
  type ProcessIdentity,
  type RamFormat,
  type RunningVm,
  type StartOptions,
  type StateSource,
  type VmSpec,
} from './interface.ts';

export interface FakeEngineOptions {
  /** Default: a separate process table. */
  host?: FakeHost;
  /** Also the prefix of its images, so that a test can have two of them side by side; default `fake`. */
  name?: string;
  /** For a test whose disks are real ones; default: those of fake disks. */
  inner?: InnerSnapshots;
  /** What guests are said to run with; default TCG. */
  acceleration?: Acceleration;
}

export class FakeEngine implements Engine {
  readonly name: string;
  readonly prefixes: readonly string[];
  readonly version = '1';
  /** It boots nothing. */
  readonly bootsInWaves = false;
  readonly features: readonly EngineFeature[] = ENGINE_FEATURES;
  readonly #host: FakeHost;
  readonly #faults = new FaultPlan();
  readonly #inner: InnerSnapshots;
  /** Which guests show nothing at all from their start on: those with KVM, as where it only imitates one, or all. */
  hangs: 'none' | 'kvm' | 'all' = 'none';
  readonly #accelerationListeners: ((acceleration: Acceleration) => void)[] = [];
  #acceleration: Acceleration;

  constructor({
    host = new FakeHost(),
    name = 'fake',
    inner = fakeInnerSnapshots,
    acceleration,
  }: FakeEngineOptions = {}) {
    this.#host = host;
    this.name = name;
    this.prefixes = [name];
    this.#inner = inner;
    this.#acceleration = acceleration ?? { kind: 'tcg', reason: reason('accelerationFake') };
  }

  get acceleration(): Acceleration {
    return this.#acceleration;
  }

  async settleAcceleration(): Promise<Acceleration> {
    return this.#acceleration;
  }

  async distrustKvm(why: Reason): Promise<void> {
    await this.#faults.pass('distrustKvm');
    this.#acceleration = { kind: 'tcg', reason: why };
    for (const listener of this.#accelerationListeners) listener(this.#acceleration);
  }

  onAcceleration(listener: (acceleration: Acceleration) => void): void {
    this.#accelerationListeners.push(listener);
  }

  /** Calls `listener` with the name of each method that is called, on any VM, before it does anything. */
  onCall(listener: (method: EngineMethod) => void): void {
    this.#faults.onCall = listener;
  }

  /** The next call of `method`, on any VM, rejects with `code`. */
  failNext(method: EngineMethod, code: EngineErrorCode): void {
    this.#faults.failNext(method, code);
  }

  /** The next call of `method` waits: `reached` resolves when it is waiting, `release` lets it continue. */
  holdNext(method: EngineMethod): { reached: Promise<void>; release: () => void } {
    return this.#faults.holdNext(method);
  }

  /** Like SIGKILL from outside: the VM ends unexpectedly. */
  async crash(vmId: string): Promise<void> {
    await this.#find(vmId)?.end({ expected: false, reason: reason('killedBy', { signal: 'SIGKILL' }) });
  }

  /** As `poweroff` inside the guest. */
  async powerOff(vmId: string): Promise<void> {
    await this.#find(vmId)?.end({ expected: true, reason: reason('poweredOff') });
  }

  /** As a guest whose kernel hangs: its agent answers no more and the power button does nothing, until it is reset. */
  freezeGuest(vmId: string): void {
    this.#mustFind(vmId).frozen = true;
  }

  /** Like a full disk of the host: the guest is paused, and `onTrouble` reports `why`. */
  raiseTrouble(vmId: string, why: Reason = reason('pausedDiskFull')): void {
    this.#mustFind(vmId).raiseTrouble(why, 'disk');
  }

  /** As a broken disk of the host: the guest gets an error and runs on, and `onTrouble` tells it. */
  failDisk(vmId: string): void {
    this.#mustFind(vmId).raiseTrouble(quoted('diskFailed', 'Input/output error'), 'diskError');
  }

  /** Like a KVM that cannot continue a guest. */
  failInternally(vmId: string): void {
    this.#mustFind(vmId).raiseTrouble(reason('kvmInternalError'), 'internalError');
  }

  /** As a guest that only draws: no serial port, no agent. */
  drawOnScreen(vmId: string, text: string): void {
    this.#mustFind(vmId).screen.type(text);
  }

  /** The devices of a running VM now. */
  drivesOf(vmId: string): { disks: ReadonlyMap<string, FakeDrive>; cds: ReadonlyMap<string, string | null> } {
    const { disks, cds } = this.#mustFind(vmId);
    return { disks, cds };
  }

  /** How far the guest's clock is ahead of the host's. */
  clockSkewMs(vmId: string): number {
    return this.#mustFind(vmId).clockSkewMs;
  }

  /** The ports of a VM's NIC that are open now. */
  forwardsOf(vmId: string, nicIndex: number): readonly PortForward[] {
    return this.#mustFind(vmId).forwards.get(nicIndex) ?? [];
  }

  /** Whether the cables of a running VM are plugged in. */
  linksUp(vmId: string): boolean {
    return this.#mustFind(vmId).linksUp;
  }

  readonly machine = { type: 'fake', cpu: 'fake' };

  /** Tests turn it off, for an engine that needs a copy for each VM. */
  sharesMemory = true;

  async checkRamFile(ramFile: string, format: RamFormat): Promise<void> {
    try {
      if (readFakeRam(ramFile).format === format) return;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      throw new EngineError('COMMAND_FAILED', 'its memory is no RAM file', { cause: error });
    }
    throw new EngineError('COMMAND_FAILED', `its memory is no ${format} file`);
  }

  async init(): Promise<void> {
    await this.#faults.pass('init');
  }

  checkFeatures(wanted: readonly string[]): string[] {
    const have: readonly string[] = this.features;
    return wanted.filter((feature) => !have.includes(feature));
  }

  async start(spec: VmSpec, options: StartOptions = {}): Promise<RunningVm> {
    await this.#faults.pass('start', options.signal);
    if (this.#find(spec.id)) throw new EngineError('START_FAILED', `VM ${spec.id} is running already`);
    await mustOpen(spec);
    const machine = new FakeMachine(spec, options.acceleration ?? this.#acceleration.kind);
    machine.frozen = this.hangs === 'all' || this.hangs === machine.acceleration;
    this.#host.set(machine.process.pid, machine);
    void machine.exited.then(() => this.#host.delete(machine.process.pid));
    try {
      await options.onSpawned?.(machine.process);
      await machine.boot();
      const vm = this.#runningVm(machine);
      if (options.load && options.linksDown) await vm.setLinks(false);
      if (options.load && options.paused) machine.setPaused(true);
      if (options.load) await vm.wakeIn(options.load);
      return vm;
    } catch (error) {
      await machine.end({ expected: true, reason: reason('startFailed') });
      this.#host.delete(machine.process.pid);
      throw error;
    }
  }

  async find(spec: VmSpec): Promise<ProcessIdentity | null> {
    await this.#faults.pass('find');
    return this.#find(spec.id)?.process ?? null;
  }

  async adopt(spec: VmSpec, process: ProcessIdentity): Promise<RunningVm | null> {
    await this.#faults.pass('adopt');
    const machine = this.#host.get(process.pid);
    if (machine?.process.startTicks !== process.startTicks || machine.spec.uuid !== spec.uuid) return null;
    return this.#runningVm(machine);
  }

  async adoptHeld(
    _spec: VmSpec,
    process: ProcessIdentity,
    { ramFile }: Pick<StateSource, 'tag' | 'ramFile'>,
  ): Promise<HeldGuest | null> {
    await this.#faults.pass('adoptHeld');
    const machine = this.#host.held.get(process.pid);
    if (machine?.process.startTicks !== process.startTicks) return null;
    return new FakeHeldGuest({ host: this.#host, machine, faults: this.#faults, ramFile });
  }

  async stop(_spec: VmSpec, process: ProcessIdentity): Promise<void> {
    await this.#faults.pass('stop');
    const machine = this.#host.get(process.pid);
    if (machine?.process.startTicks !== process.startTicks) return;
    await machine.end({ expected: true, reason: reason('stoppedByTt') });
  }

  async destroy(spec: VmSpec): Promise<void> {
    await this.#faults.pass('destroy');
    await rm(spec.runDirectory, { recursive: true, force: true });
  }

  async readLogTail(spec: VmSpec): Promise<string[]> {
    try {
      return (await readFile(fakeLogPath(spec), 'utf8')).trimEnd().split('\n').slice(-20);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
  }

  #runningVm(machine: FakeMachine): FakeRunningVm {
    return new FakeRunningVm(machine, this.#faults, this.#inner, this.#host);
  }

  #mustFind(vmId: string): FakeMachine {
    const machine = this.#find(vmId);
    if (!machine) throw new Error(`no fake VM ${vmId} is running`);
    return machine;
  }

  #find(vmId: string): FakeMachine | undefined {
    return this.#host.ofVm(vmId);
  }
}

/** As QEMU: nothing starts when one of its files is missing. */
async function mustOpen({ disks, cds, firmware }: VmSpec): Promise<void> {
  const files = [...disks, ...cds].flatMap((drive) => drive.path ?? []);
  if (firmware.kind === 'uefi') files.push(firmware.code, firmware.variables.path);
  for (const file of files) {
    await stat(file).catch((error) => {
      throw new EngineError('START_FAILED', `could not open ${file}`, { cause: error });
    });
  }
}
