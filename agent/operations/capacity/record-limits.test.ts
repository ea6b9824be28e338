// One user who keeps creating records, and the effect on others: no more records and text than the limits, whoever makes the
// call.
import { createHash } from 'node:crypto';
import type { NodeConnection } from '@tt/client/node';
import type { TtClient } from '@tt/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultConfig } from '../../config/read-config.ts';
import type { LabRecord } from '../../state/records.ts';
import { StateStore } from '../../state/store.ts';
import { EventLog } from '../../events/event-log.ts';
import { Inventory } from '../../inventory/inventory.ts';
import { LabRegistry } from '../../labs/lab-registry.ts';
import { Templates } from '../../templates/templates.ts';
import { shownTo } from '../../api/shown.ts';
import { startTestAgent, type TestAgent } from '../../testing/in-process-agent.ts';
import { mapLimit } from '../../host/map-limit.ts';
import { until } from '../../testing/until.ts';
import { admitRecords } from './record-limits.ts';

const users = (['ann', 'bob'] as const).map((name) => ({
  name,
  tokenSha256: createHash('sha256').update(`token-of-${name}`).digest('hex'),
  role: 'user' as const,
}));
const { limits } = defaultConfig('/nowhere');
const few = {
  ...limits,
  envs: 2,
  vms: 3,
  snapshots: 2,
  images: 1,
  labs: 2,
  terminals: 2,
  profiles: 2,
  templates: 2,
  textKiB: 8,
};

let agent: TestAgent;
let connections: NodeConnection[];
let ann: TtClient;
let bob: TtClient;

beforeEach(async () => {
  agent = await startTestAgent({ config: { users, limits: few } });
  connections = [agent.connectAs('token-of-ann'), agent.connectAs('token-of-bob')];
  [ann, bob] = connections.map(({ client }) => client) as [TtClient, TtClient];
}, 30_000);
afterEach(async () => {
  for (const connection of connections) connection.close();
  await agent.stop();
});

/** How often it can be done before it is refused with LIMIT_REACHED for this limit. */
async function untilRefused(limit: string, create: (number: number) => Promise<unknown>): Promise<number> {
  for (let made = 0; made < 20; made++) {
    try {
      await create(made);
    } catch (error) {
      expect(error).toMatchObject({ code: 'LIMIT_REACHED', data: { user: 'ann', limit } });
      return made;
    }
  }
  throw new Error('nothing was refused');
}

describe('a user who only creates', () => {
  it('is stopped at the limit of each kind of record; others go on', async () => {
    expect(await untilRefused('labs', (n) => ann.lab.create({ name: `lab-${n}` }))).toBe(2);
    const terminal = (n: number) =>
      ann.lab.setTerminal({ name: 'lab-0', terminalName: `pc-${n}`, secret: 'its own secret' });
    expect(await untilRefused('terminals', terminal)).toBe(2);
    expect(await untilRefused('profiles', (n) => ann.profile.create({ name: `p-${n}`, image: 'tiny' }))).toBe(2);
    expect(await untilRefused('profiles', (n) => ann.profile.clone({ name: 'p-0', newName: `c-${n}` }))).toBe(0);
    const save = (n: number) => ann.template.save({ name: `t-${n}`, text: 'groups: []', replaces: null });
    expect(await untilRefused('templates', save)).toBe(2);
    const groups = [{ osPrefix: 'tiny' }];
    expect(await untilRefused('envs', (n) => ann.env.create({ name: `e-${n}`, groups }))).toBe(2);
    expect(await untilRefused('vms', () => ann.env.addVms({ name: 'e-0', groups }))).toBe(1);
    expect(await untilRefused('snapshots', (n) => ann.snapshot.create({ envName: 'e-0', name: `s-${n}` }))).toBe(2);
    expect(
      await untilRefused('envs', (n) => ann.snapshot.fork({ envName: 'e-0', name: 's-0', newName: `f-${n}` })),
    ).toBe(0);
    // A revert can always be undone.
    expect((await ann.snapshot.revert({ envName: 'e-0', name: 's-0' })).safetySnapshotName).not.toBeNull();
    // The owner counts, whoever asks.
    await expect(agent.client.snapshot.create({ envName: 'e-0', name: 'more' })).rejects.toMatchObject({
      code: 'LIMIT_REACHED',
      data: { user: 'ann' },
    });
    expect((await ann.host.me()).limits).toMatchObject({
      envs: { used: 2, total: 2 },
      vms: { used: 3, total: 3 },
      labs: { used: 2, total: 2 },
      terminals: { used: 2, total: 2 },
      profiles: { used: 2, total: 2 },
      templates: { used: 2, total: 2 },
      textKiB: { total: 8 },
    });
    expect((await bob.host.me()).limits).toMatchObject({
      labs: { used: 0, total: 2 },
      snapshots: { used: 0, total: 2 },
    });
    await bob.lab.create({ name: 'his' });
    await bob.env.create({ name: 'his', groups });
    await ann.lab.delete({ name: 'lab-1' });
    await ann.lab.create({ name: 'lab-3' });
  });

  it('writes no more text than the limit, in whatever it is', async () => {
    const kib = (size: number) => 'é'.repeat(size * 512);
    await ann.lab.create({ name: 'lab', notes: kib(5) });
    const refused = { code: 'LIMIT_REACHED', data: { user: 'ann', limit: 'textKiB', total: 8, used: 5 } };
    const commands = [kib(4)];
    for (const attempt of [
      () => ann.lab.update({ name: 'lab', notes: kib(9) }),
      () => ann.lab.create({ name: 'two', notes: kib(4) }),
      () => ann.profile.create({ name: 'p', image: 'tiny', startScript: kib(4) }),
      () => ann.template.save({ name: 't', text: `groups: [] # ${kib(4)}`, replaces: null }),
      () => ann.env.create({ name: 'e', notes: kib(4), groups: [{ osPrefix: 'tiny' }] }),
      () => ann.env.create({ name: 'e', groups: [{ osPrefix: 'tiny', cloudInit: { commands } }] }),
      () => ann.env.create({ name: 'e', groups: [{ osPrefix: 'tiny', copies: 2, cloudInit: { commands: [kib(2)] } }] }),
    ]) {
      await expect(attempt()).rejects.toMatchObject(refused);
    }
    await ann.lab.update({ name: 'lab', notes: '' });
    await ann.env.create({ name: 'e', groups: [{ osPrefix: 'tiny', cloudInit: { commands } }] });
    await expect(ann.env.update({ name: 'e', notes: kib(5) })).rejects.toMatchObject({ code: 'LIMIT_REACHED' });
  });
});

