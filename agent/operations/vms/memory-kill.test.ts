// A VM that the kernel killed because memory ran out says so: when it dies, when its start fails, and after a restart of the
// agent.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FakeCgroups, type FakeGroups } from '../../cgroups/fake-cgroups.ts';
import { FakeEngine } from '../../engines/fake-engine.ts';
import { startTestAgent, type TestAgent } from '../../testing/in-process-agent.ts';
import { until } from '../../testing/until.ts';

let groups: FakeGroups;
let cgroups: FakeCgroups;
let agent: TestAgent;
let vmId: string;
const show = () => agent.client.vm.show({ vmId });
const failed = () => until('the end is seen', async () => (await show()).state === 'failed');
const limit = { code: 'VM_MEMORY_LIMIT', data: { vmName: 'demo/tiny-2-1', limitMiB: 128 } };

beforeEach(async () => {
  groups = new Map();
  cgroups = new FakeCgroups({ groups });
  agent = await startTestAgent({ cgroups });
  const groupsOfEnv = [{ osPrefix: 'tiny', memoryMiB: 128 }];
  vmId = (await agent.client.env.create({ name: 'demo', groups: groupsOfEnv })).vms[0]?.id ?? '';
});
afterEach(() => agent.stop());

it('at the limit of its group, which is named', async () => {
  cgroups.killForMemory(vmId, 'group');
  await agent.engine.crash(vmId);
  await failed();
  expect((await show()).failure).toMatchObject(limit);
  // The next run begins with a clean slate.
  await agent.client.vm.start({ vmId });
  await agent.engine.crash(vmId);
  await failed();
  expect((await show()).failure).toMatchObject({ code: 'VM_DIED', data: { reason: { code: 'killedBy' } } });
});

it('because the host had none left', async () => {
  cgroups.killForMemory(vmId, 'host');
  await agent.engine.crash(vmId);
  await failed();
  expect((await show()).failure).toMatchObject({ code: 'VM_DIED', data: { reason: { code: 'hostOutOfMemory' } } });
});

it('while no agent was running', async () => {
  const { home, fakeHost } = agent;
  await agent.stop({ keep: true });
  cgroups.killForMemory(vmId, 'group');
  await new FakeEngine({ host: fakeHost }).crash(vmId);
  agent = await startTestAgent({ home, fakeHost, cgroups: new FakeCgroups({ groups }) });
  expect((await show()).failure).toMatchObject(limit);
});

it('while it was being started', async () => {
  await agent.client.vm.stop({ vmId, graceS: 0 });
  agent.engine.failNext('start', 'START_FAILED');
  const create = cgroups.create.bind(cgroups);
  cgroups.create = async (...args) => {
    await create(...args);
    cgroups.killForMemory(vmId, 'group');
  };
  await expect(agent.client.vm.start({ vmId })).rejects.toMatchObject(limit);
});
