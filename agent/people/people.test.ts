// Users of the state and tokens of devices, in a whole agent: who comes in with what, and what ends the moment it is taken away.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { connectNode, type NodeConnection, readJoinLink, redeemCode } from '@tt/client/node';
import { STREAM_PATH, type TtClient, TtError } from '@tt/protocol';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { linkOfRunningAgent } from '../command/invite.ts';
import type { AgentConfig } from '../config.ts';
import { startTestAgent, type TestAgent, type TestAgentOptions } from '../testing/in-process-agent.ts';

const START = Date.parse('2026-11-21T10:00:00Z');
const kim = {
  name: 'kim',
  tokenSha256: createHash('sha256').update('token-of-kim').digest('hex'),
  role: 'user',
} as const;
const noQuota = { envs: null, vms: null, cpuCount: null, memoryMiB: null, diskMiB: null, storedMiB: null };

let agent: TestAgent;
let clock: number;
const connections: NodeConnection[] = [];
const sockets: WebSocket[] = [];

const start = (more: TestAgentOptions = {}) =>
  startTestAgent({ config: { users: [kim] }, now: () => new Date(clock), ...more });

beforeAll(async () => {
  clock = START;
  agent = await start();
}, 60_000);
afterAll(() => agent.stop());

/** As it was at the start, but for the time, which only goes forward. */
afterEach(async () => {
  for (const connection of connections.splice(0)) connection.close();
  for (const socket of sockets.splice(0)) socket.terminate();
  await agent.configure({ users: [kim] });
  for (const { name, source } of (await agent.client.user.list()).users) {
    if (source === 'state') await agent.client.user.delete({ name, giveTo: 'local' });
  }
  for (const { id } of (await agent.client.token.list()).tokens) await agent.client.token.revoke({ tokenId: id });
  for (const { name } of (await agent.client.env.list()).envs) await agent.client.env.delete({ name });
  // Whoever has guessed too often may again.
  clock += 3_600_000;
}, 60_000);

/** Another agent takes up the state of the one before. */
async function restart(): Promise<void> {
  await agent.stop({ keep: true });
  agent = await start({ home: agent.home });
}

function as(token: string): TtClient {
  const connection = agent.connectAs(token);
  connections.push(connection);
  return connection.client;
}

const refused = (code: string, data?: object) => expect.objectContaining({ code, ...(data && { data }) });
const tokenFor = async (userName: string, name = 'laptop') =>
  (await agent.client.token.create({ userName, name })).secret;
const statusOf = async (token: string) =>
  (await fetch(`${agent.url}/api/me`, { headers: { authorization: `Bearer ${token}` } })).status;

