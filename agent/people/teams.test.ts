// Teams in a whole agent: what members may do to what is shared with them, what ends the moment they are out, and what a team may have.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { NodeConnection } from '@tt/client/node';
import { type FeedItem, STREAM_PATH, streamClose, type TtClient } from '@tt/protocol';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { startTestAgent, type TestAgent } from '../testing/in-process-agent.ts';

const NOTES = 'password of the licence server';
const users = (['ann', 'kim', 'bob', 'vic'] as const).map((name) => ({
  name,
  tokenSha256: createHash('sha256').update(`token-of-${name}`).digest('hex'),
  role: name === 'vic' ? ('viewer' as const) : ('user' as const),
}));
const noQuota = { envs: null, vms: null, cpuCount: null, memoryMiB: null, diskMiB: null, storedMiB: null };

let agent: TestAgent;
const connections: NodeConnection[] = [];
const sockets: WebSocket[] = [];
const refused = (code: string, data?: object) => expect.objectContaining({ code, ...(data && { data }) });

beforeAll(async () => {
  agent = await startTestAgent({ config: { users } });
}, 60_000);
afterAll(() => agent.stop());

function as(name: string): TtClient {
  const connection = agent.connectAs(`token-of-${name}`);
  connections.push(connection);
  return connection.client;
}

beforeEach(async () => {
  await agent.client.team.create({ name: 'qa' });
  for (const userName of ['ann', 'kim', 'vic']) await agent.client.team.addMember({ name: 'qa', userName });
});

afterEach(async () => {
  for (const connection of connections.splice(0)) connection.close();
  for (const socket of sockets.splice(0)) socket.terminate();
  for (const { name, source } of (await agent.client.user.list()).users) {
    if (source === 'state') await agent.client.user.delete({ name, giveTo: 'local' });
  }
  for (const { name } of (await agent.client.env.list()).envs) await agent.client.env.delete({ name });
  for (const { name } of (await agent.client.team.list()).teams) await agent.client.team.delete({ name });
}, 60_000);

/** Of ann, shared with qa; its first VM. */
async function shareDemo(): Promise<string> {
  const { vms } = await as('ann').env.create({
    name: 'demo',
    notes: NOTES,
    team: 'qa',
    groups: [{ osPrefix: 'tiny', diskMiB: 1024 }],
  });
  return vms[0]?.id ?? '';
}

describe('an ENV that is shared', () => {
  it('is seen whole and changed by members, and by nobody else; viewers only see it', async () => {
    const vmId = await shareDemo();
    const [kim, bob, vic] = [as('kim'), as('bob'), as('vic')];
    expect((await kim.env.show({ name: 'demo' })).env).toMatchObject({ owner: 'ann', team: 'qa', notes: NOTES });
    await kim.env.update({ name: 'demo', title: 'of kim', lifetimeS: 7200 });
    await kim.snapshot.create({ envName: 'demo', name: 'one' });
    expect((await vic.env.show({ name: 'demo' })).env).toMatchObject({ title: 'of kim', notes: NOTES });
    for (const call of [vic.console.open({ vmId, kind: 'vnc' }), vic.vm.screenshot({ vmId })]) {
      await expect(call).rejects.toEqual(refused('VIEWER_REFUSED'));
    }
    const { env } = await bob.env.show({ name: 'demo' });
    expect([env.notes, env.team]).toEqual([undefined, null]);
    const notTheirs = refused('ENV_NOT_YOURS', { envName: 'demo', owner: 'ann' });
    await expect(bob.console.open({ vmId, kind: 'vnc' })).rejects.toEqual(notTheirs);
    // What a member makes of it is theirs alone.
    const { envs } = await kim.env.clone({ name: 'demo', newName: 'mine' });
    expect(envs.map(({ env: { owner, team } }) => [owner, team])).toEqual([['kim', null]]);
    const fork = { envName: 'demo', name: 'one', newName: 'ours' };
    await expect(kim.snapshot.fork({ ...fork, team: 'qb' })).rejects.toEqual(refused('TEAM_NOT_FOUND'));
    expect((await kim.snapshot.fork({ ...fork, team: 'qa' })).envs[0]?.env).toMatchObject({ owner: 'kim', team: 'qa' });
  });

  it('is deleted, shared and left to its end by its owner only', async () => {
    await shareDemo();
    const kim = as('kim');
    await agent.client.team.create({ name: 'other' });
    await agent.client.team.addMember({ name: 'other', userName: 'kim' });
    const notTheirs = refused('ENV_NOT_YOURS', { envName: 'demo', owner: 'ann' });
    await kim.env.update({ name: 'demo', endPolicy: 'stop' });
    for (const change of [{ team: null }, { team: 'other' }, { endPolicy: 'delete' }] as const) {
      await expect(kim.env.update({ name: 'demo', ...change })).rejects.toEqual(notTheirs);
    }
    await expect(kim.env.delete({ name: 'demo' })).rejects.toEqual(notTheirs);
    // The owner is in `qa` only: of another team they are not told.
    const ann = as('ann');
    await expect(ann.env.update({ name: 'demo', team: 'other' })).rejects.toEqual(refused('TEAM_NOT_FOUND'));
    await expect(as('bob').env.create({ name: 'x', team: 'qa', groups: [{ osPrefix: 'tiny' }] })).rejects.toEqual(
      refused('TEAM_NOT_FOUND', { team: 'qa', suggestions: [] }),
    );
    expect((await ann.env.update({ name: 'demo', team: null, endPolicy: 'delete' })).team).toBeNull();
    await expect(kim.env.start({ name: 'demo' })).rejects.toEqual(notTheirs);
    expect((await kim.env.show({ name: 'demo' })).env.notes).toBeUndefined();
  });
});

