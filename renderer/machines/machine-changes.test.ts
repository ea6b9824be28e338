// Adding, changing and taking out machines against an agent with fake drivers.
import { afterEach, expect, test } from 'vitest';
import { startTestStores, type TestStores } from '../testing/test-stores.ts';

let running: TestStores;
afterEach(() => running.stop());

async function started() {
  running = await startTestStores();
  const { stores } = running;
  const ids = (envName: string) => stores.vms.ofEnv(envName).map(({ id }) => id);
  const states = (envName: string) => stores.vms.ofEnv(envName).map(({ state }) => state);
  const kinds = () => running.operations().map(({ kind }) => kind);
  return { stores, link: running.link, ids, states, kinds };
}

test('adds machines, numbered after those that are there', async () => {
  const { stores, kinds } = await started();
  const outcome = await stores.machines.add('tiny', { groups: [{ osPrefix: 'tiny', copies: 2 }] });
  await running.settle();
  expect(outcome.ok).toBe(true);
  expect(stores.vms.ofEnv('tiny').map(({ name }) => name)).toEqual([1, 2, 3, 4].map((n) => `tiny/tiny-1-${n}`));
  expect(kinds()).toEqual(['env.addVms']);
});

test('a quota that is full refuses, and leaves nothing behind', async () => {
  const { stores } = await started();
  await running.limitOwner({ vms: 3 });
  const outcome = await stores.machines.add('tiny', { groups: [{ osPrefix: 'tiny', copies: 2 }] });
  await running.settle();
  expect(outcome.ok ? null : outcome.error.code).toBe('QUOTA_EXCEEDED');
  expect(stores.vms.ofEnv('tiny')).toHaveLength(2);
});

test('all machines are changed in one call, some one by one', async () => {
  const { stores, ids, kinds } = await started();
  const web = [{ protocol: 'tcp' as const, guestPort: 8080 }];
  expect(await stores.machines.change('tiny', ids('tiny'), { ports: web })).toEqual({ ok: true });
  await running.settle();
  expect(stores.vms.ofEnv('tiny').map(({ portMap }) => portMap.map(({ guestPort }) => guestPort))).toEqual([
    [22, 8080],
    [22, 8080],
  ]);
  await stores.machines.change('tiny', ids('tiny').slice(0, 1), { bandwidthMbps: 10 });
  await running.settle();
  expect(stores.vms.ofEnv('tiny').map(({ nics }) => nics[0]?.bandwidthMbps)).toEqual([10, null]);
  expect(kinds().sort()).toEqual(['env.update', 'vm.update']);
});

test('says how many were changed before it failed', async () => {
  const { stores, link, ids } = await started();
  const [first, second] = ids('checkout');
  await link.client.vm.stop({ vmId: first ?? '', operationId: crypto.randomUUID(), graceS: 0 });
  await running.settle();
  const outcome = await stores.machines.change('checkout', [first ?? '', second ?? ''], { cpuCount: 2 });
  expect(outcome).toMatchObject({ ok: false, changed: 1, error: { code: 'VM_MUST_BE_STOPPED' } });
});

test('stop, change, start as one flow: what did not run before does not run after', async () => {
  const { stores, link, ids, states } = await started();
  const [stopped] = ids('checkout');
  await link.client.vm.stop({ vmId: stopped ?? '', operationId: crypto.randomUUID(), graceS: 0 });
  await running.settle();
  const change = () => stores.machines.change('checkout', ids('checkout'), { cpuCount: 2 });
  expect(await change()).toMatchObject({ ok: false, error: { code: 'VM_MUST_BE_STOPPED' } });
  expect(await stores.machines.whileStopped('checkout', ids('checkout'), change)).toEqual({ ok: true });
  // Many events: the feed takes more turns than one settle() has.
  await expect
    .poll(() => states('checkout'))
    .toEqual(['stopped', 'running', 'running', 'running', 'running', 'running']);
  expect(stores.vms.ofEnv('checkout').every(({ spec }) => spec.cpuCount === 2)).toBe(true);
});

test('machines that were stopped for a change run again when it is refused', async () => {
  const { stores, ids, states } = await started();
  const shrink = () => stores.machines.change('tiny', ids('tiny'), { diskMiB: 1 });
  const outcome = await stores.machines.whileStopped('tiny', ids('tiny'), shrink);
  await running.settle();
  expect(outcome).toMatchObject({ ok: false, error: { code: 'DISK_CANNOT_SHRINK' } });
  expect(states('tiny')).toEqual(['running', 'running']);
});

test('removing machines says which first, changes nothing by that, then deletes those', async () => {
  const { stores, ids, kinds } = await started();
  const found = await stores.machines.preview('upgrade-path', { osPrefixes: ['alpine'], dead: true });
  expect(found.map(({ name, why }) => `${name} ${why}`)).toEqual([
    'upgrade-path/debian-12-1 dead',
    'upgrade-path/alpine-3.20-1 osPrefix',
  ]);
  await running.settle();
  // Asking machines whether they answer may take seconds: the preview is an operation too.
  expect([ids('upgrade-path').length, kinds()]).toEqual([2, ['env.removeVms']]);
  const [dead] = found;
  await stores.machines.removeVms('upgrade-path', [dead?.id ?? '']);
  await running.settle();
  expect(stores.vms.ofEnv('upgrade-path').map(({ name }) => name)).toEqual(['upgrade-path/alpine-3.20-1']);
});

test('an ENV whose time is over is extended from now, then it can be started', async () => {
  const { stores, states } = await started();
  await stores.envs.startEnv('handover');
  expect(stores.toasts.shown.at(-1)?.error?.code).toBe('ENV_EXPIRED');
  await stores.envs.extendEnv('handover', 3600);
  await running.settle();
  expect(stores.envs.get('handover')?.expired).toBe(false);
  stores.toasts.shown.at(-1)?.action?.run();
  await running.settle();
  expect(states('handover')).toEqual(['running', 'running']);
});