describe('users', () => {
  it('are created and changed by administrators, kept over a restart, and listed beside those of the file', async () => {
    const createdAt = new Date(clock).toISOString();
    await agent.client.user.create({ name: 'ann', role: 'viewer' });
    await agent.client.user.update({ name: 'ann', role: 'user', quota: { ...noQuota, vms: 3 } });
    const ann = await tokenFor('ann');
    await restart();
    const { users } = await agent.client.user.list();
    expect(users.map(({ name, role, source, createdBy, tokens }) => [name, role, source, createdBy, tokens])).toEqual([
      ['local', 'admin', 'owner', null, 0],
      ['kim', 'user', 'file', null, 0],
      ['ann', 'user', 'state', 'local', 1],
    ]);
    expect(users[2]).toMatchObject({
      quota: { ...noQuota, vms: 3 },
      hasOwnQuota: true,
      createdAt,
    });
    expect(await as(ann).host.me()).toMatchObject({ name: 'ann', role: 'user', quota: { vms: 3 } });
  });

  it('have names of their own', async () => {
    await agent.client.user.create({ name: 'ann' });
    for (const name of ['ann', 'kim', 'local', 'tt']) {
      await expect(agent.client.user.create({ name })).rejects.toEqual(refused('USER_NAME_TAKEN', { user: name }));
    }
    for (const name of ['', 'a b', '../x', '.a', 'x'.repeat(64)]) {
      await expect(agent.client.user.create({ name })).rejects.toEqual(refused('INPUT_INVALID'));
    }
  });

  it('of the file and `local` are not changed by calls', async () => {
    for (const [name, source] of [
      ['kim', 'file'],
      ['local', 'owner'],
    ] as const) {
      const fixed = refused('USER_FIXED', { user: name, source });
      await expect(agent.client.user.update({ name, role: 'admin' })).rejects.toEqual(fixed);
      await expect(agent.client.user.delete({ name })).rejects.toEqual(fixed);
    }
    const unknown = refused('USER_NOT_FOUND', { user: 'kin', suggestions: expect.arrayContaining(['kim']) });
    await expect(agent.client.user.update({ name: 'kin', role: 'admin' })).rejects.toEqual(unknown);
  });

  it('lose the word to the file when it names them too, with everything that let them in', async () => {
    await agent.client.user.create({ name: 'ann', role: 'admin' });
    const ann = await tokenFor('ann');
    await agent.configure({ users: [kim, { ...kim, name: 'ann', tokenSha256: 'ab'.repeat(32) }] });
    expect(await statusOf(ann)).toBe(401);
    const { users } = await agent.client.user.list();
    expect(users.filter(({ name }) => name === 'ann')).toMatchObject([
      { role: 'user', source: 'file', hasOwnQuota: false },
    ]);
  });

  it('that are disabled are out, with everything, until they are enabled', async () => {
    await agent.client.user.create({ name: 'ann' });
    const ann = await tokenFor('ann');
    const { code } = await agent.client.user.invite({ name: 'ann' });
    await agent.client.user.update({ name: 'ann', disabled: true });
    expect(await statusOf(ann)).toBe(401);
    await expect(redeemCode({ url: agent.url }, code)).rejects.toEqual(refused('JOIN_CODE_INVALID'));
    await expect(agent.client.user.invite({ name: 'ann' })).rejects.toEqual(refused('USER_NOT_FOUND'));
    await expect(tokenFor('ann', 'another')).rejects.toEqual(refused('USER_NOT_FOUND'));
    await agent.client.user.update({ name: 'ann', disabled: false });
    expect(await statusOf(ann)).toBe(200);
  });

  it('that are created again get nothing of those who had their name', async () => {
    await agent.client.user.create({ name: 'ann' });
    const [token, { code }] = [await tokenFor('ann'), await agent.client.user.invite({ name: 'ann' })];
    const { secret } = await as(token).session.join({ code: token });
    await as(token).transfer.begin({ fileName: 'a.bin', sizeBytes: 16 });
    await agent.client.user.delete({ name: 'ann' });
    await agent.client.user.create({ name: 'ann' });
    expect([await statusOf(token), await statusOf(secret)]).toEqual([401, 401]);
    await expect(redeemCode({ url: agent.url }, code)).rejects.toEqual(refused('JOIN_CODE_INVALID'));
    const ann = as(await tokenFor('ann'));
    expect(await ann.transfer.list()).toEqual({ transfers: [] });
    expect((await ann.token.list()).tokens).toHaveLength(1);
  });
});

describe('a user who owns something', () => {
  beforeEach(async () => {
    await agent.client.user.create({ name: 'ann' });
    const ann = as(await tokenFor('ann'));
    await ann.env.create({ name: 'demo', notes: 'of ann', groups: [{ osPrefix: 'tiny', diskMiB: 1024 }] });
    await ann.env.stop({ name: 'demo', graceS: 0 });
    const [vm] = (await ann.env.show({ name: 'demo' })).vms;
    await ann.image.publish({ vmId: vm?.id ?? '', name: 'qemu:made:one' });
    await ann.lab.create({ name: 'course' });
    await ann.profile.create({ name: 'desk', image: 'tiny' });
    await ann.template.save({ name: 'start', text: 'groups: []', replaces: null });
  });

  it('is not deleted unless somebody gets it; then all of it has the new owner', async () => {
    const owns = { user: 'ann', envs: 1, labs: 1, profiles: 1, templates: 1, images: 1 };
    await expect(agent.client.user.delete({ name: 'ann' })).rejects.toEqual(refused('USER_OWNS_THINGS', owns));
    await expect(agent.client.user.delete({ name: 'ann', giveTo: 'ann' })).rejects.toEqual(refused('USER_OWNS_THINGS'));
    const unknown = refused('USER_NOT_FOUND', { user: 'kin', suggestions: expect.arrayContaining(['kim']) });
    await expect(agent.client.user.delete({ name: 'ann', giveTo: 'kin' })).rejects.toEqual(unknown);
    expect(await agent.client.user.delete({ name: 'ann', giveTo: 'kim' })).toEqual({ name: 'ann', given: 5 });
    await restart();
    const client = as('token-of-kim');
    const owners = [
      (await client.env.show({ name: 'demo' })).env,
      (await client.lab.show({ name: 'course' })).lab,
      await client.profile.show({ name: 'desk' }),
      (await client.template.show({ name: 'start' })).template,
      (await client.image.show({ name: 'qemu:made:one' })).image,
    ].map(({ owner }) => owner);
    expect(owners).toEqual(['kim', 'kim', 'kim', 'kim', 'kim']);
    expect((await client.env.show({ name: 'demo' })).env.notes).toBe('of ann');
    expect((await agent.client.user.list()).users.map(({ name }) => name)).toEqual(['local', 'kim']);
  });
});

