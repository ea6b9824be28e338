// The audit trail of a running agent: what is in it of calls, refusals, operations, streams and logins, who reads what, and that
// it outlives the agent.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { ByteChannel } from '@tt/client';
import type { NodeConnection } from '@tt/client/node';
import { API_PREFIX, ASKED_BY_HEADER, type AuditEntry, type Vm } from '@tt/protocol';
import { signAskedBy } from '@tt/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestAgent, type TestAgent } from '../testing/in-process-agent.ts';
import { until } from '../testing/until.ts';

const WAIT_MS = 30_000;
const users = (['ann', 'bob'] as const).map((name) => ({
  name,
  tokenSha256: createHash('sha256').update(`token-of-${name}`).digest('hex'),
  role: 'user' as const,
}));

let agent: TestAgent;
let ann: NodeConnection;
let bob: NodeConnection;
let vm: Vm;

beforeAll(async () => {
  agent = await startTestAgent({ config: { users } });
  ann = agent.connectAs('token-of-ann');
  bob = agent.connectAs('token-of-bob');
  const { vms } = await ann.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny' }] });
  for (const one of vms) vm = one;
}, 60_000);
afterAll(async () => {
  ann.close();
  bob.close();
  await agent.stop();
});

type Search = NonNullable<Parameters<NodeConnection['client']['audit']['list']>[0]>;

/** Oldest first. */
async function trail(search: Search = {}, client = agent.client): Promise<AuditEntry[]> {
  return (await client.audit.list({ limit: 500, ...search })).entries.toReversed();
}

const newest = async (search: Search, client = agent.client) => (await trail(search, client)).at(-1);

function opened(channel: ByteChannel): Promise<void> {
  return new Promise((resolve) => {
    channel.onopen = () => resolve();
  });
}

describe('operations', () => {
  it('have an entry at their beginning and at their end, with who asked from where', async () => {
    const entries = await trail({ call: 'env.create', userName: 'ann' });
    const about = { actor: 'person', userName: 'ann', throughProxy: false, subject: { envName: 'demo' }, count: 1 };
    expect(entries).toMatchObject([
      { ...about, phase: 'begun', result: 'ok', durationMs: null },
      { ...about, phase: 'ended', result: 'ok', durationMs: expect.any(Number) },
    ]);
    const [begun, ended] = entries;
    expect(begun?.activityId).toBe(ended?.activityId);
    expect(begun?.origin).toMatchObject({
      address: expect.stringContaining('127.0.0.1'),
      sessionId: null,
      requestId: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
  });

  it('say how they failed', async () => {
    const off = ann.client.env.create({ name: 'off', groups: [{ osPrefix: 'tiny' }] });
    await off;
    agent.engine.failNext('start', 'START_FAILED');
    await ann.client.env.stop({ name: 'off', graceS: 0 });
    const failure = await ann.client.env.start({ name: 'off' }).catch((error: unknown) => error);
    const { code } = failure as { code: string };
    expect(await trail({ call: 'env.start', envName: 'off' })).toMatchObject([
      { phase: 'begun', result: 'ok' },
      { phase: 'ended', result: code },
    ]);
    expect(code).toMatch(/^[A-Z_]+$/);
  });

  it('that were refused before they began have one entry', async () => {
    await expect(bob.client.env.delete({ name: 'demo' })).rejects.toMatchObject({ code: 'ENV_NOT_YOURS' });
    expect(await trail({ call: 'env.delete' })).toMatchObject([
      { phase: 'done', result: 'ENV_NOT_YOURS', userName: 'bob', subject: { envName: 'demo' } },
    ]);
  });
});

describe('calls', () => {
  it('that open something are in it, plain reads are not', async () => {
    await ann.client.env.list();
    await ann.client.env.show({ name: 'demo' });
    await ann.client.env.sshKey({ name: 'demo' });
    const calls = (await trail({ userName: 'ann' })).map(({ call }) => call);
    expect(calls).toContain('env.sshKey');
    expect(calls).not.toContain('env.list');
    expect(calls).not.toContain('env.show');
  });

  it('name the VM and its ENV', async () => {
    await ann.client.console.open({ vmId: vm.id, kind: 'serial' });
    expect(await newest({ call: 'console.open' })).toMatchObject({
      subject: { vmId: vm.id, vmName: vm.name, envName: 'demo', kind: 'serial' },
      result: 'ok',
    });
  });

  it('that were refused are in it, plain reads too, with what was not checked left out', async () => {
    await expect(bob.client.host.tasks()).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    await expect(bob.client.env.start({ name: '' })).rejects.toMatchObject({ code: 'INPUT_INVALID' });
    expect(await newest({ call: 'host.tasks' })).toMatchObject({ userName: 'bob', result: 'NOT_ALLOWED' });
    expect(await newest({ userName: 'bob', call: 'env.start' })).toMatchObject({
      result: 'INPUT_INVALID',
      subject: {},
    });
  });

  it('that come many times a minute are counted', async () => {
    const strokes = [[{ code: 'KeyA', down: true }]];
    for (let number = 0; number < 5; number++) await ann.client.console.type({ vmId: vm.id, strokes });
    expect(await trail({ call: 'console.type' })).toHaveLength(1);
  });
});

describe('logins', () => {
  it('are in it with the session that they began, refused ones and ended ones too', async () => {
    const { code } = await ann.client.session.invite();
    const asNobody = (body: object) =>
      fetch(`${agent.url}${API_PREFIX}/session/join`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'user-agent': 'a browser\u00e9' },
        body: JSON.stringify(body),
      });
    const { session } = (await (await asNobody({ code })).json()) as { session: { id: string } };
    expect((await asNobody({ code })).status).toBe(403);
    await ann.client.session.end({ which: [session.id] });
    const [joined, refused, ...others] = await trail({ call: 'session.join' });
    expect(joined).toMatchObject({
      actor: 'person',
      userName: 'ann',
      result: 'ok',
      subject: { userName: 'ann', loginId: session.id },
      origin: { sessionId: session.id, userAgent: 'a browser?' },
    });
    expect(refused).toMatchObject({ actor: 'nobody', userName: null, result: 'JOIN_CODE_INVALID', subject: {} });
    expect(others).toEqual([]);
    expect(await newest({ call: 'session.end' })).toMatchObject({ userName: 'ann', subject: { loginId: session.id } });
  });

  it('of a WebSocket that nobody known opens are refused with an entry, a minute’s worth of them with one', async () => {
    for (let number = 0; number < 3; number++) {
      const stranger = agent.connectAs('no such token');
      await expect(stranger.client.host.ping()).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
      stranger.close();
    }
    expect(await trail({ call: 'connection.open' })).toMatchObject([
      { actor: 'nobody', userName: null, result: 'UNAUTHORIZED', origin: { address: expect.any(String) } },
    ]);
  });
});

