// Plans carried out against an agent with the fake engine, where somebody else changes the ENV meanwhile, or a step fails half-way.
import type { Vm } from '@tt/protocol';
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { NOTHING, startTestAgent, type TestAgent } from '../../agent/testing/in-process-agent.ts';
import { carryOut, type Run, type StepResult } from './carry-out.ts';
import { readEnvFile } from './read-env-file.ts';
import { currentEnv, type EnvPlan, planFor } from './still-planned.ts';

let agent: TestAgent;
beforeAll(async () => {
  agent = await startTestAgent({ config: { memoryTotalMiB: 2048, network: 'nat' } });
});
afterAll(() => agent.stop());
afterEach(async () => {
  for (const { name } of (await agent.client.env.list()).envs) await agent.client.env.delete({ name });
  expect(await agent.belongings()).toEqual(NOTHING);
});

const vms = async (): Promise<Vm[]> => (await agent.client.env.show({ name: 'demo' })).vms;
const idOf = async (index: number): Promise<string> => (await vms())[index]?.id ?? '';

async function planOf(text: string): Promise<EnvPlan> {
  const [file] = readEnvFile(`name: demo\n${text}`, 'f.yaml');
  if (!file) throw new Error('there is no document');
  const { images } = await agent.client.image.list();
  return planFor(file, { current: await currentEnv(agent.client, 'demo'), images, now: new Date() });
}

const plainRun: Run = (call) => call(randomUUID());

/** `done changeVm`, and the code of the failure. */
async function done(plan: EnvPlan, run: Run = plainRun) {
  const heard: StepResult[] = [];
  const way = { allowed: { restart: true, loss: true }, run, seen: (result: StepResult) => void heard.push(result) };
  const { results, failure } = await carryOut(agent.client, plan, way);
  expect(heard).toEqual(results);
  return {
    steps: results.map(({ step, outcome }) => `${outcome} ${step.kind}`),
    leftStopped: results.flatMap(({ leftStopped }) => leftStopped),
    code: failure === null ? null : (failure as { code?: string }).code,
  };
}

/** Does something before the nth call. */
function before(nth: number, something: () => Promise<unknown>): Run {
  let calls = 0;
  return async (call) => {
    if (++calls === nth) await something();
    return call(randomUUID());
  };
}

const OUTDATED = 'PLAN_OUTDATED';

it('does nothing when the ENV changed while somebody thought about the plan', async () => {
  await agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny', copies: 2 }] });
  const groups = 'title: mine\ngroups: [{ osPrefix: tiny, ports: [{ protocol: tcp, guestPort: 80 }] }]\n';
  const changes: (() => Promise<unknown>)[] = [
    () => agent.client.env.update({ name: 'demo', title: 'theirs' }),
    async () => agent.client.vm.update({ vmId: await idOf(0), ports: [{ protocol: 'tcp', guestPort: 443 }] }),
    () => agent.client.env.addVms({ name: 'demo', groups: [{ osPrefix: 'tiny' }] }),
    async () => agent.client.vm.delete({ vmId: await idOf(0) }),
    () => agent.client.env.delete({ name: 'demo' }),
  ];
  for (const change of changes) {
    const plan = await planOf(groups);
    await change();
    const asTheyLeft = await currentEnv(agent.client, 'demo');
    expect(await done(plan)).toMatchObject({ code: OUTDATED });
    expect(await currentEnv(agent.client, 'demo')).toEqual(asTheyLeft);
  }
  const creation = await planOf(groups);
  await agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'debian' }] });
  expect(await done(creation)).toEqual({ steps: ['failed createEnv'], leftStopped: [], code: OUTDATED });
});