describe('a token', () => {
  it('lets one device in, is listed with its last use, and shown only once', async () => {
    await agent.client.user.create({ name: 'ann' });
    const endsAt = new Date(clock + 3_600_000).toISOString();
    const made = await agent.client.token.create({ userName: 'ann', name: 'build server', lifetimeS: 3600 });
    const ann = as(made.secret);
    clock += 5_000;
    await ann.host.ping();
    const { tokens } = await ann.token.list();
    expect(tokens).toEqual([
      {
        ...made.token,
        endsAt,
        lastUsedAt: new Date(clock).toISOString(),
        lastUsedFrom: '127.0.0.1',
        isThis: true,
      },
    ]);
    expect(JSON.stringify(await agent.client.token.list())).not.toContain(made.secret);
    await expect(ann.token.create({ userName: 'kim', name: 'x' })).rejects.toEqual(refused('NOT_ALLOWED'));
    const again = agent.client.token.create({ userName: 'ann', name: 'build server' });
    await expect(again).rejects.toEqual(refused('TOKEN_NAME_TAKEN', { user: 'ann', tokenName: 'build server' }));
  });

  it('is one of so many, and ends when it was to end', async () => {
    const client = as('token-of-kim');
    const { secret } = await client.token.create({ name: 'short', lifetimeS: 60 });
    for (let count = 1; count < 32; count++) await client.token.create({ name: `device ${count}` });
    const full = { user: 'kim', limit: 'tokens', total: 32, used: 32, wanted: 1 };
    await expect(client.token.create({ name: 'one more' })).rejects.toEqual(refused('LIMIT_REACHED', full));
    const socket = await open(secret);
    const closed = once(socket, 'close');
    clock += 60_000;
    expect(await statusOf(secret)).toBe(401);
    await closed;
    await client.token.create({ name: 'one more' });
  });

  it('that is revoked is worth nothing at once: its connection, a feed, an open console and sessions started with it end', async () => {
    await agent.client.user.create({ name: 'ann' });
    const { secret, token } = await agent.client.token.create({ userName: 'ann', name: 'stolen' });
    const other = await tokenFor('ann', 'kept');
    const ann = as(secret);
    const { vms } = await ann.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny' }] });
    const console = await openConsole(secret, ann, vms[0]?.id ?? '');
    const kept = await openConsole(other, as(other), vms[0]?.id ?? '');
    const [typed, invited] = [await ann.session.join({ code: secret }), await ann.session.invite()];
    const linked = await ann.session.join({ code: invited.code });
    const unused = await ann.session.invite();
    const calls = await open(secret, '/api/rpc');
    const headers = { authorization: `Bearer ${secret}` };
    const feed = (await fetch(`${agent.url}/api/events`, { headers })).text().catch(() => 'cut');
    const closed = Promise.all([console, calls].map((socket) => once(socket, 'close')));
    await agent.client.token.revoke({ tokenId: token.id });
    await closed;
    expect(await feed).toBe('cut');
    expect(await Promise.all([secret, typed.secret, linked.secret, other].map(statusOf))).toEqual([401, 401, 401, 200]);
    await expect(redeemCode({ url: agent.url }, unused.code)).rejects.toEqual(refused('JOIN_CODE_INVALID'));
    // A round trip later it would have been closed too.
    const answered = once(kept, 'pong');
    kept.ping();
    await answered;
    expect(kept.readyState).toBe(WebSocket.OPEN);
    await expect(agent.client.token.revoke({ tokenId: token.id })).rejects.toEqual(refused('TOKEN_NOT_FOUND'));
  });

  it('of somebody else is not there, except for administrators', async () => {
    await agent.client.user.create({ name: 'ann' });
    const ann = as(await tokenFor('ann'));
    const { token } = await as('token-of-kim').token.create({ name: 'pc' });
    await expect(ann.token.revoke({ tokenId: token.id })).rejects.toEqual(refused('TOKEN_NOT_FOUND'));
    expect((await ann.token.list()).tokens.map(({ userName }) => userName)).toEqual(['ann']);
    expect((await agent.client.token.list()).tokens.map(({ userName }) => userName)).toEqual(['ann', 'kim']);
  });

  it('of a user of the file ends with the token in the file', async () => {
    const { secret } = await as('token-of-kim').token.create({ name: 'pc' });
    expect(await statusOf(secret)).toBe(200);
    await agent.configure({ users: [{ ...kim, tokenSha256: 'cd'.repeat(32) }] });
    expect(await statusOf(secret)).toBe(401);
    expect((await agent.client.token.list()).tokens).toEqual([]);
  });
});

