// Watches guests that use KVM: one that shows no sign of life while it uses a whole processor, or whose KVM reports an internal
// error, is restarted with TCG once. If it works there, KVM was at fault, and this host stops using it (decision 0032).
import { reason, type Reason, TtError, toErrorRecord } from '@tt/protocol';
import { createHash } from 'node:crypto';
import { AGENT } from '../../access/owners.ts';
import type { RunningVm, TroubleKind } from '../../engines/interface.ts';
import type { VmRecord } from '../../state/vm-record.ts';
import { inBackground } from '../background/in-background.ts';
import { defineOperation } from '../define-operation.ts';
import { runOperation } from '../run-operation.ts';
import type { Services } from '../services.ts';
import { bootVm, haltVm } from './boot-vm.ts';
import { type Life, SignsOfLife } from './signs-of-life.ts';
import { startVmOperation } from './start-vm.ts';

/** How long a guest is watched: one that has not hung by then has booted. */
const WATCHED_MS = 10 * 60_000;
const ANSWER_TIMEOUT_MS = 500;

export interface KvmWatchOptions {
  /** Milliseconds of a monotonic clock; default: the process's. */
  nowMs?: () => number;
  /** How long the agent in a guest may take to answer; default 500. */
  answerTimeoutMs?: number;
}

interface Watched {
  handle: RunningVm;
  signs: SignsOfLife;
  sinceMs: number;
}

export class KvmWatch {
  readonly #services: Services;
  readonly #nowMs: () => number;
  readonly #answerTimeoutMs: number;
  readonly #watched = new Map<string, Watched>();
  /** VMs that run with TCG instead of KVM, and why: their first sign of life counts against KVM. */
  readonly #suspicions = new Map<string, Reason>();
  /** VMs whose KVM has reported an error and that have not been restarted yet, and why. */
  readonly #failed = new Map<string, Reason>();
  /** VMs restarted for lack of a sign: a guest that is silent with TCG too is not restarted again and again. */
  readonly #restarted = new Set<string>();
  readonly #restarting = new Set<string>();

