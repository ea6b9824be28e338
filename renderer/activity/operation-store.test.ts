// An operation is shown from before its request leaves until its end, whatever the end.
import { TtError } from '@tt/protocol';
import { afterEach, expect, test } from 'vitest';
import { until } from '../../agent/testing/until.ts';
import { startTestStores, type TestStores } from '../testing/test-stores.ts';

let running: TestStores;
afterEach(() => running.stop());

test('it is there with its id before the call is made, and gone when the agent never heard of it', async () => {
  running = await startTestStores({ empty: true });
  const { operations } = running.stores;
  let seenBefore: string[] = [];
  const outcome = await operations.run('env.stop', { envName: 'demo' }, async (operationId) => {
    seenBefore = operations.running.map(({ id }) => id);
    expect(seenBefore).toEqual([operationId]);
    throw new TtError('ENV_NOT_FOUND', { envName: 'demo', suggestions: [] });
  });
  expect(outcome.ok ? null : outcome.error.code).toBe('ENV_NOT_FOUND');
  expect(operations.running).toEqual([]);
});

test('the agent’s own account of it replaces ours and stays', async () => {
  running = await startTestStores();
  const { stores } = running;
  await stores.envs.stopEnv('tiny');
  await running.settle();
  expect(running.operations().map(({ kind, state }) => [kind, state])).toEqual([['env.stop', 'succeeded']]);
});

test('what was begun here and ended well is told once it has ended; what others do, and what fails, is not', async () => {
  running = await startTestStores();
  const { stores, agent } = running;
  await agent.client.env.stop({ name: 'tiny' });
  await running.settle();
  expect(stores.operations.lastDone).toBeNull();
  const [vm] = stores.vms.ofEnv('tiny');
  await stores.vms.startVm(vm?.id ?? '');
  await running.settle();
  expect(stores.operations.lastDone).toMatchObject({ kind: 'vm.start', subject: { vmId: vm?.id } });
  await stores.vms.startVm(vm?.id ?? '');
  await running.settle();
  expect(stores.operations.lastDone?.kind).toBe('vm.start');
  await stores.envs.stopEnv('tiny');
  await running.settle();
  expect(stores.operations.lastDone?.kind).toBe('env.stop');
});

test('a failure becomes a toast that says what was wanted, with the error', async () => {
  running = await startTestStores();
  const { stores } = running;
  const [vm] = stores.vms.ofEnv('tiny');
  await stores.vms.startVm(vm?.id ?? '');
  expect(stores.toasts.shown.map(({ tone, text, error }) => [tone, text, error?.code])).toEqual([
    ['danger', 'Start tiny-1-1: failed', 'VM_ALREADY_RUNNING'],
  ]);
});

test('cancelling is said quietly, not as a failure', async () => {
  running = await startTestStores();
  const { stores } = running;
  const building = stores.images.buildImage('qemu:debian-12:kernel-6.9');
  const operation = await until('it can be cancelled', () => stores.operations.running.find((one) => one.cancellable));
  await stores.operations.cancel(operation.id);
  await building;
  await running.settle();
  expect(stores.toasts.shown.map(({ tone }) => tone)).toEqual(['info']);
  expect(stores.operations.running).toEqual([]);
});

test('what can’t be cancelled any more says so', async () => {
  running = await startTestStores();
  const { stores, agent } = running;
  const held = agent.engine.holdNext('powerDown');
  const stopping = stores.envs.stopEnv('tiny');
  await held.reached;
  const [operation] = stores.operations.running;
  await stores.operations.cancel(operation?.id ?? '');
  expect(stores.toasts.shown[0]?.error?.code).toBe('OPERATION_NOT_CANCELLABLE');
  expect(stores.operations.cancelling.size).toBe(0);
  held.release();
  await stopping;
});

test('what others begin is known at once and shown when it has lasted; what is begun here is shown at once, and stays so', async () => {
  running = await startTestStores();
  const { operations } = running.stores;
  const of = { envName: 'tiny' } as const;
  const begun = {
    kind: 'env.stop',
    subject: of,
    state: 'running',
    step: null,
    progress: null,
    cancellable: false,
  } as const;
  const theirs = { ...begun, id: crypto.randomUUID(), startedAt: new Date().toISOString(), endedAt: null, error: null };
  operations.apply(theirs);
  expect(operations.runningFor(of).map(({ id }) => id)).toEqual([theirs.id]);
  expect(operations.shownFor(of)).toEqual([]);
  await until('it is shown', () => operations.shownFor(of).length === 1);
  // Being told of it once more hides nothing.
  operations.apply({ ...theirs, cancellable: true });
  expect(operations.shown.map(({ cancellable }) => cancellable)).toEqual([true]);
  operations.apply({ ...theirs, state: 'succeeded', endedAt: new Date().toISOString() });
  expect(operations.shown).toEqual([]);
  await operations.run('env.stop', of, async (id) => {
    expect(operations.shownFor(of)).toHaveLength(1);
    operations.apply({ ...theirs, id });
    expect(operations.shownFor(of)).toHaveLength(1);
    operations.apply({ ...theirs, id, state: 'succeeded', endedAt: new Date().toISOString() });
  });
  expect(operations.shown).toEqual([]);
});