describe('a password', () => {
  const login = (userName: string, password: string) => agent.client.session.login({ userName, password });

  it('lets a browser in as its user, tells of wrong ones, and is only the hash in the state', async () => {
    await agent.client.user.create({ name: 'ann' });
    await expect(login('ann', 'a long password')).rejects.toEqual(refused('PASSWORD_WRONG'));
    await agent.client.user.setPassword({ name: 'ann', password: 'a long password' });
    const { secret, session, wrongBefore } = await login('ann', 'a long password');
    expect([session.userName, wrongBefore]).toEqual(['ann', 0]);
    expect(await as(secret).host.me()).toMatchObject({ name: 'ann', role: 'user' });
    for (const wrong of ['a long passwore', 'A long password', ' ']) {
      await expect(login('ann', wrong)).rejects.toEqual(refused('PASSWORD_WRONG'));
    }
    expect((await login('ann', 'a long password')).wrongBefore).toBe(3);
    expect((await agent.client.user.list()).users.at(-1)).toMatchObject({ name: 'ann', hasPassword: true });
    await restart();
    expect(await readFile(path.join(agent.home, 'state.sqlite'), 'latin1')).not.toContain('a long password');
    expect((await login('ann', 'a long password')).wrongBefore).toBe(0);
  });

  it('is one’s own to change with the one before; that ends other sessions, and no token', async () => {
    await agent.client.user.create({ name: 'ann', role: 'viewer' });
    const token = await tokenFor('ann');
    const ann = as(token);
    await ann.user.setPassword({ name: 'ann', password: 'the first one' });
    const { secret } = await login('ann', 'the first one');
    const change = { name: 'ann', password: 'the second one' };
    await expect(ann.user.setPassword(change)).rejects.toEqual(refused('PASSWORD_WRONG'));
    await expect(ann.user.setPassword({ ...change, currentPassword: 'the second one' })).rejects.toEqual(
      refused('PASSWORD_WRONG'),
    );
    await ann.user.setPassword({ ...change, currentPassword: 'the first one' });
    expect([await statusOf(secret), await statusOf(token)]).toEqual([401, 200]);
    await expect(login('ann', 'the first one')).rejects.toEqual(refused('PASSWORD_WRONG'));
    await expect(ann.user.setPassword({ name: 'kim', password: 'a long password' })).rejects.toEqual(
      refused('NOT_ALLOWED'),
    );
    await agent.client.user.setPassword({ name: 'ann', password: null });
    await expect(login('ann', 'the second one')).rejects.toEqual(refused('PASSWORD_WRONG'));
  });

  it('is for users of the state who may come in', async () => {
    for (const name of ['kim', 'local']) {
      const set = agent.client.user.setPassword({ name, password: 'a long password' });
      await expect(set).rejects.toEqual(refused('USER_FIXED'));
    }
    await agent.client.user.create({ name: 'ann' });
    await expect(agent.client.user.setPassword({ name: 'ann', password: 'short' })).rejects.toEqual(
      refused('INPUT_INVALID'),
    );
    await agent.client.user.setPassword({ name: 'ann', password: 'a long password' });
    await agent.client.user.update({ name: 'ann', disabled: true });
    await expect(login('ann', 'a long password')).rejects.toEqual(refused('PASSWORD_WRONG'));
  });

  it('is waited for after 20 wrong ones; a link still works', async () => {
    await agent.client.user.create({ name: 'ann' });
    await agent.client.user.setPassword({ name: 'ann', password: 'a long password' });
    for (let count = 0; count < 20; count++) {
      await expect(login('ann', `guess ${count}`)).rejects.toEqual(refused('PASSWORD_WRONG'));
    }
    const tooOften = refused('PASSWORD_TOO_OFTEN', { retryAfterS: 900 });
    await expect(login('ann', 'a long password')).rejects.toEqual(tooOften);
    const { code } = await agent.client.user.invite({ name: 'ann' });
    expect((await agent.client.session.join({ code })).session.userName).toBe('ann');
    clock += 900_000;
    expect((await login('ann', 'a long password')).wrongBefore).toBe(20);
  });
});

