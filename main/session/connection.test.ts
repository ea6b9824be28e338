// The connection's states with a fake link: what windows are told, what is remembered, and that late answers change nothing.
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type NodeConnection, startFailureText, writePrivateFile } from '@tt/client/node';
import { reason, TtError } from '@tt/protocol';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Connection } from './connection.ts';
import type { ConnectionState } from './connection-state.ts';
import { type AgentProcess, PrivateAgentKeeper } from './private-agent.ts';
import type { Remembered } from './server-memory.ts';

let home = '';
beforeEach(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), 'tt-connection-'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

/** As an agent does it: whole files only, since who waits for them reads them the moment they appear. */
async function announce(url: string): Promise<void> {
  await writePrivateFile(path.join(home, 'token'), 'secret');
  await writePrivateFile(path.join(home, 'agent.json'), JSON.stringify({ url, pid: process.pid, startedAt: 'now' }));
}

function setUp(remembered: Remembered = { kind: 'none' }, distrust?: () => Promise<never>) {
  const states: ConnectionState[] = [];
  const opened: string[] = [];
  const closed: string[] = [];
  const kept: string[] = [];
  const trusted: [string, string | null][] = [];
  const pings: Record<string, () => Promise<void>> = {};
  const exits: (() => void)[] = [];
  let said = '';
  const started = vi.fn(
    (): AgentProcess => ({
      on: (_event, listener) => void exits.push(() => listener(1)),
      kill: () => true,
      said: async () => said,
    }),
  );
  const connection = new Connection({
    home,
    keeper: new PrivateAgentKeeper({ home, start: started, maxRestarts: 0 }),
    memory: {
      load: () => remembered,
      keepPrivate: () => void kept.push('private'),
      keepServer: ({ url, token }) => void kept.push(`${url} ${token}`),
    },
    trust: async (url, { fingerprint }) => {
      await distrust?.();
      trusted.push([url, fingerprint]);
      return fingerprint === null ? null : `authority ${fingerprint}`;
    },
    redeem: async ({ authority }, code) => `secret of ${code} from ${authority}`,
    onChange: (state) => void states.push(state),
    connect: ({ url, token }) => {
      opened.push(`${url} ${token}`);
      return {
        client: { host: { ping: () => (pings[url] ?? (async () => {}))() } },
        close: () => void closed.push(url),
      } as unknown as NodeConnection;
    },
  });
  return {
    connection,
    states,
    opened,
    closed,
    kept,
    trusted,
    pings,
    started,
    dies(words = '') {
      said = words;
      for (const exit of exits.splice(0)) exit();
    },
  };
}

const kinds = (states: ConnectionState[]) => states.map(({ kind }) => kind);