/** Everything `client` is told, as text, up to now and from now on; `ended`: the agent has ended the feed. */
function follow(client: TtClient, after?: object) {
  const stop = new AbortController();
  const items: FeedItem[] = [];
  const hasBegun = Promise.withResolvers<void>();
  const ended = (async () => {
    for await (const item of await client.event.follow(after ?? {}, { signal: stop.signal })) {
      items.push(item);
      if (item.kind !== 'snapshot' && item.kind !== 'page') hasBegun.resolve();
    }
  })();
  ended.catch(() => {});
  return { items, hasBegun: hasBegun.promise, ended, stop: () => stop.abort() };
}

describe('who is taken out of a team', () => {
  const ways: [string, () => Promise<unknown>][] = [
    ['by an administrator', () => agent.client.team.removeMember({ name: 'qa', userName: 'kim' })],
    ['by leaving it', () => as('kim').team.removeMember({ name: 'qa', userName: 'kim' })],
    ['as it is deleted', () => agent.client.team.delete({ name: 'qa', unshare: true })],
    ['as the ENV is shared no more', () => as('ann').env.update({ name: 'demo', team: null })],
  ];

  it.each(ways)('%s is out at once: open consoles end, tickets are void, the feed begins anew', async (_way, leave) => {
    const vmId = await shareDemo();
    const kim = as('kim');
    const console = await openConsole('kim', kim, vmId);
    const kept = await openConsole('ann', as('ann'), vmId);
    const { ticket: unused } = await kim.console.open({ vmId, kind: 'serial' });
    const feed = follow(kim);
    await feed.hasBegun;
    expect(JSON.stringify(feed.items)).toContain(NOTES);
    const { source, revision } = feed.items.find((item) => item.kind === 'snapshotEnd') ?? {};
    const closed = once(console, 'close') as Promise<[number]>;
    await leave();
    expect((await closed)[0]).toBe(streamClose.ticketInvalid);
    await feed.ended;
    await expect(kim.console.open({ vmId, kind: 'serial' })).rejects.toEqual(refused('ENV_NOT_YOURS'));
    expect(await endOf(await streamWith('kim', unused))).toBe(streamClose.ticketInvalid);
    // Coming back with what was seen last gets a whole picture, of which the notes are no part.
    const again = follow(kim, { after: { source, revision } });
    await again.hasBegun;
    expect(again.items[0]?.kind).toBe('snapshot');
    expect(JSON.stringify(again.items)).not.toContain(NOTES);
    again.stop();
    // Whoever owns it goes on.
    const answered = once(kept, 'pong');
    kept.ping();
    await answered;
    expect(kept.readyState).toBe(WebSocket.OPEN);
  });

  it('was shown nothing of it before; who comes in is shown all of it at once', async () => {
    await shareDemo();
    const bob = as('bob');
    const feed = follow(bob);
    await feed.hasBegun;
    expect(JSON.stringify(feed.items)).not.toContain(NOTES);
    await agent.client.team.addMember({ name: 'qa', userName: 'bob' });
    await feed.ended;
    const again = follow(bob);
    await again.hasBegun;
    expect(JSON.stringify(again.items)).toContain(NOTES);
    again.stop();
  });

  it('is in none of them when they come back under the same name', async () => {
    await agent.client.user.create({ name: 'eve' });
    await agent.client.team.addMember({ name: 'qa', userName: 'eve' });
    await agent.client.user.delete({ name: 'eve' });
    await agent.client.user.create({ name: 'eve' });
    expect((await agent.client.team.show({ name: 'qa' })).team.members).toEqual(['ann', 'kim', 'vic']);
  });
});

