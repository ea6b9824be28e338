// When a booting guest lets the next one start, with invented signs; and how many guests of one call boot at once.
import { expect, it } from 'vitest';
import { until } from '../../testing/until.ts';
import { type BootSigns, bootInWaves, untilBooted } from './boot-waves.ts';

const LOOK_EVERY_MS = 5;
const never = new Promise<never>(() => {});
const goesOn = () => new AbortController().signal;

/** A guest that takes all of a processor, does not answer, and does not end. */
function busy(signs: Partial<BootSigns> = {}): BootSigns & { looks: () => number } {
  let looks = 0;
  return {
    answers: async () => false,
    cpuUs: async () => ++looks * LOOK_EVERY_MS * 1000,
    exited: never,
    ...signs,
    looks: () => looks,
  };
}

function watch(signs: BootSigns, signal = goesOn()): { over: boolean } {
  const state = { over: false };
  void untilBooted(signs, signal, LOOK_EVERY_MS).then(() => {
    state.over = true;
  });
  return state;
}

it('waits for the answer of the agent in the guest, however long nobody can be asked', async () => {
  let answer: () => Promise<boolean> = () => Promise.reject(new Error('somebody else talks to the agent'));
  const signs = busy({ answers: () => answer() });
  const state = watch(signs);
  await until('it was looked at ten times', () => signs.looks() > 10);
  expect(state.over).toBe(false);
  answer = async () => true;
  await until('it counts as booted', () => state.over);
});

it('takes a guest that needs no processor for booted, not one that was looked at once', async () => {
  const used = [0, 20_000, 20_000, 40_000, 40_000, 40_000];
  let looks = 0;
  const state = watch(busy({ cpuUs: async () => used[Math.min(looks++, used.length - 1)] ?? 0 }));
  await until('it counts as booted', () => state.over);
  expect(looks).toBe(used.length);
});

it('gives a guest without an agent 3 s of processor time, one with an agent 10 s', async () => {
  const first = async (answers: BootSigns['answers']) => {
    let usedMs = 0;
    const cpuUs = async () => {
      usedMs += 500;
      return usedMs * 1000;
    };
    await untilBooted(busy({ answers, cpuUs }), goesOn(), 1);
    return usedMs;
  };
  expect([await first(null), await first(async () => false)]).toEqual([3_500, 10_500]);
});

it('does not wait for a guest that is gone, that can not be measured and goes, or when told not to', async () => {
  await untilBooted(busy({ exited: Promise.resolve() }), goesOn(), LOOK_EVERY_MS);
  const gone = Promise.withResolvers<void>();
  const unmeasured = watch(busy({ cpuUs: () => Promise.reject(new Error('no such group')), exited: gone.promise }));
  const ending = new AbortController();
  const told = watch(busy(), ending.signal);
  expect([unmeasured.over, told.over]).toEqual([false, false]);
  gone.resolve();
  ending.abort();
  await until('both are over', () => unmeasured.over && told.over);
  const signs = busy();
  await untilBooted(signs, ending.signal, LOOK_EVERY_MS);
  expect(signs.looks()).toBe(0);
});

type WaveServices = Parameters<typeof bootInWaves>[0];

/** VMs that run from their start, boot until `booted` holds them, and need all the processor there is meanwhile. */
function hostOf({ bootsInWaves = true, acceleration = 'tcg' } = {}) {
  const started: string[] = [];
  const booted = new Set<string>();
  let cpuUs = 0;
  const usage = async () => {
    cpuUs += 100_000;
    return { cpuUs };
  };
  const services = {
    limits: { startWidth: 1 },
    engines: { forVm: () => ({ bootsInWaves }) },
    running: {
      get: (id: string) => ({ id, acceleration, exited: never, guestAnswers: async () => booted.has(id) }),
    },
    inventory: { hasVm: () => true, vm: () => ({ placement: { features: ['guestAgent'] } }) },
    cgroups: { usage },
  } as unknown as WaveServices;
  const start = async (vmId: string) => void started.push(vmId);
  return { services, started, booted, start };
}

/** One more than may boot at once. */
const many = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];

it('starts the next when one has booted, and is done when the last is started', async () => {
  const { services, started, booted, start } = hostOf();
  const all = bootInWaves(services, many, goesOn(), start);
  await until('two are booting', () => started.length === 2);
  booted.add('b');
  await until('a third is', () => started.length === 3);
  expect(started).toEqual(['a', 'b', 'c']);
  for (const id of ['a', 'c', 'd', 'e']) booted.add(id);
  await all;
  expect([started, booted.has('f'), booted.has('g')]).toEqual([many, false, false]);
});

it('waits for no boot of a few, with KVM, or where guests do not compete', async () => {
  const few = hostOf();
  await bootInWaves(few.services, many.slice(1), goesOn(), few.start);
  expect(few.started).toHaveLength(6);
  for (const host of [hostOf({ acceleration: 'kvm' }), hostOf({ bootsInWaves: false })]) {
    await bootInWaves(host.services, many, goesOn(), host.start);
    expect(host.started).toEqual(many);
  }
});

it('stops waiting when one can not be started, and when it is cancelled', async () => {
  const { services, started, start } = hostOf();
  const failing = async (vmId: string) => {
    if (vmId === 'b') throw new Error('no b');
    await start(vmId);
  };
  await expect(bootInWaves(services, many, goesOn(), failing)).rejects.toThrow('no b');
  expect(started).toEqual(['a']);

  const cancelled = hostOf();
  const ending = new AbortController();
  const all = bootInWaves(cancelled.services, many, ending.signal, async (vmId) => {
    ending.signal.throwIfAborted();
    await cancelled.start(vmId);
  });
  await until('two are booting', () => cancelled.started.length === 2);
  ending.abort(new Error('cancelled'));
  await expect(all).rejects.toThrow('cancelled');
  expect(cancelled.started).toEqual(['a', 'b']);
});
