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
    engines: { forVm: () => ({ bootsInWaves, acceleration: { kind: acceleration } }) },
    running: {
      get: (id: string) => ({ id, acceleration, exited: never, guestAnswers: async () => booted.has(id) }),
    },
    inventory: { hasVm: () => true, vm: () => ({ placement: { features: ['guestAgent'] } }) },
    cgroups: { usage },
  } as unknown as WaveServices;
  const start = async (vmId: string) => void started.push(vmId);
  return { services, started, booted, start };
}

type Start = Parameters<typeof bootInWaves>[3]['start'];

function bootAll(services: WaveServices, vmIds: readonly string[], signal: AbortSignal, start: Start): Promise<void> {
  return bootInWaves(services, vmIds, signal, { start, onAllLaunched: () => {} });
}

/** One more than may boot at once. */
const many = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];

it('starts the next when one has booted, and is done when the last is started', async () => {
  const { services, started, booted, start } = hostOf();
  const all = bootAll(services, many, goesOn(), start);
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
  await bootAll(few.services, many.slice(1), goesOn(), few.start);
  expect(few.started).toHaveLength(6);
  for (const host of [hostOf({ acceleration: 'kvm' }), hostOf({ bootsInWaves: false })]) {
    await bootAll(host.services, many, goesOn(), host.start);
    expect(host.started).toEqual(many);
  }
});

it('stops waiting when one can not be started, and when it is cancelled', async () => {
  const { services, started, start } = hostOf();
  const failing = async (vmId: string) => {
    if (vmId === 'b') throw new Error('no b');
    await start(vmId);
  };
  await expect(bootAll(services, many, goesOn(), failing)).rejects.toThrow('no b');
  expect(started).toEqual(['a']);

  const cancelled = hostOf();
  const ending = new AbortController();
  const all = bootAll(cancelled.services, many, ending.signal, async (vmId) => {
    ending.signal.throwIfAborted();
    await cancelled.start(vmId);
  });
  await until('two are booting', () => cancelled.started.length === 2);
  ending.abort(new Error('cancelled'));
  await expect(all).rejects.toThrow('cancelled');
  expect(cancelled.started).toEqual(['a', 'b']);
});

it('launches the next while one is written down, where guests do not compete; and is done when all are written', async () => {
  const { services, started } = hostOf({ bootsInWaves: false });
  const written = Promise.withResolvers<void>();
  let isOver = false;
  const start: Start = async (vmId, onLaunched) => {
    started.push(vmId);
    onLaunched?.();
    await written.promise;
  };
  // As whoever writes them down together: now, as no more will come.
  const onAllLaunched = () => void Promise.resolve().then(() => written.resolve());
  await bootInWaves(services, many, goesOn(), { start, onAllLaunched }).then(() => {
    isOver = true;
  });
  expect([started, isOver]).toEqual([many, true]);
});

it('launches no more once one could not be written down, and is over when the others are', async () => {
  const { services, started } = hostOf({ bootsInWaves: false });
  const others = Promise.withResolvers<void>();
  let over = 0;
  const start: Start = async (vmId, onLaunched) => {
    started.push(vmId);
    onLaunched?.();
    if (vmId === 'b') throw new Error('b is not written');
    await others.promise;
    over++;
  };
  const onAllLaunched = () => others.resolve();
  await expect(bootInWaves(services, many, goesOn(), { start, onAllLaunched })).rejects.toThrow('b is not written');
  expect(started.length).toBeLessThan(many.length);
  expect(over).toBe(started.length - 1);
});
