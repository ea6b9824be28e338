// Polls running guests for the state of their setup until it is done or has failed, and records the answers. What is shown is
// always the guest's own answer, never a guess.
import { type Provisioning, type TermCode, NO_PROVISIONING } from '@tt/protocol';
import { SeldomLines } from '@tt/server';
import type { Logger } from 'pino';
import { EngineError } from '../engines/errors.ts';
import type { RunningVm } from '../engines/interface.ts';
import { mapLimit } from '../host/map-limit.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { VmRecord } from '../state/vm-record.ts';
import { askArguments, readAnswer } from './provisioning-result.ts';

const ASK_TIMEOUT_MS = 8_000;
const ASK_WIDTH = 8;
const QUOTED_CHARACTERS = 300;

export class ProvisioningWatch {
  readonly #inventory: Inventory;
  readonly #running: { get(vmId: string): RunningVm | null };
  readonly #now: () => Date;
  readonly #logger: Logger;
  /** A guest can give the same wrong answer every few seconds. */
  readonly #lines = new SeldomLines();

  constructor(parts: {
    inventory: Inventory;
    running: { get(vmId: string): RunningVm | null };
    now: () => Date;
    logger: Logger;
  }) {
    this.#inventory = parts.inventory;
    this.#running = parts.running;
    this.#now = parts.now;
    this.#logger = parts.logger;
  }

  /** One round of questions. Called every few seconds, one round at a time. */
  async look(): Promise<void> {
    const open = this.#inventory.vms().filter((vm) => vm.status.state === 'running' && isOpen(vm));
    await mapLimit(open, ASK_WIDTH, (vm) => this.#ask(vm));
  }

  /** The VM was reverted to a snapshot: what its guest reported before may no longer be true. */
  askAgain(vmId: string): void {
    const vm = this.#inventory.vm(vmId);
    if (!vm.guest.cloudInit) return;
    this.#inventory.updateVm(vmId, { guest: { provisioning: { ...NO_PROVISIONING, state: 'waiting' } } });
  }

  async #ask(vm: VmRecord): Promise<void> {
    const guest = this.#running.get(vm.id);
    if (!guest || !vm.guest.cloudInit) return;
    if (!vm.placement.features.includes('guestAgent')) {
      const detail: TermCode<'provisioning'> = 'noGuestAgent';
      return this.#write(vm, { state: 'unknown', detail, detailData: {}, failure: null, logTail: [] });
    }
    try {
      const { stdout } = await guest.guestExec(askArguments, { timeoutMs: ASK_TIMEOUT_MS });
      const question = {
        vmName: vm.name,
        commands: vm.guest.cloudInit.commands,
        readsSeeds: vm.guest.cloudInit.readsSeeds,
      };
      this.#write(vm, readAnswer(stdout, question));
    } catch (error) {
      // Not booted that far, busy, or just ended: the next round asks again.
      if (error instanceof EngineError) return;
      // Without a stack: the fault is the guest's, and the message quotes some of its answer.
      const fromGuest = String(error).slice(0, QUOTED_CHARACTERS);
      this.#lines.say(vm.id, (leftOut) =>
        this.#logger.warn(
          { vmId: vm.id, vmName: vm.name, fromGuest, leftOut },
          'the guest’s answer about its setup is not valid',
        ),
      );
    }
  }

  /** Followers do not get what they already know. */
  #write(vm: VmRecord, answer: Omit<Provisioning, 'at'>): void {
    if (!this.#inventory.hasVm(vm.id)) return;
    const current = this.#inventory.vm(vm.id);
    // Put back to a snapshot, or deleted, while it was asked.
    if (current.status.state !== 'running' || !isOpen(current)) return;
    const { at: _at, ...known } = current.guest.provisioning;
    if (JSON.stringify(known) === JSON.stringify(answer)) return;
    this.#inventory.updateVm(vm.id, { guest: { provisioning: { ...answer, at: this.#now().toISOString() } } });
    const { state, detail, detailData } = answer;
    const about = { vmId: vm.id, vmName: vm.name, state, detail, fromGuest: detailData };
    this.#logger.info(about, 'setup status of a guest');
  }
}

/** Which guests are polled: done and failed are final, and a guest that cannot be asked is not asked again. */
function isOpen({ guest: { cloudInit, provisioning }, placement: { features } }: VmRecord): boolean {
  if (!cloudInit || provisioning.state === 'done' || provisioning.state === 'failed') return false;
  return provisioning.state !== 'unknown' || features.includes('guestAgent');
}
