// What counts as idle, and for how long it has to be.
import { expect, test } from 'vitest';
import { IDLE_AFTER_MS, IDLE_CPU_PERCENT, IdleStore, type IdleSources } from './idle-store.ts';

/** One ENV with one running machine, which somebody may change between looks. */
function world() {
  const now = { cpuPercent: 0 as number | null, viewers: 0, vmState: 'running', isRunning: false, isOperating: false };
  const sources = {
    envs: {
      get all() {
        return [{ name: 'demo' }];
      },
    },
    vms: { ofEnv: () => [{ id: 'v1', state: now.vmState, viewers: now.viewers }] },
    metrics: {
      sumOfEnv: () => (now.cpuPercent === null ? null : { cpuPercent: now.cpuPercent, memoryBytes: 0 }),
    },
    runs: { ofEnv: () => [{ state: now.isRunning ? 'running' : 'ended' }] },
    operations: { runningFor: () => (now.isOperating ? [{}] : []) },
  };
  return { now, idle: new IdleStore(sources as unknown as IdleSources) };
}

test('an ENV that hardly uses the processor is idle after ten minutes, and no more once it does something', () => {
  const { now, idle } = world();
  idle.look(0);
  idle.look(IDLE_AFTER_MS - 1);
  expect(idle.isIdle('demo')).toBe(false);
  idle.look(IDLE_AFTER_MS);
  expect(idle.isIdle('demo')).toBe(true);
  now.cpuPercent = IDLE_CPU_PERCENT;
  idle.look(IDLE_AFTER_MS + 1);
  expect(idle.isIdle('demo')).toBe(false);
});

test.each([
  ['somebody looks at it', { viewers: 1 }],
  ['a run is going on', { isRunning: true }],
  ['an operation is going on', { isOperating: true }],
  ['nothing was measured', { cpuPercent: null }],
  ['it does not run', { vmState: 'stopped' }],
])('an ENV is not idle while %s', (_why, change) => {
  const { now, idle } = world();
  Object.assign(now, change);
  idle.look(0);
  idle.look(IDLE_AFTER_MS);
  idle.look(2 * IDLE_AFTER_MS);
  expect(idle.isIdle('demo')).toBe(false);
});
