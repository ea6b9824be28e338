// One running VM of the fake engine, as the operations see it.
import { changeFakeDisk } from '../../storage/fake-disk.ts';
import { isValidSnapshotTag } from '../../storage/snapshot-tag.ts';
import { EngineError } from '../errors.ts';
import { pingGuestAgent } from '../guest-agent-ping.ts';
import type {
  ForwardChange,
  PortForward,
  ProcessIdentity,
  RunningVm,
  Screenshot,
  VmExit,
  VmSockets,
} from '../interface.ts';
import type { FakeMachine } from './fake-machine.ts';
import { PICTURE_HEIGHT, PICTURE_WIDTH } from './fake-picture.ts';
import type { EngineMethod, FaultPlan } from './fault-plan.ts';
import { encodePng } from '../../thumbnails/encode-png.ts';

export class FakeRunningVm implements RunningVm {
  readonly id: string;
  readonly process: ProcessIdentity;
  readonly sockets: VmSockets;
  readonly acceleration = 'tcg';
  readonly exited: Promise<VmExit>;
  readonly #machine: FakeMachine;
  readonly #faults: FaultPlan;
  readonly #isPortTaken: (forward: PortForward) => boolean;
  #gone = false;
  #detached = false;

  /** `isPortTaken`: does any VM of the fake host listen there? Fakes open no port of the real host. */
  constructor(machine: FakeMachine, faults: FaultPlan, isPortTaken: (forward: PortForward) => boolean) {
    this.#machine = machine;
    this.#faults = faults;
    this.#isPortTaken = isPortTaken;
    this.id = machine.spec.id;
    this.process = machine.process;
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

  async reset(): Promise<void> {
    await this.#pass('reset');
    this.#machine.reboot();
  }

  async powerDown(_timeoutMs: number): Promise<void> {
    await this.#pass('powerDown');
    // At once, though a real guest would have its time: it changes nothing, and tests need not wait.
    if (this.#machine.frozen) throw new EngineError('ENGINE_TIMEOUT', 'the guest is frozen and did not power off');
    this.#machine.powerOff();
    await this.#machine.exited;
  }

  async saveState(
    tag: string,
    options: { signal?: AbortSignal; onProgress?: (done: number, total: number) => void },
  ): Promise<void> {
    options.onProgress?.(0, 1);
    await this.#pass('saveState', options.signal);
    if (!isValidSnapshotTag(tag)) throw new EngineError('COMMAND_FAILED', `not a snapshot tag: ${JSON.stringify(tag)}`);
    changeFakeDisk(this.#machine.spec.disk.path, (disk) => {
      if (disk.snapshots.some((snapshot) => snapshot.tag === tag)) {
        throw new EngineError('COMMAND_FAILED', `VM ${this.id} has a state ${tag} already`);
      }
      disk.snapshots.push({ tag, disk: disk.files, sizeMiB: disk.sizeMiB, ram: this.#machine.ram });
    });
    options.onProgress?.(1, 1);
  }

  async loadState(tag: string): Promise<void> {
    await this.#pass('loadState');
    changeFakeDisk(this.#machine.spec.disk.path, (disk) => {
      const found = disk.snapshots.find((snapshot) => snapshot.tag === tag);
      if (!found?.ram) throw new EngineError('STATE_NOT_FOUND', `VM ${this.id} has no saved state ${tag}`);
      disk.files = found.disk;
      disk.sizeMiB = found.sizeMiB ?? disk.sizeMiB;
      this.#machine.ram = { ...found.ram };
    });
  }

  async deleteState(tag: string): Promise<void> {
    await this.#pass('deleteState');
    changeFakeDisk(this.#machine.spec.disk.path, (disk) => {
      disk.snapshots = disk.snapshots.filter((snapshot) => snapshot.tag !== tag);
    });
  }

  async screenshot(): Promise<Screenshot> {
    await this.#pass('screenshot');
    return { png: encodePng(PICTURE_WIDTH, PICTURE_HEIGHT, this.#machine.draw()), takenAt: new Date() };
  }

  async changeForwards(nicIndex: number, { add, remove }: ForwardChange): Promise<void> {
    await this.#pass('changeForwards');
    const nic = this.#machine.spec.nics[nicIndex];
    if (nic?.kind !== 'user') throw new EngineError('COMMAND_FAILED', `net${nicIndex} has no user networking`);
    const before = this.#machine.forwards.get(nicIndex) ?? [];
    const change = (forwards: readonly PortForward[]) => this.#machine.forwards.set(nicIndex, forwards);
    change(before.filter((forward) => !remove.some((removed) => isSameHostPort(removed, forward))));
    for (const forward of add) {
      if (this.#isPortTaken(forward)) {
        change(before);
        throw new EngineError('COMMAND_FAILED', `port ${forward.hostPort} of the host is taken`);
      }
      change([...(this.#machine.forwards.get(nicIndex) ?? []), forward]);
    }
  }

  async resizeDisk(sizeMiB: number): Promise<void> {
    await this.#pass('resizeDisk');
    changeFakeDisk(this.#machine.spec.disk.path, (disk) => {
      if (sizeMiB < disk.sizeMiB) {
        throw new EngineError('COMMAND_FAILED', `the disk has ${disk.sizeMiB} MiB and can only grow`);
      }
      disk.sizeMiB = sizeMiB;
    });
  }

  async guestAnswers(timeoutMs: number): Promise<boolean> {
    await this.#pass('guestAnswers');
    return pingGuestAgent(this.sockets.guestAgent, timeoutMs);
  }

  onTrouble(listener: (reason: string) => void): () => void {
    return this.#machine.onTrouble((reason) => this.#detached || listener(reason));
  }

  detach(): void {
    this.#detached = true;
    this.#gone = true;
  }

  async #pass(method: EngineMethod, signal?: AbortSignal): Promise<void> {
    await this.#faults.pass(method, signal);
    if (this.#gone) throw new EngineError('VM_GONE', `VM ${this.id} is gone`);
  }
}

/** What a host can listen on only once. */
export function isSameHostPort(one: PortForward, other: PortForward): boolean {
  return one.protocol === other.protocol && one.hostAddress === other.hostAddress && one.hostPort === other.hostPort;
}