describe('streams', () => {
  it('have an entry when they are opened and when they have ended, for who got the ticket', async () => {
    const { ticket } = await ann.client.console.open({ vmId: vm.id, kind: 'serial' });
    const channel = ann.openStream(ticket);
    await opened(channel);
    const about = { userName: 'ann', subject: { vmId: vm.id, vmName: vm.name, envName: 'demo' } };
    expect(await newest({ call: 'stream.serial' })).toMatchObject({ ...about, phase: 'begun', durationMs: null });
    channel.close();
    const ended = await until(
      'the end is in the trail',
      async () => (await trail({ call: 'stream.serial' })).find(({ phase }) => phase === 'ended'),
      WAIT_MS,
    );
    expect(ended).toMatchObject({ ...about, result: 'ok', durationMs: expect.any(Number) });
    const [begun] = await trail({ call: 'stream.serial' });
    expect(ended.activityId).toBe(begun?.activityId);
  });
});

describe('a proxy', () => {
  const asked = { userName: 'zoe', sessionId: 'session-1', address: '192.0.2.7', userAgent: 'zoe’s' };
  const start = async (token: string, askedBy: string) => {
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      [ASKED_BY_HEADER]: askedBy,
    };
    const answer = await fetch(`${agent.url}${API_PREFIX}/envs/nowhere/start`, { method: 'POST', headers, body: '{}' });
    expect(answer.status).toBe(404);
  };
  const origin = { address: '192.0.2.7', sessionId: 'session-1', userAgent: 'zoe?s' };

  it('says who asked, signed with the token of the agent', async () => {
    await start(agent.token, signAskedBy(asked, agent.token));
    expect(await newest({ userName: 'zoe' })).toMatchObject({
      actor: 'person',
      throughProxy: true,
      result: 'ENV_NOT_FOUND',
      origin,
    });
  });

  it('says from where those asked who are known here as themselves', async () => {
    await start('token-of-bob', signAskedBy(asked, agent.token));
    expect(await newest({ call: 'env.start' })).toMatchObject({ userName: 'bob', throughProxy: true, origin });
  });

  it('is believed of nobody who can’t sign', async () => {
    const good = signAskedBy(asked, agent.token);
    const changed = good.replace('zoe', 'eve');
    for (const [token, said] of [
      ['token-of-bob', signAskedBy(asked, 'token-of-bob')],
      [agent.token, changed],
      [agent.token, good.slice(0, -1)],
      [agent.token, encodeURIComponent(JSON.stringify(asked))],
      [agent.token, signAskedBy({ ...asked, more: true } as never, agent.token)],
    ] as const) {
      await start(token, said);
      const entry = await newest({ call: 'env.start' });
      expect(entry).toMatchObject({ throughProxy: false, userName: token === agent.token ? 'local' : 'bob' });
      expect(entry?.origin?.address).toContain('127.0.0.1');
    }
    expect(await trail({ userName: 'zoe' })).toHaveLength(1);
  });
});