it('looks again before each step, and a second plan goes on', async () => {
  await agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny', copies: 2 }] });
  const text = 'title: mine\ngroups: [{ osPrefix: tiny, copies: 2, blacklist: [192.0.2.1] }]\n';
  const theirs = async () => agent.client.vm.update({ vmId: await idOf(1), blacklist: ['198.51.100.1'] });
  const first = await done(await planOf(text), before(2, theirs));
  expect(first).toEqual({
    steps: ['done changeEnv', 'done changeVm', 'failed changeVm'],
    leftStopped: [],
    code: OUTDATED,
  });
  expect((await vms()).map(({ spec }) => spec.blacklist)).toEqual([['192.0.2.1'], ['198.51.100.1']]);
  expect(await done(await planOf(text))).toEqual({ steps: ['done changeVm'], leftStopped: [], code: null });
});

it('does not remove a VM that somebody changed, nor add to VMs that somebody added', async () => {
  await agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny', copies: 2 }] });
  const one = await planOf('title: mine\ngroups: [{ osPrefix: tiny }]\n');
  const used = before(1, async () => agent.client.vm.update({ vmId: await idOf(1), blacklist: ['192.0.2.9'] }));
  expect(await done(one, used)).toEqual({
    steps: ['done changeEnv', 'failed removeVm'],
    leftStopped: [],
    code: OUTDATED,
  });
  const three = await planOf('title: ours\ngroups: [{ osPrefix: tiny, copies: 3 }]\n');
  const added = before(1, () => agent.client.env.addVms({ name: 'demo', groups: [{ osPrefix: 'tiny' }] }));
  expect(await done(three, added)).toEqual({
    steps: ['done changeEnv', 'failed addVms'],
    leftStopped: [],
    code: OUTDATED,
  });
  expect(await vms()).toHaveLength(3);
});

it('leaves what it did, skips the rest, and starts a VM again whose change failed', async () => {
  await agent.client.env.create({
    name: 'demo',
    groups: [{ osPrefix: 'tiny', memoryMiB: 200 }, { osPrefix: 'debian' }],
  });
  // Less memory than the image needs: the agent refuses it while the VM is stopped.
  const text = 'title: new\ngroups: [{ osPrefix: tiny, memoryMiB: 90, copies: 2 }]\n';
  const plan = await planOf(text);
  expect(await done(plan)).toEqual({
    steps: ['done changeEnv', 'failed changeVm', 'skipped addVms', 'skipped removeVm'],
    leftStopped: [],
    code: 'MEMORY_TOO_SMALL',
  });
  expect((await vms()).map(({ state, spec }) => [state, spec.memoryMiB])).toEqual([
    ['running', 200],
    ['running', 256],
  ]);
  expect((await agent.client.env.show({ name: 'demo' })).env.title).toBe('new');
});

it('says which VM is still stopped when its start fails', async () => {
  await agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny' }] });
  // More than the host has: the change is written, the start is refused.
  const plan = await planOf('groups: [{ osPrefix: tiny, memoryMiB: 4096 }]\n');
  expect(await done(plan)).toEqual({
    steps: ['failed changeVm'],
    leftStopped: ['demo/tiny-2-1'],
    code: 'MEMORY_EXHAUSTED',
  });
  expect((await vms()).map(({ state }) => state)).toEqual(['stopped']);
  expect(await done(await planOf('groups: [{ osPrefix: tiny, memoryMiB: 128 }]\n'))).toMatchObject({ code: null });
});

it('stops VMs behind QEMU for the rules of outgoing connections, and no others', async () => {
  const nics = [{ kind: 'user' as const }];
  await agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny', nics }, { osPrefix: 'tiny' }] });
  const plan = await planOf('denyOutgoing: true\n');
  const users = (await vms()).filter(({ netKind }) => netKind === 'user').map(({ name }) => name);
  expect(plan.steps.map(({ step }) => step.stops)).toEqual([users]);
  expect(await done(plan)).toEqual({ steps: ['done changeEnv'], leftStopped: [], code: null });
  const { env } = await agent.client.env.show({ name: 'demo' });
  expect([env.denyOutgoing, env.state]).toEqual([true, 'running']);
});
