// Host users for VMs, allocated by operations: one for each VM, from the range of this agent. If the host has none, VMs run as
// the agent's user, and the doctor reports the reason.
import { EngineError } from './errors.ts';
import type { Confinement } from './interface.ts';
import { allocateVmUid, type UidRange } from './vm-users.ts';

export class VmUserPool {
  readonly range: UidRange;
  readonly #reserved = new Set<number>();

  constructor(range: UidRange) {
    this.range = range;
  }

  /** Why this host can't give any; null when it can. */
  async problem(): Promise<string | null> {
    try {
      await allocateVmUid(new Set(), this.range);
      return null;
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      return error.message;
    }
  }

  /**
   * A user for tools that read untrusted files: the last of the range, which no VM gets from then on. Null while a VM has it,
   * or if this host does not have it.
   */
  async toolUser(vms: readonly { confinement: Confinement | null }[]): Promise<Confinement | null> {
    const last = { firstUid: this.range.firstUid + this.range.count - 1, count: 1 };
    const taken = new Set(vms.flatMap(({ confinement }) => confinement?.uid ?? []));
    try {
      const uid = await allocateVmUid(taken, last);
      this.#reserved.add(uid);
      return { uid, gid: uid };
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      return null;
    }
  }

  /** One for each of `count` VMs, none of them in `taken`. Rejects with EngineError START_FAILED if too few are left. */
  async allocate(count: number, taken: ReadonlySet<number>): Promise<Confinement[]> {
    const gone = new Set([...taken, ...this.#reserved]);
    const given: Confinement[] = [];
    while (given.length < count) {
      const uid = await allocateVmUid(gone, this.range);
      gone.add(uid);
      given.push({ uid, gid: uid });
    }
    return given;
  }
}
