// One running VM of the fake engine, as the operations see it.
import { changeFakeDisk } from '../../storage/fake-disk.ts';
import { isValidSnapshotTag } from '../../storage/snapshot-tag.ts';
import { EngineError } from '../errors.ts';
import type { ProcessIdentity, RunningVm, Screenshot, VmExit, VmSockets } from '../interface.ts';
import type { FakeMachine } from './fake-machine.ts';
import { PICTURE_HEIGHT, PICTURE_WIDTH } from './fake-picture.ts';
import type { EngineMethod, FaultPlan } from './fault-plan.ts';
import { encodePng } from './png.ts';

export class FakeRunningVm implements RunningVm {
  readonly id: string;
  readonly process: ProcessIdentity;
  readonly sockets: VmSockets;
  readonly acceleration = 'tcg';
  readonly exited: Promise<VmExit>;
  readonly #machine: FakeMachine;
  readonly #faults: FaultPlan;
  #gone = false;
  #detached = false;

  constructor(machine: FakeMachine, faults: FaultPlan) {
    this.#machine = machine;
    this.#faults = faults;
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
      disk.snapshots.push({ tag, disk: disk.files, ram: this.#machine.ram });
    });
    options.onProgress?.(1, 1);
  }

  async loadState(tag: string): Promise<void> {
    await this.#pass('loadState');
    changeFakeDisk(this.#machine.spec.disk.path, (disk) => {
      const found = disk.snapshots.find((snapshot) => snapshot.tag === tag);
      if (!found?.ram) throw new EngineError('STATE_NOT_FOUND', `VM ${this.id} has no saved state ${tag}`);
      disk.files = found.disk;
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

  detach(): void {
    this.#detached = true;
    this.#gone = true;
  }

  async #pass(method: EngineMethod, signal?: AbortSignal): Promise<void> {
    await this.#faults.pass(method, signal);
    if (this.#gone) throw new EngineError('VM_GONE', `VM ${this.id} is gone`);
  }
}
