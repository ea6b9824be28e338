// Test support: real guests with users of their own, an engine that runs them, and what saves and clones them: for tests of forks that
// share a memory.
import type { RunningVm, VmSpec } from '../interface.ts';
import { VmSnapshots } from '../../snapshots/vm-snapshots.ts';
import { GuestShell } from '../guest-shell.ts';
import { QemuEngine } from './qemu-engine.ts';
import { makeRealGuests, type RealGuests } from './test-real-guest.ts';

export class SavedGuests {
  readonly guests: RealGuests;
  readonly engine: QemuEngine;
  readonly snapshots: VmSnapshots;
  readonly #running = new Map<VmSpec, RunningVm>();

  private constructor(guests: RealGuests, engine: QemuEngine) {
    this.guests = guests;
    this.engine = engine;
    this.snapshots = new VmSnapshots(guests.storage);
  }

  /** `binary`: another QEMU than that of the host. */
  static async make(binary?: string): Promise<SavedGuests> {
    const guests = await makeRealGuests({ confined: true });
    const engine = new QemuEngine({
      stateDirectory: guests.root,
      acceleration: 'tcg',
      confined: true,
      ...(binary !== undefined && { binary }),
    });
    await engine.init();
    return new SavedGuests(guests, engine);
  }

  async start(id: string, options: Parameters<QemuEngine['start']>[1] = {}): Promise<{ spec: VmSpec; vm: RunningVm }> {
    const spec = await this.guests.makeSpec(id);
    const vm = await this.engine.start(spec, options);
    this.#running.set(spec, vm);
    return { spec, vm };
  }

  async run(vm: RunningVm, command: string): Promise<string> {
    const shell = await GuestShell.login(vm.sockets.serial);
    try {
      return await shell.run(command);
    } finally {
      shell.close();
    }
  }

  /** With its memory; it runs on. */
  async save(vm: RunningVm, tag: string): Promise<void> {
    const save = await this.snapshots.beginSave(vm.id, tag, vm, {});
    await vm.pause();
    if (!save) throw new Error('it was paused');
    await save.finish();
    await vm.resume();
  }

  async remove(): Promise<void> {
    for (const [spec, vm] of this.#running) await this.engine.stop(spec, vm.process);
    await this.guests.remove();
  }
}
