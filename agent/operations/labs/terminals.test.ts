// Terminals of a lab: plain HTTP without a token. Disabled by default, identified by secret or address, rate limited, and never
// given more than a ticket for the console of their own session.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connectNode } from '@tt/client/node';
import { STREAM_PATH, streamClose } from '@tt/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { startTestProxy, type TestProxy } from '../../../proxy/test-proxy.ts';
import { startTestAgent, type TestAgent } from '../../testing/in-process-agent.ts';
import { until } from '../../testing/until.ts';

const SECRET = 'open sesame';
let agent: TestAgent;
let clock: number;
const sockets: WebSocket[] = [];
const lab = { labName: 'room', terminalName: 'pc-1' };

beforeEach(async () => {
  clock = Date.parse('2026-11-21T10:00:00Z');
  agent = await startTestAgent({ now: () => new Date(clock), config: { memoryTotalMiB: 1024 } });
  await agent.client.profile.create({ name: 'office', image: 'tiny', title: 'Office', shared: true });
  await agent.client.lab.create({ name: 'room', profileNames: ['office'], terminalsEnabled: true });
  await agent.client.lab.setTerminal({ name: 'room', terminalName: 'pc-1', secret: SECRET, profileName: 'office' });
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.terminate();
  await agent.stop();
});

interface Answer {
  status: number;
  body: Record<string, unknown>;
}

