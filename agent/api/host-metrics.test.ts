// Metrics of single VMs, as a window asks for those in sight: naming some chooses among what the caller is told anyway, never more; and what
// a feed tells instead.
import { createHash } from 'node:crypto';
import type { NodeConnection } from '@tt/client/node';
import { MINUTE_ROUNDS, MOST_MEASURED_VMS, MOST_MINUTES, type Vm } from '@tt/protocol';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestAgent, type TestAgent } from '../testing/in-process-agent.ts';
import { until } from '../testing/until.ts';

const users = (['ann', 'bob', 'vic'] as const).map((name) => ({
  name,
  tokenSha256: createHash('sha256').update(`token-of-${name}`).digest('hex'),
  role: name === 'vic' ? ('viewer' as const) : ('user' as const),
}));
const people = ['ann', 'bob', 'vic'] as const;

let agent: TestAgent;
let vms: Vm[];
const connections = new Map<string, NodeConnection>();
const clientOf = (name: string) => connections.get(name)?.client ?? agent.client;

beforeAll(async () => {
  agent = await startTestAgent({ config: { users } });
  for (const name of people) connections.set(name, agent.connectAs(`token-of-${name}`));
  ({ vms } = await clientOf('ann').env.create({ name: 'anns', groups: [{ osPrefix: 'tiny', copies: 3 }] }));
  await until('all are measured', async () => (await agent.client.host.metrics()).vms.length === vms.length);
}, 60_000);
afterAll(async () => {
  for (const connection of connections.values()) connection.close();
  await agent.stop();
});

const idOf = (index: number): string => vms[index]?.id ?? '';
const UNKNOWN = 'no-such-vm';

it('tells of those that are named, and nothing of one that does not run or does not exist', async () => {
  const { vms: told, minutes } = await agent.client.host.metrics({ vmIds: [idOf(1), UNKNOWN] });
  expect([told.map(({ vmId }) => vmId), minutes]).toEqual([[idOf(1)], undefined]);
  expect((await agent.client.host.metrics({ vmIds: [] })).vms).toEqual([]);
  await clientOf('ann').vm.stop({ vmId: idOf(2) });
  await until('it is measured no more', async () => {
    const answer = await agent.client.host.metrics({ vmIds: [idOf(2)], minuteOf: [idOf(2), UNKNOWN] });
    return answer.vms.length === 0 && answer.minutes?.length === 0;
  });
});

it('brings the last minute of those it is asked for, which ends with now', async () => {
  await until('a few rounds', async () => {
    const { vms: now, minutes } = await agent.client.host.metrics({ vmIds: [idOf(0)], minuteOf: [idOf(0)] });
    const [minute] = minutes ?? [];
    expect([minute?.vmId, minute?.memoryBytes.at(-1)]).toEqual([idOf(0), now[0]?.memoryBytes]);
    const rounds = minute?.cpuPercent.length ?? 0;
    expect(rounds).toBeLessThanOrEqual(MINUTE_ROUNDS);
    return rounds >= 3;
  });
});

it.each(people)('%s learns no more by naming VMs than without', async (name) => {
  const { host } = clientOf(name);
  const all = (await host.metrics()).vms.map(({ vmId }) => vmId);
  const ids = [...vms.map(({ id }) => id), UNKNOWN];
  const answer = await host.metrics({ vmIds: ids, minuteOf: ids });
  for (const { vmId } of [...answer.vms, ...(answer.minutes ?? [])]) expect(all).toContain(vmId);
});

it('refuses more names than a page can show, and words it does not know', async () => {
  const { host, event } = clientOf('vic');
  const names = (count: number) => Array.from({ length: count }, (_, index) => `vm-${index}`);
  for (const input of [
    { vmIds: names(MOST_MEASURED_VMS + 1) },
    { minuteOf: names(MOST_MINUTES + 1) },
    { vmIds: [7] },
    { vmIds: 'vm-1' },
    { envNames: ['anns'] },
  ])
    await expect(host.metrics(input as never)).rejects.toMatchObject({ code: 'INPUT_INVALID' });
  await expect(event.follow({ metrics: 'everything' } as never)).rejects.toMatchObject({ code: 'INPUT_INVALID' });
  expect((await host.metrics({ vmIds: names(MOST_MEASURED_VMS), minuteOf: names(MOST_MINUTES) })).vms).toEqual([]);
});

it('names of VMs are a list in the address of plain HTTP', async () => {
  const query = new URLSearchParams([
    ['vmIds[]', idOf(0)],
    ['vmIds[]', UNKNOWN],
    ['minuteOf[]', idOf(0)],
  ]);
  const answer = await fetch(`${agent.url}/api/metrics?${query}`, {
    headers: { authorization: `Bearer ${agent.token}` },
  });
  expect([answer.status, await answer.json()]).toMatchObject([
    200,
    { vms: [{ vmId: idOf(0) }], minutes: [{ vmId: idOf(0) }] },
  ]);
});

it.each([
  ['vms', 2, undefined],
  ['envs', 0, ['anns']],
] as const)('a feed that wants %s tells of them each second', async (metrics, count, envNames) => {
  const stop = new AbortController();
  for await (const item of await clientOf('vic').event.follow({ metrics }, { signal: stop.signal })) {
    if (item.kind !== 'metrics') continue;
    expect(item.metrics.vms).toHaveLength(count);
    expect(item.metrics.envs?.map(({ envName }) => envName)).toEqual(envNames);
    break;
  }
  stop.abort();
});
