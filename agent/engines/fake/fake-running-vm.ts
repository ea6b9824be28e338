// One running VM of the fake engine, as operations see it.
import { reason, type TypingEvent } from '@tt/protocol';
import { existsSync } from 'node:fs';
import { changeFakeDisk } from '../../storage/fake-disk.ts';
import { EngineError } from '../errors.ts';
import { type GuestAgentLink, pingGuestAgent } from '../guest-agent.ts';
import { askAgent, execInGuest, setTimeInGuest } from '../guest-exec.ts';
import {
  type CdName,
  type DriveLimits,
  type ForwardChange,
  type GuestExecOptions,
  type GuestExecResult,
  LAST_DISK_NUMBER,
  type LettingGo,
  type LiveSave,
  type LiveSaveOptions,
  type LoadOptions,
  type PortForward,
  type ProcessIdentity,
  type RunningVm,
  type SaveOptions,
  type Screenshot,
  type StateSource,
  type TroubleListener,
  type VmDrive,
  type VmExit,
  type VmSockets,
} from '../interface.ts';
import { FakeHeldGuest } from './fake-held-guest.ts';
import { type FakeHost, isSameHostPort } from './fake-host.ts';
import type { FakeDrive, FakeMachine } from './fake-machine.ts';
import { copyFakeMemory } from './fake-memory-copy.ts';
import { PICTURE_HEIGHT, PICTURE_WIDTH } from './fake-picture.ts';
import { deleteFakeState, type InnerSnapshots, loadFakeState, saveFakeState } from './fake-states.ts';
import type { EngineMethod, FaultPlan } from './fault-plan.ts';
import { encodePng } from '../../thumbnails/encode-png.ts';

export class FakeRunningVm implements RunningVm {
  readonly id: string;
  readonly process: ProcessIdentity;
  readonly sockets: VmSockets;
  readonly acceleration: 'kvm' | 'tcg';
  readonly exited: Promise<VmExit>;
  readonly #machine: FakeMachine;
  readonly #faults: FaultPlan;
  readonly #inner: InnerSnapshots;
  readonly #host: FakeHost;
  #held: FakeHeldGuest | null = null;
  #gone = false;
  #detached = false;

