// The running VMs: their control handles, and how the inventory changes when one ends unasked.
import { type ErrorRecord, reason, type Reason, toErrorRecord, TtError } from '@tt/protocol';
import type { MemoryKill } from '../../cgroups/interface.ts';
import type { RunningVm, TroubleKind, VmExit } from '../../engines/interface.ts';
import { isDiskFull } from '../../host/disk-full.ts';
import type { Inventory } from '../../inventory/inventory.ts';
import { NO_PROCESS } from '../../state/vm-record.ts';

/** Why an engine pauses a guest until there is space on the disk of the host. */
export const diskFullReasons: ReadonlySet<unknown> = new Set<Reason['code']>([
  'pausedDiskFull',
  'pausedDiskFullOrBroken',
]);

export class RunningVms {
  readonly #inventory: Inventory;
  readonly #onExit: (vmId: string, exit: VmExit) => void;
  readonly #memoryKill: (vmId: string) => Promise<MemoryKill | null>;
  readonly #handles = new Map<string, RunningVm>();
  readonly #troubleListeners: ((vmId: string, reason: Reason, kind: TroubleKind) => void)[] = [];
  readonly #pendingListeners: ((vmId: string, error: unknown) => void)[] = [];
  /** Those whose process is being replaced: how they end is nobody's news. */
  readonly #replaced = new WeakSet<RunningVm>();
  /** Events that did not fit on the disk, by VM: the last of each kind. */
  readonly #pending = new Map<string, () => void>();

  /** `onExit` is called for every end, for the log and the VM's cgroup; `memoryKill` was read before. */
  constructor(
    inventory: Inventory,
    memoryKill: (vmId: string) => Promise<MemoryKill | null>,
    onExit: (vmId: string, exit: VmExit) => void,
  ) {
    this.#inventory = inventory;
    this.#memoryKill = memoryKill;
    this.#onExit = onExit;
  }

  get(vmId: string): RunningVm | null {
    return this.#handles.get(vmId) ?? null;
  }

  /** The handle of a VM that must be running. Throws VM_NOT_FOUND or VM_NOT_RUNNING. */
  need(vmId: string): RunningVm {
    const vm = this.#inventory.vm(vmId);
    const handle = this.#handles.get(vmId);
    if (!handle) throw new TtError('VM_NOT_RUNNING', { vmName: vm.name, state: vm.status.state });
    return handle;
  }

