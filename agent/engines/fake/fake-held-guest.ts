// A fake guest whose memory alone is not saved yet: as `../qemu/held-guest.ts`, its process may be gone from the table of processes meanwhile,
// and the next agent on the same host finds it.
import { rmSync } from 'node:fs';
import type { HeldGuest } from '../interface.ts';
import type { FakeHost } from './fake-host.ts';
import type { FakeMachine } from './fake-machine.ts';
import { writeFakeRam } from './fake-states.ts';
import type { FaultPlan } from './fault-plan.ts';

export interface FakeHeldParts {
  host: FakeHost;
  machine: FakeMachine;
  faults: FaultPlan;
  ramFile: string;
}

export class FakeHeldGuest implements HeldGuest {
  readonly #parts: FakeHeldParts;

  constructor(parts: FakeHeldParts) {
    this.#parts = parts;
    parts.host.held.set(parts.machine.process.pid, parts.machine);
  }

  /** False when it was closed. */
  get isHeld(): boolean {
    return this.#parts.host.held.get(this.#parts.machine.process.pid) === this.#parts.machine;
  }

  async finish(options: Parameters<HeldGuest['finish']>[0] = {}): Promise<void> {
    const { machine, faults, ramFile } = this.#parts;
    options.onProgress?.(0, 1);
    await faults.pass('finish', options.signal);
    // What a killed agent has written is written anew.
    rmSync(ramFile, { force: true });
    writeFakeRam(machine, ramFile, 'flat');
    options.onProgress?.(1, 1);
  }

  async close(): Promise<void> {
    const { host, machine, faults } = this.#parts;
    await faults.pass('close');
    host.held.delete(machine.process.pid);
  }
}