  constructor(machine: FakeMachine, faults: FaultPlan, inner: InnerSnapshots, host: FakeHost) {
    this.#machine = machine;
    this.#faults = faults;
    this.#inner = inner;
    this.#host = host;
    this.id = machine.spec.id;
    this.process = machine.process;
    this.acceleration = machine.acceleration;
    this.sockets = machine.sockets;
    this.exited = new Promise((resolve) => {
      void machine.exited.then((exit) => {
        this.#gone = true;
        if (!this.#detached) resolve(exit);
      });
    });
  }

  async pause(): Promise<void> {
    await this.#pass('pause');
    this.#machine.setPaused(true);
  }

  async resume(): Promise<void> {
    await this.#pass('resume');
    this.#machine.setPaused(false);
  }

  async isPaused(): Promise<boolean> {
    await this.#pass('isPaused');
    return this.#machine.paused;
  }

  get isInTrouble(): boolean {
    return this.#machine.isInTrouble;
  }

  async reset(): Promise<void> {
    await this.#pass('reset');
    this.#machine.restart();
  }

  async powerDown(_timeoutMs: number): Promise<void> {
    await this.#pass('powerDown');
    // At once, though a real guest would have its time: it changes nothing, and tests need not wait.
    if (this.#machine.hangs) throw new EngineError('ENGINE_TIMEOUT', 'the guest is frozen and did not power off');
    this.#machine.powerOff();
    await this.#machine.exited;
  }

  async letGo(): Promise<LettingGo> {
    await this.#pass('letGo');
    await this.#machine.end({ expected: true, reason: reason('stoppedByTt') });
    return this.#held?.isHeld ? 'aside' : 'ended';
  }

  async saveState(tag: string, options: SaveOptions): Promise<void> {
    options.onProgress?.(0, 1);
    await this.#pass('saveState', options.signal);
    await saveFakeState(this.#machine, this.#inner, tag, options.ramFile, 'qcow2');
    options.onProgress?.(1, 1);
  }

  async beginSave(tag: string, options: LiveSaveOptions): Promise<LiveSave> {
    const { isPaused = false } = options;
    options.onProgress?.(0, 1);
    if (!isPaused) await copyFakeMemory(this.#machine, options, () => this.#gone);
    await this.#pass('beginSave', options.signal);
    if (this.#machine.paused !== isPaused)
      throw new EngineError('COMMAND_FAILED', `the guest is ${isPaused ? 'not paused' : 'paused'}`);
    let isOver = false;
    return {
      finish: async () => {
        isOver = true;
        if (!this.#machine.paused) throw new EngineError('COMMAND_FAILED', 'the guest is not paused');
        if (isPaused) await copyFakeMemory(this.#machine, options, () => this.#gone);
        await this.#pass('saveState', options.signal);
        await saveFakeState(this.#machine, this.#inner, tag, options.ramFile, 'flat');
        options.onProgress?.(1, 1);
      },
      hold: async () => {
        if (!isPaused || !this.#host.canHold) return null;
        await this.#pass('saveState', options.signal);
        await saveFakeState(this.#machine, this.#inner, tag, options.ramFile, 'flat', { withMemory: false });
        const parts = { host: this.#host, machine: this.#machine, faults: this.#faults, ramFile: options.ramFile };
        this.#held = new FakeHeldGuest(parts);
        return this.#held;
      },
      cancel: async () => {
        if (isOver) return;
        isOver = true;
        await this.#pass('cancel');
        if (!this.#held?.isHeld) return;
        await this.#held.close();
        await deleteFakeState(this.#machine, this.#inner, tag);
      },
    };
  }

  async loadState(tag: string, options: LoadOptions): Promise<void> {
    await this.#pass('loadState');
    await loadFakeState(this.#machine, this.#inner, tag, options, 'qcow2');
  }

  /** What `start` does with a saved state: a new process takes both formats. */
  async wakeIn({ tag, ramFile, format }: StateSource): Promise<void> {
    await this.#pass('loadState');
    await loadFakeState(this.#machine, this.#inner, tag, { ramFile }, format);
  }

  async deleteState(tag: string): Promise<void> {
    await this.#pass('deleteState');
    await deleteFakeState(this.#machine, this.#inner, tag);
  }

  async screenshot(): Promise<Screenshot> {
    await this.#pass('screenshot');
    return { png: encodePng(PICTURE_WIDTH, PICTURE_HEIGHT, this.#machine.draw()), takenAt: new Date() };
  }

  async changeForwards(nicIndex: number, { add, remove }: ForwardChange): Promise<void> {
    await this.#pass('changeForwards');
    const nic = this.#machine.spec.nics[nicIndex];
    if (nic === undefined || nic.kind === 'tap')
      throw new EngineError('COMMAND_FAILED', `net${nicIndex} has no user networking`);
    const before = this.#machine.forwards.get(nicIndex) ?? [];
    const change = (forwards: readonly PortForward[]) => this.#machine.forwards.set(nicIndex, forwards);
    change(before.filter((forward) => !remove.some((removed) => isSameHostPort(removed, forward))));
    for (const forward of add) {
      if (this.#host.isPortTaken(forward)) {
        change(before);
        throw new EngineError('COMMAND_FAILED', `port ${forward.hostPort} of the host is taken`);
      }
      change([...(this.#machine.forwards.get(nicIndex) ?? []), forward]);
    }
  }

  async resizeDisk(sizeMiB: number, name = 'disk0'): Promise<void> {
    await this.#pass('resizeDisk');
    changeFakeDisk(this.#drive(name).path, (disk) => {
      if (sizeMiB < disk.sizeMiB) {
        throw new EngineError('COMMAND_FAILED', `the disk has ${disk.sizeMiB} MiB and can only grow`);
      }
      disk.sizeMiB = sizeMiB;
    });
  }

  async attachDrive({ name, path, format, limits }: VmDrive): Promise<void> {
    await this.#pass('attachDrive');
    const { disks } = this.#machine;
    const number = Number(/^disk([1-9][0-9]?)$/.exec(name)?.[1] ?? Number.NaN);
    if (disks.has(name) || !(number <= LAST_DISK_NUMBER) || !existsSync(path)) {
      throw new EngineError('COMMAND_FAILED', `${name} can't be attached`);
    }
    disks.set(name, { path, format, limits });
  }

  async detachDrive(name: string): Promise<void> {
    await this.#pass('detachDrive');
    if (name === 'disk0' || name === 'nvram') throw new EngineError('COMMAND_FAILED', `${name} can't be detached`);
    if (!this.#machine.disks.has(name)) return;
    if (this.#machine.isSilent) throw new EngineError('COMMAND_FAILED', `the guest does not let go of ${name}`);
    this.#machine.disks.delete(name);
  }

  async setDriveLimits(name: string, limits: DriveLimits | null): Promise<void> {
    await this.#pass('setDriveLimits');
    this.#drive(name).limits = limits;
  }

  async changeCd(name: CdName, medium: string | null): Promise<void> {
    await this.#pass('changeCd');
    const { cds } = this.#machine;
    if (!cds.has(name)) throw new EngineError('COMMAND_FAILED', `the VM has no drive ${name}`);
    if (medium !== null && !existsSync(medium)) throw new EngineError('COMMAND_FAILED', `could not open ${medium}`);
    cds.set(name, medium);
  }

  async guestAnswers(timeoutMs: number): Promise<boolean> {
    await this.#pass('guestAnswers');
    return pingGuestAgent(this.sockets.guestAgent, timeoutMs);
  }

  async isHelperPortOpen(): Promise<boolean> {
    await this.#pass('isHelperPortOpen');
    return this.#machine.spec.guestHelper === 'on';
  }

  async guestExec(argv: readonly string[], options: GuestExecOptions): Promise<GuestExecResult> {
    await this.#pass('guestExec');
    return execInGuest(this.sockets.guestAgent, (ask) => ask(), argv, options);
  }

  async askGuestAgent<Answer>(work: (agent: GuestAgentLink) => Promise<Answer>, timeoutMs: number): Promise<Answer> {
    await this.#pass('askGuestAgent');
    return askAgent(this.sockets.guestAgent, (ask) => ask(), work, timeoutMs);
  }

  async setLinks(up: boolean): Promise<void> {
    await this.#pass('setLinks');
    this.#machine.linksUp = up;
  }

  async dropNetworks(): Promise<void> {
    await this.#pass('dropNetworks');
    this.#machine.linksUp = false;
    this.#machine.forwards.clear();
  }

  async setGuestTime(now: () => Date): Promise<boolean> {
    await this.#pass('setGuestTime');
    return !this.#machine.isSilent && setTimeInGuest(this.sockets.guestAgent, (ask) => ask(), now);
  }

  async typeKeys(strokes: readonly (readonly TypingEvent[])[], _timeoutMs: number): Promise<number> {
    await this.#pass('typeKeys');
    if (this.#machine.isSilent) return 0;
    for (const event of strokes.flat()) this.#machine.screen.keyboard.key(event);
    return strokes.length;
  }

  async hasWritten(): Promise<boolean> {
    await this.#pass('hasWritten');
    return this.#machine.hasWritten;
  }

  async hasPanicked(): Promise<boolean> {
    await this.#pass('hasPanicked');
    return this.#machine.hasPanicked;
  }

  onTrouble(listener: TroubleListener): () => void {
    return this.#machine.onTrouble((reason, kind) => this.#detached || listener(reason, kind));
  }

  onRestart(listener: () => void): () => void {
    return this.#machine.onRestart(() => this.#detached || listener());
  }

  detach(): void {
    this.#detached = true;
    this.#gone = true;
  }

  #drive(name: string): FakeDrive {
    const drive = this.#machine.disks.get(name);
    if (!drive) throw new EngineError('COMMAND_FAILED', `the VM has no disk ${name}`);
    return drive;
  }

  async #pass(method: EngineMethod, signal?: AbortSignal): Promise<void> {
    await this.#faults.pass(method, signal);
    if (this.#gone) throw new EngineError('VM_GONE', `VM ${this.id} is gone`);
  }
}