  list(): RunningVm[] {
    return [...this.#handles.values()];
  }

  /** Calls `listener` with every trouble of a VM that does not end it. */
  onTrouble(listener: (vmId: string, reason: Reason, kind: TroubleKind) => void): void {
    this.#troubleListeners.push(listener);
  }

  /** Calls `listener` with what could not be written down, as the disk is full. */
  onPending(listener: (vmId: string, error: unknown) => void): void {
    this.#pendingListeners.push(listener);
  }

  /** Records what did not fit before. Called periodically. */
  recordPending(): void {
    // A copy: what still can't be written comes back at the end of the map.
    const pending = [...this.#pending];
    for (const [vmId, write] of pending) this.#record(vmId, write);
  }

  /** Takes a started or adopted VM under watch. */
  watch(handle: RunningVm): void {
    this.#handles.set(handle.id, handle);
    handle.onTrouble((reason, kind) => this.#troubled(handle, reason, kind));
    void handle.exited.then(async (exit) => {
      const kill = exit.expected ? null : await this.#memoryKill(handle.id);
      this.#ended(handle, exit, kill);
    });
  }

  /**
   * From now on the end of this process changes nothing: its VM goes on in the next one, which `watch` gets. Until then this handle
   * stands for the VM, and its calls reject.
   */
  beginReplacing(handle: RunningVm): void {
    this.#replaced.add(handle);
  }

  /** It is not replaced after all, and lives. */
  cancelReplacing(handle: RunningVm): void {
    this.#replaced.delete(handle);
  }

  /** There is no next process: the VM does not run. */
  endReplacing(handle: RunningVm): void {
    if (this.#handles.get(handle.id) === handle) this.#handles.delete(handle.id);
  }

  /** Closes all control channels; the guests keep running (agent shutdown). */
  detachAll(): void {
    for (const handle of this.#handles.values()) handle.detach();
    this.#handles.clear();
  }

  /**
   * Usually the engine has paused it because it could not continue: it waits, with its state intact, for somebody to fix that. One
   * whose guest was only told of an error runs on.
   */
  #troubled(handle: RunningVm, reason: Reason, kind: TroubleKind): void {
    if (this.#handles.get(handle.id) !== handle || this.#replaced.has(handle)) return;
    if (!this.#inventory.hasVm(handle.id)) return;
    const vm = this.#inventory.vm(handle.id);
    const { state } = vm.status;
    if (state !== 'running' && state !== 'paused') return;
    const failure = troubleRecord(vm.name, reason);
    // Why a paused one waits says more than what its disks report besides.
    const status = kind !== 'diskError' ? { state: 'paused' as const, failure } : state === 'running' && { failure };
    if (status) this.#record(vm.id, () => this.#inventory.updateVm(vm.id, { status }));
    for (const listener of this.#troubleListeners) listener(vm.id, reason, kind);
  }

  /** Events of engines have no caller: a full disk must not end the agent, and the event is kept for later. */
  #record(vmId: string, write: () => void): void {
    this.#pending.delete(vmId);
    if (!this.#inventory.hasVm(vmId)) return;
    try {
      write();
    } catch (error) {
      if (!isDiskFull(error)) throw error;
      this.#pending.set(vmId, write);
      for (const listener of this.#pendingListeners) listener(vmId, error);
    }
  }

  #ended(handle: RunningVm, exit: VmExit, kill: MemoryKill | null): void {
    if (this.#handles.get(handle.id) !== handle || this.#replaced.has(handle)) return;
    this.#handles.delete(handle.id);
    this.#onExit(handle.id, exit);
    // A machine that was started in its place meanwhile has a state of its own.
    this.#record(handle.id, () => this.#handles.has(handle.id) || this.#recordEnd(handle.id, exit, kill));
  }

  #recordEnd(vmId: string, exit: VmExit, kill: MemoryKill | null): void {
    const vm = this.#inventory.vm(vmId);
    // Whoever deletes it takes the whole record away, of many VMs at once; a removal that is interrupted begins again by ending the
    // process, which may be gone.
    if (vm.status.state === 'deleting') return;
    const gone = { ...NO_PROCESS, stopping: false };
    if (exit.expected) {
      this.#inventory.updateVm(vm.id, { status: { ...gone, state: 'stopped', failure: null } });
    } else {
      this.#inventory.updateVm(vm.id, {
        status: { ...gone, state: 'failed', failure: diedRecord(vm.name, exit, kill) },
      });
    }
  }
}

/** The failure shown for a VM that is in trouble and has not ended. */
function troubleRecord(vmName: string, why: Reason): ErrorRecord {
  const code = diskFullReasons.has(why.code) ? 'VM_PAUSED_DISK_FULL' : 'VM_CONTROL_FAILED';
  return toErrorRecord(new TtError(code, { vmName, reason: why }));
}

/** The failure shown for a VM that ended unasked. */
export function diedRecord(
  vmName: string,
  exit: Pick<VmExit, 'reason' | 'logTail'>,
  kill: MemoryKill | null,
): ErrorRecord {
  if (kill?.cause === 'group')
    return toErrorRecord(new TtError('VM_MEMORY_LIMIT', { vmName, limitMiB: kill.limitMiB }));
  const why = kill ? reason('hostOutOfMemory') : exit.reason;
  return toErrorRecord(new TtError('VM_DIED', { vmName, reason: why, logTail: [...exit.logTail] }));
}