async function ask(method: 'GET' | 'POST', path: string, body?: object, at = agent.url): Promise<Answer> {
  const answer = await fetch(`${at}/api/terminals/${path}`, {
    method,
    ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

const connect = (more: object = {}, at = agent.url) => ask('POST', 'console', { ...lab, secret: SECRET, ...more }, at);
const start = () => agent.client.lab.startSession({ name: 'room', terminalName: 'pc-1' });

/** What becomes of a stream opened without a token: `ready`, a close code, or the status of a refused handshake. */
async function stream(ticket: string, at = agent.url): Promise<string | number> {
  const socket = new WebSocket(at.replace('http', 'ws') + STREAM_PATH);
  sockets.push(socket);
  const refused = once(socket, 'unexpected-response').then(
    ([, response]: { statusCode: number }[]) => response?.statusCode ?? 0,
  );
  const opened = once(socket, 'open').then(async () => {
    const first = once(socket, 'message').then(([data]: Buffer[]) => JSON.parse(String(data)) as { ready: boolean });
    const closed = once(socket, 'close').then(([code]: number[]) => code ?? 0);
    socket.send(JSON.stringify({ ticket }));
    return Promise.race([first.then(({ ready }) => (ready ? 'ready' : 'not ready')), closed]);
  });
  return Promise.race([refused, opened]);
}

describe('a terminal with a secret', () => {
  it('is told that it has no session, then gets a ticket for its console, which others can’t use twice', async () => {
    expect(await connect()).toMatchObject({
      status: 200,
      body: {
        ticket: null,
        assignment: { state: 'noSession', labName: 'room', profileTitle: 'Office', page: '/#/terminal/room/pc-1' },
      },
    });
    const session = await start();
    expect(session).toMatchObject({ sessionName: 'pc-1', terminalName: 'pc-1' });
    const { body } = await connect();
    expect(body).toMatchObject({ assignment: { state: 'ready', sessionName: 'pc-1' }, ticket: expect.any(String) });
    expect(JSON.stringify(body)).not.toContain(session.vmId);
    const ticket = String(body['ticket']);
    expect(await stream(ticket)).toBe('ready');
    await until(
      'it is seen as connected',
      async () => (await agent.client.lab.show({ name: 'room' })).sessions[0]?.viewers,
    );
    expect(await stream(ticket)).toBe(streamClose.ticketInvalid);
  });

  it('opens streams of its own session only: another’s ticket, or none, leads nowhere', async () => {
    const { vmId } = await start();
    const { ticket: own } = await agent.client.console.open({ vmId: vmId ?? '', kind: 'vnc' });
    expect(await stream(own)).toBe(streamClose.ticketInvalid);
    const { body } = await connect();
    expect(await stream('0123456789abcdef')).toBe(streamClose.ticketInvalid);
    const { ticket: again } = await agent.client.console.open({ vmId: vmId ?? '', kind: 'vnc' });
    expect(await stream(again)).toBe(streamClose.ticketInvalid);
    clock += 16_000;
    expect(await stream(String(body['ticket']))).toBe(streamClose.ticketInvalid);
  });

  it('says what its session does: stopped, or its profile in change', async () => {
    const { envName } = await start();
    const state = async () => (await connect()).body['assignment'];
    await agent.client.env.stop({ name: envName, graceS: 0 });
    expect(await state()).toMatchObject({ state: 'stopped' });
    await agent.client.profile.openAdmin({ name: 'office' });
    expect(await state()).toMatchObject({ state: 'maintenance' });
  });

  it('starts a session by itself where its lab lets it, one, of what it is assigned or its user chooses', async () => {
    await agent.client.lab.update({ name: 'room', terminalsStartSessions: true });
    const both = await Promise.all([connect(), connect()]);
    expect(both.map(({ status }) => status)).toEqual([200, 200]);
    await until('it has one', async () => (await connect()).body['ticket'] !== null);
    expect((await agent.client.lab.show({ name: 'room' })).sessions).toHaveLength(1);

    await agent.client.lab.setTerminal({ name: 'room', terminalName: 'pc-2', secret: SECRET });
    const choosing = await connect({ terminalName: 'pc-2' });
    expect(choosing.body['assignment']).toMatchObject({
      state: 'choose',
      choices: [{ profileName: 'office', title: 'Office' }],
    });
    expect(await connect({ terminalName: 'pc-2', profileName: 'other' })).toMatchObject({
      status: 422,
      body: { code: 'PROFILE_NOT_IN_LAB' },
    });
    expect((await connect({ terminalName: 'pc-2', profileName: 'office' })).body['ticket']).toEqual(expect.any(String));
  });
});

it('loses its screen at once when its lab disables terminals, or its secret or address changes', async () => {
  await start();
  const watched = async () => {
    const { body } = await connect();
    const socket = new WebSocket(agent.url.replace('http', 'ws') + STREAM_PATH);
    sockets.push(socket);
    await once(socket, 'open');
    const ready = once(socket, 'message');
    socket.send(JSON.stringify({ ticket: body.ticket }));
    await ready;
    return { ended: once(socket, 'close'), socket };
  };
  const { lab: labCalls } = agent.client;
  const set = (more: object) => labCalls.setTerminal({ name: 'room', terminalName: 'pc-1', ...more });
  for (const [close, open] of [
    [
      () => labCalls.update({ name: 'room', terminalsEnabled: false }),
      () => labCalls.update({ name: 'room', terminalsEnabled: true }),
    ],
    [() => set({ secret: 'another one' }), () => set({ secret: SECRET })],
    [
      () => labCalls.removeTerminal({ name: 'room', terminalName: 'pc-1' }),
      () => set({ secret: SECRET, profileName: 'office' }),
    ],
  ] as const) {
    const { ended, socket } = await watched();
    // What is no matter of the terminal leaves its screen alone.
    await labCalls.update({ name: 'room', notes: 'about it' });
    expect(socket.readyState).toBe(WebSocket.OPEN);
    const { body } = await connect();
    await close();
    await ended;
    expect(await stream(String(body.ticket))).toBe(streamClose.vmNotRunning);
    await open();
  }
});

it('is let in by an administrator only; whoever owns the lab may disable terminals', async () => {
  const token = 'token-of-mei';
  const home = agent.home;
  await agent.stop({ keep: true });
  const users = [{ name: 'mei', role: 'user' as const, tokenSha256: createHash('sha256').update(token).digest('hex') }];
  agent = await startTestAgent({ home, fakeHost: agent.fakeHost, config: { memoryTotalMiB: 1024, users } });
  const mei = connectNode({ url: agent.url, token });
  try {
    const refused = { code: 'NOT_ALLOWED', data: { user: 'mei', what: 'enableTerminals' } };
    const spec = { name: 'hers', profileNames: ['office'], terminalsEnabled: true };
    await expect(mei.client.lab.create(spec)).rejects.toMatchObject(refused);
    await mei.client.lab.create({ ...spec, terminalsEnabled: false });
    const open = { name: 'hers', terminalsEnabled: true };
    await expect(mei.client.lab.update(open)).rejects.toMatchObject(refused);
    await agent.client.lab.update(open);
    expect((await mei.client.lab.update({ ...open, title: 'Hers' })).terminalsEnabled).toBe(true);
    expect((await mei.client.lab.update({ ...open, terminalsEnabled: false })).terminalsEnabled).toBe(false);
  } finally {
    mei.close();
  }
});

describe('a terminal with an address', () => {
  it('is known by it alone, and both conditions count where both are set', async () => {
    expect(await ask('GET', 'assignment')).toMatchObject({ status: 403, body: { code: 'TERMINAL_REFUSED' } });
    await agent.client.lab.setTerminal({
      name: 'room',
      terminalName: 'pc-1',
      address: '::ffff:127.0.0.1',
      secret: null,
    });
    expect(await ask('GET', 'assignment')).toMatchObject({
      status: 200,
      body: { terminalName: 'pc-1', state: 'noSession' },
    });
    await agent.client.lab.setTerminal({ name: 'room', terminalName: 'pc-1', secret: SECRET });
    expect((await ask('POST', 'console', lab)).status).toBe(403);
    expect((await connect()).status).toBe(200);
    await agent.client.lab.setTerminal({ name: 'room', terminalName: 'pc-1', address: '192.0.2.7' });
    expect((await connect()).status).toBe(403);
  });

  it('has one of its own, and is never without any way to be known', async () => {
    const set = (terminalName: string, more: object) =>
      agent.client.lab.setTerminal({ name: 'room', terminalName, profileName: 'office', ...more });
    await expect(set('pc-3', {})).rejects.toMatchObject({ code: 'TERMINAL_INVALID' });
    await expect(set('pc-1', { secret: null })).rejects.toMatchObject({ code: 'TERMINAL_INVALID' });
    await expect(set('pc-3', { address: 'nowhere' })).rejects.toMatchObject({ code: 'TERMINAL_INVALID' });
    await set('pc-3', { address: '192.0.2.7' });
    await expect(set('pc-4', { address: '192.0.2.7' })).rejects.toMatchObject({ code: 'TERMINAL_INVALID' });
    const { labs } = await agent.client.lab.list();
    expect(JSON.stringify([labs, agent.feed])).not.toContain(SECRET);
    expect(labs[0]?.terminals[0]).toEqual({ name: 'pc-1', address: null, hasSecret: true, profileName: 'office' });
  });
});

it('whatever does not fit, the answer is the same; who tries too often waits', async () => {
  const refused = { status: 403, body: { code: 'TERMINAL_REFUSED', data: {} } };
  for (const wrong of [
    { secret: 'sesame open' },
    { secret: undefined },
    { terminalName: 'pc-9' },
    { labName: 'hall' },
  ]) {
    expect(await connect(wrong)).toMatchObject(refused);
  }
  await agent.client.lab.update({ name: 'room', terminalsEnabled: false });
  expect(await connect()).toMatchObject(refused);
  await agent.client.lab.update({ name: 'room', terminalsEnabled: true });
  for (let tried = 5; tried < 10; tried++) await connect({ secret: `guess ${tried}` });
  expect(await connect()).toMatchObject({
    status: 429,
    body: { code: 'TERMINAL_TOO_OFTEN', data: { retryAfterS: 60 } },
  });
  clock += 60_000;
  expect((await connect()).status).toBe(200);
});

it('through the proxy only the secret counts, and its ticket is good there', async () => {
  const proxy: TestProxy = await startTestProxy(agent);
  await agent.client.lab.setTerminal({
    name: 'room',
    terminalName: 'pc-2',
    address: '127.0.0.1',
    profileName: 'office',
  });
  expect((await ask('GET', 'assignment', undefined, proxy.url)).status).toBe(403);
  await start();
  const { body } = await connect({}, proxy.url);
  expect(await stream(String(body['ticket']), proxy.url)).toBe('ready');
  await proxy.stop();
});