describe('a team', () => {
  it('is kept over a restart, and listed for its members and administrators', async () => {
    await shareDemo();
    await agent.stop({ keep: true });
    agent = await startTestAgent({ config: { users }, home: agent.home, fakeHost: agent.fakeHost });
    const { team, shared } = await as('kim').team.show({ name: 'qa' });
    expect(team).toMatchObject({ name: 'qa', members: ['ann', 'kim', 'vic'], quota: noQuota, createdBy: 'local' });
    expect([team.used.envs, team.used.vms, shared.envs]).toEqual([1, 1, ['demo']]);
    const listed = async (name: string) => (await as(name).team.list()).teams.map((one) => one.name);
    expect([await listed('kim'), await listed('vic'), await listed('bob')]).toEqual([['qa'], ['qa'], []]);
    expect((await agent.client.team.list()).teams).toHaveLength(1);
  });

  it('has a name of its own, and members who exist', async () => {
    const { client } = agent;
    await expect(client.team.create({ name: 'qa' })).rejects.toEqual(refused('TEAM_NAME_TAKEN', { team: 'qa' }));
    await expect(client.team.create({ name: '@qa' })).rejects.toEqual(refused('INPUT_INVALID'));
    const unknown = refused('USER_NOT_FOUND', { user: 'kin', suggestions: expect.arrayContaining(['kim']) });
    await expect(client.team.addMember({ name: 'qa', userName: 'kin' })).rejects.toEqual(unknown);
    const notIn = refused('NOT_IN_TEAM', { team: 'qa', user: 'bob' });
    await expect(client.team.removeMember({ name: 'qa', userName: 'bob' })).rejects.toEqual(notIn);
    await expect(client.team.show({ name: 'qb' })).rejects.toEqual(
      refused('TEAM_NOT_FOUND', { team: 'qb', suggestions: ['qa'] }),
    );
  });

  it('with which something is shared is deleted only when told so; a new one of its name gets nothing of it', async () => {
    await shareDemo();
    const shares = refused('TEAM_SHARES_THINGS', { team: 'qa', envs: 1 });
    await expect(agent.client.team.delete({ name: 'qa' })).rejects.toEqual(shares);
    expect(await agent.client.team.delete({ name: 'qa', unshare: true })).toEqual({ name: 'qa', unshared: 1 });
    await agent.client.team.create({ name: 'qa' });
    await agent.client.team.addMember({ name: 'qa', userName: 'bob' });
    expect((await agent.client.team.show({ name: 'qa' })).shared.envs).toEqual([]);
    await expect(as('bob').env.start({ name: 'demo' })).rejects.toEqual(refused('ENV_NOT_YOURS'));
  });

  it('has a quota over all its ENVs, beside those of their owners', async () => {
    await agent.client.team.update({ name: 'qa', quota: { vms: 2, memoryMiB: 256 } });
    const [ann, kim] = [as('ann'), as('kim')];
    const make = (client: TtClient, name: string, copies: number, team?: string) =>
      client.env.create({ name, groups: [{ osPrefix: 'tiny', copies, memoryMiB: 96 }], ...(team && { team }) });
    const over = (data: object) => refused('TEAM_QUOTA_EXCEEDED', { team: 'qa', ...data });
    await make(ann, 'first', 1, 'qa');
    await expect(make(kim, 'second', 2, 'qa')).rejects.toEqual(over({ resource: 'vms', total: 2, used: 1, wanted: 2 }));
    expect((await agent.client.env.list()).envs.map(({ name }) => name)).toEqual(['first']);
    await make(kim, 'second', 1, 'qa');
    await expect(kim.env.addVms({ name: 'first', groups: [{ osPrefix: 'tiny' }] })).rejects.toEqual(
      over({ resource: 'vms', total: 2, used: 2, wanted: 1 }),
    );
    // What is shared with nobody is none of the team’s, until it is to be shared.
    await make(kim, 'third', 1);
    await expect(kim.env.update({ name: 'third', team: 'qa' })).rejects.toEqual(
      over({ resource: 'vms', total: 2, used: 2, wanted: 1 }),
    );
    expect((await kim.env.show({ name: 'third' })).env.team).toBeNull();
    expect((await kim.host.me()).teams).toMatchObject([
      { name: 'qa', quota: { ...noQuota, vms: 2, memoryMiB: 256 }, used: { envs: 2, vms: 2, memoryMiB: 192 } },
    ]);
    expect((await kim.host.me()).used).toMatchObject({ envs: 2, vms: 2 });
    // Starting counts too, where the quota was lowered meanwhile.
    await kim.env.stop({ name: 'second', graceS: 0 });
    await agent.client.team.update({ name: 'qa', quota: { memoryMiB: 128 } });
    await expect(kim.env.start({ name: 'second' })).rejects.toEqual(
      over({ resource: 'memoryMiB', total: 128, used: 96, wanted: 96 }),
    );
  });
});

async function streamWith(name: string, ticket: string): Promise<WebSocket> {
  const socket = new WebSocket(agent.url.replace('http', 'ws') + STREAM_PATH, {
    headers: { authorization: `Bearer token-of-${name}` },
    perMessageDeflate: false,
  });
  socket.on('error', () => {});
  sockets.push(socket);
  await once(socket, 'open');
  socket.send(JSON.stringify({ ticket }));
  return socket;
}

async function endOf(socket: WebSocket): Promise<number> {
  const [code] = (await once(socket, 'close')) as [number];
  return code;
}

/** Until the guest is connected. */
async function openConsole(name: string, client: TtClient, vmId: string): Promise<WebSocket> {
  const { ticket } = await client.console.open({ vmId, kind: 'serial' });
  const socket = await streamWith(name, ticket);
  const [first] = (await once(socket, 'message')) as [Buffer];
  expect(JSON.parse(String(first))).toMatchObject({ ready: true });
  return socket;
}