it('another user’s window gets its own events soon and a small picture, while she creates as fast as she can', async () => {
  await agent.configure({ limits: { ...limits, labs: 40, textKiB: 1024 } });
  await bob.lab.create({ name: 'his' });
  const watching = agent.connectAs('token-of-bob');
  connections.push(watching);
  const stop = new AbortController();
  const seen: { text: string; isOwn: boolean }[] = [];
  const feed = await watching.client.event.follow({}, { signal: stop.signal });
  const following = (async () => {
    for await (const item of feed) {
      const isOwn = item.kind === 'event' && item.event.type === 'lab.updated' && item.event.data.name === 'his';
      seen.push({ text: JSON.stringify(item), isOwn });
    }
  })().catch(() => {});
  const attempts = 200;
  const notes = 'hers '.repeat(4000);
  let refused = 0;
  const creating = mapLimit(
    Array.from({ length: attempts }, (_, n) => n),
    32,
    (n) =>
      ann.lab.create({ name: `lab-${n}`, notes }).catch((error: unknown) => {
        expect(error).toMatchObject({ code: 'LIMIT_REACHED' });
        refused++;
      }),
  );
  for (let n = 1; n <= 10; n++) {
    await bob.lab.update({ name: 'his', title: `title ${n}` });
    const answeredAt = seen.length;
    await until('he sees what he did', () => seen.findLast(({ isOwn }) => isOwn)?.text.includes(`title ${n}"`));
    // What she did before him was told before him; no more than the calls of hers that are under way.
    expect(seen.findLastIndex(({ isOwn }) => isOwn) - answeredAt).toBeLessThan(3 * 32);
  }
  await creating;
  expect(refused).toBe(attempts - 40);
  const picture: string[] = [];
  for await (const item of await bob.event.follow({}, { signal: stop.signal })) {
    picture.push(JSON.stringify(item));
    if (item.kind === 'snapshotEnd') break;
  }
  stop.abort();
  await following;
  const [told, pictured] = [seen.map(({ text }) => text).join(''), picture.join('')];
  expect([told.includes('hers hers'), pictured.includes('hers hers')]).toEqual([false, false]);
  // An operation that begins and ends, and a lab where one was made; 4 MiB had they come with what she wrote.
  expect(seen.length).toBeLessThan(3 * (attempts + 10) + 20);
  expect(told.length).toBeLessThan(400_000);
  expect(pictured.length).toBeLessThan(200_000);
});

it('another user’s picture of a host with everything at the limits is small, and soon made', () => {
  const store = new StateStore(':memory:');
  const log = new EventLog('host', () => new Date(0));
  const labs = new LabRegistry(store, log);
  const inventory = new Inventory(store, log, 'host');
  const lab = (n: number): LabRecord => ({
    name: `lab-${n}`,
    title: '',
    notes: 'n'.repeat(2e4),
    owner: 'ann',
    profileNames: [],
    seats: 1,
    sessionLifetimeS: null,
    terminalsEnabled: false,
    terminalsStartSessions: false,
    terminals: [],
    createdAt: '2026-11-29T00:00:00.000Z',
  });
  const services = {
    labs,
    templates: new Templates(store, log),
    inventory,
    images: { list: () => [] },
    operations: { listFor: () => [] },
    settings: { current: { limits } },
  };
  let made = 0;
  expect(() => {
    for (; made < 26_700; made++) {
      admitRecords(services, 'ann', { labs: 1, textBytes: 20_000 });
      labs.putLab(lab(made));
    }
  }).toThrow(expect.objectContaining({ code: 'LIMIT_REACHED' }));
  const seen = JSON.stringify(labs.labs().map(shownTo({ name: 'bob', role: 'user' }, services).lab));
  expect(made).toBe(limits.labs);
  expect(seen.length).toBeLessThan(100_000);
  store.close();
});