describe('readers', () => {
  it('see their own entries, and what was done to their ENVs, not from where', async () => {
    const own = await trail({}, ann.client);
    const bobs = own.filter(({ userName }) => userName === 'bob');
    expect(bobs.map(({ call, result }) => [call, result])).toEqual([['env.delete', 'ENV_NOT_YOURS']]);
    expect(bobs.filter(({ origin }) => origin !== undefined)).toEqual([]);
    const anns = own.filter(({ userName }) => userName === 'ann');
    expect(anns.length).toBeGreaterThan(5);
    expect(anns.every(({ origin }) => origin !== undefined)).toBe(true);
    const others = own.filter(({ userName, subject }) => userName !== 'ann' && subject.envName !== 'demo');
    expect(others).toEqual([]);
  });

  it('see nothing of others', async () => {
    const seen = await trail({}, bob.client);
    expect(new Set(seen.map(({ userName }) => userName))).toEqual(new Set(['bob']));
    expect(await trail({ userName: 'ann' }, bob.client)).toEqual([]);
  });

  it('get pages that follow one another', async () => {
    const whole = (await agent.client.audit.list({ limit: 500 })).entries.map(({ id }) => id);
    const ids: number[] = [];
    let before: number | null = null;
    do {
      const page: Awaited<ReturnType<typeof agent.client.audit.list>> = await agent.client.audit.list({
        limit: 7,
        ...(before !== null && { before }),
      });
      ids.push(...page.entries.map(({ id }) => id));
      before = page.next;
    } while (before !== null);
    expect(ids).toEqual(whole);
  });

  it('are refused what is no search', async () => {
    for (const search of [{ limit: 0 }, { limit: 501 }, { since: 'yesterday' }, { before: -1 }]) {
      await expect(agent.client.audit.list(search)).rejects.toMatchObject({ code: 'INPUT_INVALID' });
    }
  });
});

it('holds no secret that was sent with a call', async () => {
  const secret = 's3cr3t-of-this-test';
  const cloudInit = { password: secret, commands: [`echo ${secret}`], files: [{ path: '/root/a', content: secret }] };
  await ann.client.env.create({ name: 'kept', notes: secret, groups: [{ osPrefix: 'tiny', cloudInit }] });
  await ann.client.run.start({
    envName: 'kept',
    command: { script: { text: `echo ${secret}` } },
    environment: { KEY: secret },
    stdin: Buffer.from(secret).toString('base64'),
  });
  expect((await newest({ call: 'run.start' }))?.subject).toMatchObject({ envName: 'kept', runId: expect.any(String) });
  const files = ['audit-trail.sqlite', 'audit-trail.sqlite-wal'].map((name) =>
    readFileSync(path.join(agent.home, name)),
  );
  const text = Buffer.concat(files).toString('latin1');
  expect(text).toContain('run.start');
  for (const hidden of [secret, Buffer.from(secret).toString('base64'), agent.token, 'token-of-ann']) {
    expect(text).not.toContain(hidden);
  }
});

it('is there after a restart, and goes on', async () => {
  const first = await startTestAgent();
  const { vms } = await first.client.env.create({ name: 'before', groups: [{ osPrefix: 'tiny' }] });
  const { ticket } = await first.client.console.open({ vmId: vms[0]?.id ?? '', kind: 'serial' });
  await opened(first.openStream(ticket));
  const before = (await first.client.audit.list()).entries;
  await first.stop({ keep: true });
  const second = await startTestAgent({ home: first.home, fakeHost: first.fakeHost });
  expect((await second.client.audit.list({ call: 'env.create' })).entries).toEqual(
    before.filter(({ call }) => call === 'env.create'),
  );
  // The stream that was open has ended with its agent.
  const streams = (await second.client.audit.list({ call: 'stream' })).entries;
  expect(streams.map(({ call, phase }) => [call, phase])).toEqual([
    ['stream.serial', 'ended'],
    ['stream.serial', 'begun'],
  ]);
  await second.client.env.delete({ name: 'before' });
  const [last] = (await second.client.audit.list({ call: 'env.delete' })).entries;
  expect(last).toMatchObject({ phase: 'ended', result: 'ok', subject: { envName: 'before' } });
  expect(last?.id).toBeGreaterThan(before[0]?.id ?? 0);
  await second.stop();
});

it('the agent’s own work is told at its end', async () => {
  let lateMs = 0;
  const own = await startTestAgent({ now: () => new Date(Date.now() + lateMs), expiryLookMs: 5 });
  await own.client.env.create({ name: 'short', lifetimeS: 60, groups: [{ osPrefix: 'tiny' }] });
  lateMs = 3_600_000;
  const entry = await until(
    'it has ended',
    async () => (await own.client.audit.list({ call: 'env.delete' })).entries[0],
    WAIT_MS,
  );
  expect(entry).toMatchObject({
    actor: 'agent',
    userName: null,
    phase: 'ended',
    result: 'ok',
    subject: { envName: 'short' },
  });
  await own.stop();
});
