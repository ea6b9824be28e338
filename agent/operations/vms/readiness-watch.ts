// Learns when running guests first answer, by the guest helper, the guest agent or ssh, and records it. A guest is asked until it
// has answered in each way it has, for half an hour at most, and again after it was restarted or reverted.
import { EngineError } from '../../engines/errors.ts';
import type { RunningVm } from '../../engines/interface.ts';
import { greetsBySsh } from '../../engines/ssh-greeting.ts';
import { mapLimit } from '../../host/map-limit.ts';
import { hasAgent, noAnswerYet, readinessOf, sshAddressOf } from '../../inventory/guest-readiness.ts';
import type { Inventory } from '../../inventory/inventory.ts';
import type { GuestReadiness, VmRecord } from '../../state/vm-record.ts';
import { PanicWatch } from './panic-watch.ts';

const ASK_TIMEOUT_MS = 1_000;
const ASK_WIDTH = 16;
/** Of each look, those that have waited longest: a round of silent guests must not keep the others waiting. */
const MOST_ASKED = 64;
/** Looks at which every guest is asked; with one every 2 s, for three minutes. Emulated ones take that long on a busy host. */
const EAGER_LOOKS = 90;
/** Every how many looks a guest is asked after that. */
const SELDOM = 10;
/** After so many, half an hour, nobody asks any more: it has nothing that answers, or hangs. */
const MOST_LOOKS = 900;

type Asked = Pick<RunningVm, 'guestAnswers' | 'hasPanicked' | 'isHelperPortOpen' | 'onRestart'>;
type Greets = typeof greetsBySsh;

/** One run of a guest, as far as this agent has seen it. */
interface Watched {
  handle: Asked;
  looks: number;
  /** The number of the look at which it was asked last; 0: not yet. */
  askedAt: number;
  /** Grows when what it answered before counts no more: an answer that comes later is to another question. */
  round: number;
}

export interface ReadinessParts {
  inventory: Pick<Inventory, 'vms' | 'findVm' | 'updateVm'>;
  running: { get(vmId: string): Asked | null };
  now: () => Date;
  /** Default: a connection to the address. */
  greets?: Greets;
}

export class ReadinessWatch {
  readonly #parts: ReadinessParts;
  readonly #greets: Greets;
  readonly #panics: PanicWatch;
  readonly #watched = new Map<string, Watched>();
  #looks = 0;

  constructor(parts: ReadinessParts) {
    this.#parts = parts;
    this.#greets = parts.greets ?? greetsBySsh;
    this.#panics = new PanicWatch(parts);
  }

  /** One round of questions. Called every few seconds, one round at a time. */
  async look(): Promise<void> {
    this.#looks += 1;
    await this.#panics.look();
    const vms = this.#parts.inventory.vms().filter(({ status }) => status.state === 'running');
    this.#forgetEnded();
    const due = vms.flatMap((vm) => {
      const watched = this.#watch(vm);
      return watched && isDue(vm, watched) ? [{ vm, watched }] : [];
    });
    const asked = due.toSorted((a, b) => a.watched.askedAt - b.watched.askedAt).slice(0, MOST_ASKED);
    await mapLimit(asked, ASK_WIDTH, ({ vm, watched }) => this.#ask(vm, watched));
  }

  /** Its guest was restarted, reset or reverted: what it answered before is of another time. */
  askAgain(vmId: string): void {
    const watched = this.#watched.get(vmId);
    if (watched) {
      watched.looks = 0;
      watched.round += 1;
    }
    const vm = this.#parts.inventory.findVm(vmId);
    if (!vm || vm.status.process === null) return;
    this.#write(vm, noAnswerYet(vm.status.runningSince));
  }

  /** Counts a look at it; null: it has no handle, or has just lost it. */
  #watch(vm: VmRecord): Watched | null {
    const handle = this.#parts.running.get(vm.id);
    if (!handle) return null;
    const known = this.#watched.get(vm.id);
    if (known?.handle === handle) {
      known.looks += 1;
      return known;
    }
    const watched: Watched = { handle, looks: 1, askedAt: 0, round: 0 };
    this.#watched.set(vm.id, watched);
    handle.onRestart(() => {
      if (this.#watched.get(vm.id) === watched) this.askAgain(vm.id);
    });
    return watched;
  }

  #forgetEnded(): void {
    for (const [vmId, { handle }] of this.#watched) {
      if (this.#parts.running.get(vmId) !== handle) this.#watched.delete(vmId);
    }
  }

  async #ask(vm: VmRecord, watched: Watched): Promise<void> {
    const { round, handle } = watched;
    watched.askedAt = this.#looks;
    const known = readinessOf(vm);
    const ssh = known.sshAt === null ? sshAddressOf(vm) : null;
    const [byAgent, bySsh] = await Promise.all([
      known.agentAt === null && hasAgent(vm) ? agentAnswers(vm, handle) : false,
      ssh ? this.#greets(ssh, ASK_TIMEOUT_MS) : false,
    ]);
    if (watched.round !== round || this.#watched.get(vm.id) !== watched) return;
    const current = this.#parts.inventory.findVm(vm.id);
    if (!current || current.status.process === null || current.status.runningSince !== vm.status.runningSince) return;
    const at = this.#parts.now().toISOString();
    const before = readinessOf(current);
    const agentAt = before.agentAt ?? (byAgent ? at : null);
    const sshAt = before.sshAt ?? (bySsh ? at : null);
    const isSilent = agentAt === null && sshAt === null;
    // An agent that has taken it over asks as after a start, and says what is known until there is an answer.
    const gaveUp = isSilent && (before.gaveUp || watched.looks >= MOST_LOOKS);
    this.#write(current, { ...before, agentAt, sshAt, gaveUp });
  }

  /** Followers do not get what they already know. */
  #write(vm: VmRecord, next: Required<GuestReadiness>): void {
    const before = readinessOf(vm);
    const isSame = before.agentAt === next.agentAt && before.sshAt === next.sshAt && before.gaveUp === next.gaveUp;
    if (!isSame || before.panickedAt !== next.panickedAt)
      this.#parts.inventory.updateVm(vm.id, { guest: { readiness: next } });
  }
}

function isDue(vm: VmRecord, { looks }: Watched): boolean {
  const { agentAt, sshAt, gaveUp, panickedAt } = readinessOf(vm);
  if (panickedAt !== null) return false;
  const lacksAgent = agentAt === null && hasAgent(vm);
  const lacksSsh = sshAt === null && sshAddressOf(vm) !== null;
  if (!lacksAgent && !lacksSsh) return false;
  if (looks <= EAGER_LOOKS) return true;
  if (looks < MOST_LOOKS) return looks % SELDOM === 0;
  // Once more, whenever its turn comes, so that it is written down that nobody asks any more.
  return !gaveUp && agentAt === null && sshAt === null;
}

/** The helper first, which the engine knows without asking the guest; a guest that has none may have the guest agent. */
async function agentAnswers(vm: VmRecord, handle: Asked): Promise<boolean> {
  try {
    if (vm.spec.guestHelper === 'on' && (await handle.isHelperPortOpen(ASK_TIMEOUT_MS))) return true;
    return vm.placement.features.includes('guestAgent') && (await handle.guestAnswers(ASK_TIMEOUT_MS));
  } catch (error) {
    // Its agent is busy with others, or it has just ended: the next look asks again.
    if (error instanceof EngineError) return false;
    throw error;
  }
}