describe('Connection', () => {
  it('finds the agent that runs and does not start another', async () => {
    await announce('http://127.0.0.1:1');
    const { connection, states, opened, kept, started } = setUp();
    await connection.restore();
    expect(kinds(states)).toEqual(['starting', 'connected']);
    expect([opened, kept]).toEqual([['http://127.0.0.1:1 secret'], ['private']]);
    expect(started).not.toHaveBeenCalled();
    connection.close();
  });

  it('asks the user when nothing is remembered and nothing runs', async () => {
    const { connection, states } = setUp();
    await connection.restore();
    expect([connection.state, states]).toEqual([{ kind: 'none' }, []]);
    expect(() => connection.client()).toThrow(TtError);
  });

  it('starts an agent and waits until it says where it listens', async () => {
    const { connection, started, states } = setUp({ kind: 'private' });
    const restored = connection.restore();
    await vi.waitFor(() => expect(started).toHaveBeenCalledOnce());
    await announce('http://127.0.0.1:2');
    await restored;
    expect(kinds(states)).toEqual(['starting', 'connected']);
    connection.close();
  });

  it('says so when the agent ends before it listens', async () => {
    const { connection, started, dies } = setUp();
    const chosen = connection.connectHere();
    await vi.waitFor(() => expect(started).toHaveBeenCalledOnce());
    dies();
    expect(await chosen).toMatchObject({ kind: 'failed', code: 'AGENT_NOT_RUNNING' });
  });

  it('says why the agent could not start', async () => {
    const { connection, started, dies } = setUp();
    const taken = new TtError('LISTEN_FAILED', { host: '127.0.0.1', port: 4000, reason: reason('portInUse') });
    const chosen = connection.connectHere();
    await vi.waitFor(() => expect(started).toHaveBeenCalledOnce());
    dies(`(node:1) Warning: something else\n${startFailureText('tt-agent', taken)}`);
    const { code, message, fix } = taken;
    expect(await chosen).toEqual({ kind: 'failed', code, message, fix, fingerprint: null });

    const again = connection.connectHere();
    await vi.waitFor(() => expect(started).toHaveBeenCalledTimes(2));
    dies('error: CONFIG_INVALID\nlog.level: unknown\nusers: not a list\nCorrect the file.\n');
    const config = {
      code: 'CONFIG_INVALID',
      message: 'log.level: unknown\nusers: not a list',
      fix: 'Correct the file.',
    };
    expect(await again).toEqual({ kind: 'failed', ...config, fingerprint: null });
  });

  it('follows an agent that came back at another address', async () => {
    await announce('http://127.0.0.1:1');
    const { connection, opened, closed } = setUp();
    await connection.connectHere();
    await announce('http://127.0.0.1:7');
    await vi.waitFor(() => expect(opened.at(-1)).toBe('http://127.0.0.1:7 secret'));
    expect(closed).toContain('http://127.0.0.1:1');
    connection.close();
  });

  it('keeps a server only after it answered', async () => {
    const { connection, kept, pings, closed } = setUp();
    pings['https://tt.example/'] = async () => {
      throw new TtError('UNAUTHORIZED', {});
    };
    expect(await connection.connectServer('tt.example', 'bad')).toMatchObject({ kind: 'failed', code: 'UNAUTHORIZED' });
    expect([kept, closed]).toEqual([[], ['https://tt.example/']]);
    expect(await connection.connectServer('https://tt.example:9/', 'good')).toEqual({
      kind: 'connected',
      target: 'server',
      label: 'tt.example:9',
    });
    expect(kept).toEqual(['https://tt.example:9/ good']);
  });

  it('takes a join link, which says whom to trust and needs no token', async () => {
    const { connection, kept, trusted } = setUp();
    const ca = 'ab'.repeat(32);
    expect(await connection.connectServer(`https://10.0.0.5:9527/#join=once&ca=${ca}`, '')).toMatchObject({
      kind: 'connected',
      label: '10.0.0.5:9527',
    });
    expect(trusted).toEqual([['https://10.0.0.5:9527/', ca]]);
    expect(kept).toEqual([`https://10.0.0.5:9527/ secret of once from authority ${ca}`]);
    const broken = await connection.connectServer('https://10.0.0.5/#join=once&ca=xyz', '');
    expect(broken).toMatchObject({ kind: 'failed', code: 'AGENT_UNREACHABLE' });
    expect(JSON.stringify(broken)).not.toContain('once');
  });

  it('tells the fingerprint of a server that nobody knows, and pins what the user accepts', async () => {
    const { connection, trusted } = setUp();
    const fingerprint = 'ab'.repeat(32);
    const grouped = (fingerprint.match(/.{4}/g) ?? []).join(' ');
    const answers = [new TtError('SERVER_NOT_TRUSTED', { url: 'https://tt.example/', fingerprint: grouped })];
    const strict = setUp({ kind: 'none' }, async () => {
      throw answers[0];
    });
    expect(await strict.connection.connectServer('tt.example', 't')).toMatchObject({
      kind: 'failed',
      code: 'SERVER_NOT_TRUSTED',
      fingerprint: grouped,
    });
    await connection.connectServer('tt.example', 't', grouped);
    expect(trusted).toEqual([['https://tt.example/', fingerprint]]);
  });

  it('lets the later choice win', async () => {
    const { connection, pings } = setUp();
    const answers: (() => void)[] = [];
    pings['https://slow/'] = () => new Promise<void>((resolve) => void answers.push(resolve));
    const slow = connection.connectServer('slow', 'a');
    await connection.connectServer('fast', 'b');
    answers[0]?.();
    await slow;
    expect(connection.state).toMatchObject({ kind: 'connected', label: 'fast' });
  });

  it.each(['', 'ftp://x', 'http://user:pw@x', 'javascript://alert', 'http://'])(
    'refuses the address %j',
    async (url) => {
      const { connection, opened } = setUp();
      expect(await connection.connectServer(url, 't')).toMatchObject({ kind: 'failed', code: 'AGENT_UNREACHABLE' });
      expect(opened).toEqual([]);
    },
  );

  it('opens a connection of its own for each feed, to where calls go, and ends them with it', async () => {
    const { connection, opened, closed } = setUp();
    expect(() => connection.openFeed()).toThrow(expect.objectContaining({ code: 'AGENT_UNREACHABLE' }));
    await connection.connectServer('one', 'a');
    const [gone] = [connection.openFeed(), connection.openFeed()];
    expect(opened).toEqual(['https://one/ a', 'https://one/ a', 'https://one/ a']);
    gone?.close();
    expect(closed).toEqual(['https://one/']);
    await connection.connectServer('two', 'b');
    // The other feed, and the link.
    expect(closed).toHaveLength(3);
    connection.openFeed();
    expect(opened.at(-1)).toBe('https://two/ b');
    connection.close();
    expect(closed.filter((url) => url === 'https://two/')).toHaveLength(2);
  });
});
