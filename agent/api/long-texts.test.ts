// Long texts: left out of lists and the feed, which say so, and whole in `show`.
import { type FeedItem, type PageRecords, profileVersionSchema } from '@tt/protocol';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { briefProfile, briefVm, LONG_TEXT_BYTES } from '../access/long-texts.ts';
import { startTestAgent, type TestAgent } from '../testing/in-process-agent.ts';
import { until } from '../testing/until.ts';

/** 1 024 bytes, though fewer characters; and one byte more. */
const [short, long] = ['é'.repeat(LONG_TEXT_BYTES / 2), `${'é'.repeat(LONG_TEXT_BYTES / 2)}x`];
const commands = [short, 'reboot'];
let agent: TestAgent;

beforeAll(async () => {
  agent = await startTestAgent();
  const { client } = agent;
  await client.profile.create({ name: 'long', image: 'tiny', startScript: long, notes: short });
  await client.lab.create({ name: 'long', notes: long });
  await client.lab.create({ name: 'short', notes: short });
  const groups = [{ osPrefix: 'tiny', cloudInit: { commands } }];
  await client.env.create({ name: 'long', notes: long, groups });
  await client.snapshot.create({ envName: 'long', name: 'long', notes: long });
}, 30_000);
afterAll(() => agent.stop());

const brief = { leftOut: ['notes'] };
const hasNo = (record: object, ...fields: string[]) => expect(fields.filter((field) => field in record)).toEqual([]);

it('lists name the fields that they leave out', async () => {
  const { client } = agent;
  const [profile] = (await client.profile.list()).profiles;
  expect(profile).toMatchObject({ name: 'long', leftOut: ['startScript'], notes: short });
  hasNo(profile ?? {}, 'startScript');
  const { labs } = await client.lab.list();
  expect(labs).toMatchObject([
    { name: 'long', ...brief },
    { name: 'short', notes: short },
  ]);
  hasNo(labs[0] ?? {}, 'notes');
  hasNo(labs[1] ?? {}, 'leftOut');
  expect((await client.env.list()).envs).toMatchObject([{ name: 'long', ...brief }]);
  expect((await client.snapshot.list({ envName: 'long' })).snapshots).toMatchObject([{ name: 'long', ...brief }]);
});

it('`show` has all of it', async () => {
  const { client } = agent;
  expect((await client.profile.show({ name: 'long' })).startScript).toBe(long);
  expect((await client.lab.show({ name: 'long' })).lab.notes).toBe(long);
  const { env, vms, snapshots } = await client.env.show({ name: 'long' });
  expect([env.notes, snapshots[0]?.notes, vms[0]?.cloudInit?.commands]).toEqual([long, long, commands]);
  expect((await client.snapshot.show({ envName: 'long', name: 'long' })).notes).toBe(long);
});

it('the feed leaves them out, in pages and in events', async () => {
  const stop = new AbortController();
  const items: FeedItem[] = [];
  for await (const item of await agent.client.event.follow({}, { signal: stop.signal })) {
    items.push(item);
    if (item.kind === 'snapshotEnd') break;
  }
  stop.abort();
  const pages = items.flatMap((item) => (item.kind === 'page' ? [item.records] : []));
  const all = (kind: keyof PageRecords): unknown[] => pages.flatMap((page): unknown[] => page[kind] ?? []);
  expect(all('profiles')).toMatchObject([{ leftOut: ['startScript'] }]);
  expect([...all('envs'), ...all('snapshots'), all('labs')[0]]).toMatchObject([brief, brief, brief]);
  expect(all('vms')).toMatchObject([{ cloudInit: { leftOut: ['commands'] } }]);
  await agent.client.lab.update({ name: 'long', title: 'told' });
  const told = await until('the feed tells it', () =>
    agent.feed.find((item) => item.kind === 'event' && JSON.stringify(item).includes('"told"')),
  );
  expect(told).toMatchObject({ event: { data: brief } });
  expect(JSON.stringify([...items, ...agent.feed])).not.toContain(long);
});

it('versions of a profile and what a guest is given are held against the same bound', () => {
  const version = profileVersionSchema.parse({
    version: 1,
    publishedAt: '2026-11-21T10:00:00.000Z',
    publishedBy: 'ann',
    notes: long,
    sizeBytes: 0,
    isImage: true,
  });
  expect(briefProfile({ versions: [version] } as never).versions).toMatchObject([{ version: 1, ...brief }]);
  const given = { user: 'u', hasPassword: false, commands: ['x'], filePaths: [short, 'y'] };
  expect(briefVm({ cloudInit: given } as never).cloudInit).toEqual({
    user: 'u',
    hasPassword: false,
    commands: ['x'],
    leftOut: ['filePaths'],
  });
});