describe('a link', () => {
  it('gives a device a token of its own, named after it, once', async () => {
    await agent.client.user.create({ name: 'ann' });
    const secrets: string[] = [];
    for (const device of ['laptop', 'laptop', ' ']) {
      const { code } = await agent.client.user.invite({ name: 'ann' });
      secrets.push(await redeemCode({ url: agent.url }, code, device.trim()));
      await expect(redeemCode({ url: agent.url }, code)).rejects.toEqual(refused('JOIN_CODE_INVALID'));
    }
    const connection = connectNode({ url: agent.url, token: secrets[0] ?? '' });
    connections.push(connection);
    const { tokens } = await connection.client.token.list();
    expect(tokens.map(({ name, isThis }) => [name, isThis])).toEqual([
      ['laptop', true],
      ['laptop 2', false],
      ['device', false],
    ]);
  });

  it('for another user is good for a day, one’s own for ten minutes', async () => {
    await agent.client.user.create({ name: 'ann' });
    const [own, theirs] = [await agent.client.session.invite(), await agent.client.user.invite({ name: 'ann' })];
    expect([own.expiresAt, theirs.expiresAt]).toEqual(
      [600_000, 86_400_000].map((lifetimeMs) => new Date(clock + lifetimeMs).toISOString()),
    );
    clock += 600_000;
    await expect(redeemCode({ url: agent.url }, own.code)).rejects.toBeInstanceOf(TtError);
    expect((await agent.client.session.join({ code: theirs.code })).session.userName).toBe('ann');
  });

  it('is made on the host too, for any user', async () => {
    await agent.client.user.create({ name: 'ann' });
    const config = { home: agent.home } as AgentConfig;
    const link = await linkOfRunningAgent(config, 'ann');
    const secret = await redeemCode({ url: agent.url }, readJoinLink(new URL(link))?.code ?? '', 'laptop');
    expect(await as(secret).host.me()).toMatchObject({ name: 'ann', role: 'user' });
    await expect(linkOfRunningAgent(config, 'bob')).rejects.toEqual(refused('USER_NOT_FOUND'));
  });

  it('of `local` gives `local` a token, as long as the state folder has its own', async () => {
    const { code } = await agent.client.session.invite();
    const secret = await redeemCode({ url: agent.url }, code, 'desktop');
    expect(await as(secret).host.me()).toMatchObject({ name: 'local', role: 'admin' });
  });
});

async function open(token: string, path = STREAM_PATH): Promise<WebSocket> {
  const socket = new WebSocket(agent.url.replace('http', 'ws') + path, {
    headers: { authorization: `Bearer ${token}` },
    perMessageDeflate: false,
  });
  socket.on('error', () => {});
  sockets.push(socket);
  await once(socket, 'open');
  return socket;
}

/** Until the guest is connected. */
async function openConsole(token: string, client: TtClient, vmId: string): Promise<WebSocket> {
  const { ticket } = await client.console.open({ vmId, kind: 'serial' });
  const socket = await open(token);
  const ready = once(socket, 'message') as Promise<[Buffer]>;
  socket.send(JSON.stringify({ ticket }));
  expect(JSON.parse(String((await ready)[0]))).toMatchObject({ ready: true });
  return socket;
}
