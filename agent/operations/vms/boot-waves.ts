// Lets emulated guests boot a few at a time: the next one of an operation starts when an earlier one has booted, or has had its
// time. Used by make-vms.ts. Why: if 50 boot at once on 2 processors, each waits longer for its turn than Linux waits for its
// timer, and a third of them panic ("IO-APIC + timer doesn't work"); see `npm run bench -- fifty`.
import { setTimeout as delay } from 'node:timers/promises';
import type { RunningVm } from '../../engines/interface.ts';
import { mapLimit } from '../../host/map-limit.ts';
import type { Services } from '../services.ts';

/**
 * For each VM that may be starting. On 2 processors 24 guests take the same 52 to 54 s with 2, 4 or 8 booting at a time. Of
 * 50, on a busy host, 50 and 49 came up with 4, 44 and 38 with 8. Two for each processor keep it busy while one of them
 * waits for its network.
 */
const BOOTING_PER_START = 2;
/** For each VM that may be starting, too: so many in one call are let in at once. 12 on 2 processors came up, of 24 one not. */
const AT_ONCE_PER_START = 6;
/**
 * What a guest may use up before it counts as booted. In processor time, not by the clock: what boots in 3 s alone takes 12
 * among seven others, and letting more of them in after 10 s makes all of them slower still.
 */
const AGENT_LIMIT = { cpuMs: 10_000, ms: 60_000 };
/** Without a guest agent the end of booting can only be guessed, and a guess does not justify a long wait. */
const NO_AGENT_LIMIT = { cpuMs: 3_000, ms: 15_000 };
const ANSWER_TIMEOUT_MS = 500;
/** Two periods in a row with less of one processor than this: it waits for something, so others can continue. */
const LOOK_EVERY_MS = 500;
const QUIET_SHARE = 0.05;

type WaveServices = Pick<Services, 'limits' | 'running' | 'engines' | 'cgroups' | 'inventory'>;

/** Signs that a guest has booted. */
export interface BootSigns {
  /** True if the guest agent answers; null for a guest without one. */
  answers: ((timeoutMs: number) => Promise<boolean>) | null;
  /** Microseconds of processor time so far. */
  cpuUs: () => Promise<number>;
  /** Resolves when it is gone. */
  exited: Promise<unknown>;
}

/** How VMs are started. */
export interface Starting {
  /**
   * Starts one; resolves when that is done and written down. With `onLaunched`, which is to be called when only the writing is
   * missing, the next ones do not wait for that.
   */
  start: (vmId: string, onLaunched?: () => void) => Promise<void>;
  /** No more will be launched: what waits to be written down waits for nothing. */
  onAllLaunched: () => void;
}

/**
 * Calls `start` for each VM; of many that boot in waves, at most twice `startWidth` are between their start and the end of their
 * boot. Resolves when the last one has started, not booted: a call for a few VMs is as fast as possible, and nobody waits for
 * guests whose end of booting is unknown. The first failure, and the abort of `signal`, also stop the waiting. When it rejects,
 * nothing is under way any more.
 */
export async function bootInWaves(
  services: WaveServices,
  vmIds: readonly string[],
  signal: AbortSignal,
  { start, onAllLaunched }: Starting,
): Promise<void> {
  const { startWidth } = services.limits;
  if (vmIds.length <= startWidth * AT_ONCE_PER_START) {
    await mapLimit(vmIds, startWidth, (vmId) => start(vmId));
    return;
  }
  const ending = new AbortController();
  const over = AbortSignal.any([signal, ending.signal]);
  let notStarted = vmIds.length;
  const writing: Promise<void>[] = [];
  const failures: { error: unknown }[] = [];
  const startOne = async (vmId: string, onLaunched?: () => void) => {
    try {
      await start(vmId, onLaunched);
    } catch (error) {
      failures.push({ error });
      ending.abort();
      throw error;
    } finally {
      if (--notStarted === 0) ending.abort();
    }
  };
  try {
    await mapLimit(vmIds, startWidth * BOOTING_PER_START, async (vmId) => {
      if (mayNeedQuiet(services, vmId)) {
        await startOne(vmId);
        const vm = services.running.get(vmId);
        if (vm && needsQuiet(services, vm)) await untilBooted(signsOf(services, vm), over);
        return;
      }
      // One that was launched before could not be written down.
      for (const { error } of failures) throw error;
      const launched = Promise.withResolvers<void>();
      const written = startOne(vmId, launched.resolve);
      writing.push(written);
      await Promise.race([launched.promise, written]);
    });
  } finally {
    onAllLaunched();
    await Promise.allSettled(writing);
  }
  await Promise.all(writing);
}