  constructor(services: Services, { nowMs, answerTimeoutMs = ANSWER_TIMEOUT_MS }: KvmWatchOptions = {}) {
    this.#services = services;
    this.#nowMs = nowMs ?? (() => performance.now());
    this.#answerTimeoutMs = answerTimeoutMs;
    services.running.onTrouble((vmId, why, kind) => this.#troubled(vmId, why, kind));
  }

  /** Called every few seconds. Does nothing where the configuration names the acceleration. */
  async look(): Promise<void> {
    const { running, settings } = this.#services;
    if (settings.current.acceleration !== 'auto') return;
    const handles = running.list();
    for (const vmId of [...this.#watched.keys(), ...this.#suspicions.keys()]) {
      if (handles.some(({ id }) => id === vmId)) continue;
      this.#watched.delete(vmId);
      if (!this.#restarting.has(vmId)) this.#suspicions.delete(vmId);
    }
    await Promise.all(handles.map((handle) => this.#lookAt(handle)));
  }

  #troubled(vmId: string, why: Reason, kind: TroubleKind): void {
    if (kind === 'internalError') this.#failed.set(vmId, why);
  }

  async #lookAt(handle: RunningVm): Promise<void> {
    const { inventory, locks } = this.#services;
    const isSuspect = this.#suspicions.has(handle.id);
    if (!inventory.hasVm(handle.id) || this.#restarting.has(handle.id)) return;
    if (handle.acceleration !== 'kvm' && !isSuspect) return;
    const vm = inventory.vm(handle.id);
    // Stopped for a snapshot, or about to be: nothing can be told by it, and nothing may be done to it.
    if (locks.isHeld(vm.envName) || vm.status.stopping) return;
    const failure = this.#failed.get(vm.id);
    if (failure !== undefined && handle.acceleration === 'kvm') {
      this.#restart(vm, handle, failure);
    } else if (vm.status.state === 'running') {
      const life = await this.#lifeOf(vm, handle);
      if (life === 'alive' && isSuspect) await this.#blameKvm(vm);
      else if (life === 'hung' && !isSuspect && !this.#restarted.has(vm.id)) {
        this.#restarted.add(vm.id);
        this.#restart(vm, handle, reason('kvmNoSignOfLife'));
      }
    }
  }

  async #lifeOf(vm: VmRecord, handle: RunningVm): Promise<Life> {
    let watched = this.#watched.get(vm.id);
    if (watched?.handle !== handle) {
      // One that was taken up after a restart of the agent has run for as long as its record says.
      const ranMs = this.#services.now().getTime() - Date.parse(vm.status.runningSince ?? '');
      watched = { handle, signs: new SignsOfLife(), sinceMs: this.#nowMs() - Math.max(ranMs || 0, 0) };
      this.#watched.set(vm.id, watched);
    }
    if (this.#nowMs() - watched.sinceMs > WATCHED_MS) return 'unknown';
    try {
      const [spoke, picture, { cpuUs }] = await Promise.all([
        this.#spoke(vm, handle),
        pictureOf(handle),
        this.#services.cgroups.usage(vm.id),
      ]);
      return watched.signs.add({ atMs: this.#nowMs(), cpuUs, spoke, picture });
    } catch (error) {
      // It has just ended, or its processor time can't be read: then nothing can be told.
      this.#services.logger.debug({ err: error, vmId: vm.id }, 'could not check a guest with KVM');
      return 'unknown';
    }
  }

  async #spoke(vm: VmRecord, handle: RunningVm): Promise<boolean> {
    if (await handle.hasWritten()) return true;
    // Somebody else may hold the line to the agent, which says nothing about the guest.
    return (
      vm.placement.features.includes('guestAgent') && handle.guestAnswers(this.#answerTimeoutMs).catch(() => false)
    );
  }

  #restart(vm: VmRecord, handle: RunningVm, why: Reason): void {
    const services = this.#services;
    const about = { vmId: vm.id, vmName: vm.name };
    services.logger.error({ ...about, reason: why }, 'a guest failed with KVM: restarting it with TCG');
    this.#restarting.add(vm.id);
    const work = runOperation(services, this.#restartOperation(handle, why), { vmId: vm.id }, AGENT);
    const ended = work.finally(() => {
      this.#restarting.delete(vm.id);
      this.#failed.delete(vm.id);
    });
    inBackground(services, ended, about, 'could not restart a guest without KVM');
  }

  /** `vm.start` of a guest that runs. */
  #restartOperation(handle: RunningVm, why: Reason) {
    return defineOperation({
      ...startVmOperation,
      cancellable: false,
      run: async ({ services: { inventory, reservations, running }, target: vm, operation }) => {
        // Meanwhile somebody may have stopped it.
        if (running.get(vm.id) === handle) {
          operation.step('restartingWithoutKvm');
          await reservations.hold([vm.id], () => this.#bootWithoutKvm(vm, why));
        }
        return inventory.vmView(inventory.vm(vm.id));
      },
    });
  }

  async #bootWithoutKvm({ id, name }: VmRecord, why: Reason): Promise<void> {
    const { inventory } = this.#services;
    await haltVm(this.#services, id, 0);
    this.#suspicions.set(id, why);
    try {
      await bootVm(this.#services, id, { acceleration: 'tcg' });
    } catch (error) {
      // It ran a moment ago: that it does not any more must be seen.
      if (error instanceof TtError)
        inventory.updateVm(id, { status: { state: 'failed', failure: toErrorRecord(error) } });
      throw error;
    }
    const failure = toErrorRecord(new TtError('VM_RESTARTED_WITHOUT_KVM', { vmName: name, reason: why }));
    inventory.updateVm(id, { status: { failure } });
  }

  async #blameKvm(vm: VmRecord): Promise<void> {
    const isError = this.#suspicions.get(vm.id)?.code === 'kvmInternalError';
    const why = reason(isError ? 'kvmBlamedError' : 'kvmBlamedSilent', { vmName: vm.name });
    this.#suspicions.delete(vm.id);
    await this.#services.engines.forVm(vm).distrustKvm(why);
    this.#services.logger.error({ vmId: vm.id, vmName: vm.name, reason: why }, 'KVM is no longer used on this host');
  }
}

async function pictureOf(handle: RunningVm): Promise<string | null> {
  try {
    const { png } = await handle.screenshot();
    return createHash('sha256').update(png).digest('base64');
  } catch {
    return null;
  }
}