/** Asked before it starts: whether it may be one that others have to wait for. */
function mayNeedQuiet({ engines, inventory }: WaveServices, vmId: string): boolean {
  if (!inventory.hasVm(vmId)) return true;
  const engine = engines.forVm(inventory.vm(vmId));
  return engine.bootsInWaves && engine.acceleration.kind === 'tcg';
}

/** With KVM a guest's timer does not wait for QEMU, and Linux knows that. */
function needsQuiet({ engines, inventory }: WaveServices, vm: RunningVm): boolean {
  return vm.acceleration === 'tcg' && inventory.hasVm(vm.id) && engines.forVm(inventory.vm(vm.id)).bootsInWaves;
}

function signsOf({ cgroups, inventory }: WaveServices, vm: RunningVm): BootSigns {
  const hasAgent = inventory.hasVm(vm.id) && inventory.vm(vm.id).placement.features.includes('guestAgent');
  return {
    answers: hasAgent ? (timeoutMs) => vm.guestAnswers(timeoutMs) : null,
    cpuUs: async () => (await cgroups.usage(vm.id)).cpuUs,
    exited: vm.exited,
  };
}

/**
 * Resolves at the first of: its agent answers, it needs hardly any processor time, it has had its share, it is gone, or
 * `signal` aborts. Never rejects: a sign that cannot be read is ignored.
 */
export async function untilBooted(signs: BootSigns, signal: AbortSignal, lookEveryMs = LOOK_EVERY_MS): Promise<void> {
  if (signal.aborted) return;
  const limit = signs.answers ? AGENT_LIMIT : NO_AGENT_LIMIT;
  const done = new AbortController();
  const end = () => done.abort();
  const timer = setTimeout(end, limit.ms);
  signal.addEventListener('abort', end);
  void signs.exited.then(end);
  const ended = new Promise<void>((resolve) => done.signal.addEventListener('abort', () => resolve()));
  try {
    await Promise.race([
      ended,
      untilAnswered(signs, lookEveryMs, done.signal),
      untilIdle(signs, limit.cpuMs, lookEveryMs, done.signal),
    ]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
    // Ends the watch that was slower.
    end();
  }
}

/** Resolves when the guest agent answers, never without one, or when `signal` aborts. Never rejects. */
export async function untilAnswered(
  { answers }: Pick<BootSigns, 'answers'>,
  lookEveryMs: number,
  signal: AbortSignal,
): Promise<void> {
  if (!answers) return new Promise(() => {});
  while (!signal.aborted) {
    // Somebody else holds the line, or the VM is gone: the other signs decide.
    if (await answers(ANSWER_TIMEOUT_MS).catch(() => false)) return;
    await pause(signal, lookEveryMs / 5);
  }
}

/** Resolves when it needs hardly any processor time, when it has used `mostCpuMs`, or when `signal` aborts. Never rejects. */
export async function untilIdle(
  { cpuUs }: Pick<BootSigns, 'cpuUs'>,
  mostCpuMs: number,
  lookEveryMs: number,
  signal: AbortSignal,
): Promise<void> {
  let last = Number.NaN;
  for (let quiet = 0; quiet < 2 && !signal.aborted; await pause(signal, lookEveryMs)) {
    const now = await cpuUs().catch(() => Number.NaN);
    if (now > mostCpuMs * 1000) return;
    quiet = now - last < QUIET_SHARE * lookEveryMs * 1000 ? quiet + 1 : 0;
    last = now;
  }
}

async function pause(signal: AbortSignal, ms: number): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => {});
}
