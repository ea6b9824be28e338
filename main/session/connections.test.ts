// The desktop's connections with fake links: what is opened at the start, added, shown, remembered and forgotten; and its own agent.
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type NodeConnection, startFailureText, writePrivateFile } from '@tt/client/node';
import { reason, TtError } from '@tt/protocol';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Connections } from './connections.ts';
import { type ConnectionsView, PRIVATE_ID } from './connection-state.ts';
import { fakeVault } from './fake-vault.ts';
import { type AgentProcess, PrivateAgentKeeper } from './private-agent.ts';
import type { FarPlace } from '../ssh/far-place.ts';
import { ConnectionMemory } from './saved-connections.ts';

const WAIT = { timeout: 30_000, interval: 1 };
const closers: (() => void)[] = [];
let home = '';
beforeEach(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), 'tt-connections-'));
});
afterEach(async () => {
  for (const close of closers.splice(0)) close();
  await rm(home, { recursive: true, force: true });
});

/** As an agent does it: whole files only, since who waits for them reads them the moment they appear. */
async function announce(url: string): Promise<void> {
  await writePrivateFile(path.join(home, 'token'), 'secret');
  await writePrivateFile(path.join(home, 'agent.json'), JSON.stringify({ url, pid: process.pid, startedAt: 'now' }));
}

function setUp({ file = { content: {} }, distrust }: { file?: { content: unknown }; distrust?: TtError } = {}) {
  const views: ConnectionsView[] = [];
  const opened: string[] = [];
  const trusted: [string, string | null, string | null][] = [];
  const refusals: Record<string, TtError> = {};
  const tunnels: string[] = [];
  const dialled: FarPlace[] = [];
  const dials: (() => Promise<unknown>)[] = [];
  const exits: (() => void)[] = [];
  let said = '';
  const started = vi.fn(
    (): AgentProcess => ({
      on: (_event, listener) => void exits.push(() => listener(1)),
      kill: () => true,
      said: async () => said,
    }),
  );
  const connections = new Connections({
    home,
    keeper: new PrivateAgentKeeper({ home, start: started, maxRestarts: 0 }),
    memory: new ConnectionMemory(
      { read: () => file.content, write: (content) => (file.content = structuredClone(content)) },
      fakeVault(),
    ),
    trust: async (url, { fingerprint, known }) => {
      if (distrust && fingerprint === null) throw distrust;
      trusted.push([url, fingerprint, known]);
      return fingerprint === null ? known : `authority ${fingerprint}`;
    },
    waysIn: {
      redeem: async ({ authority }, code) => `secret of ${code} from ${authority}`,
      byPassword: async (_server, { userName, password }) => `token of ${userName}, ${password}`,
      byBrowser: async ({ url }, { open, signal }) => {
        await open(`${url}/auth`);
        if (url.includes('slow')) await new Promise((_resolve, reject) => signal?.addEventListener('abort', reject));
        return 'token of the browser';
      },
    },
    openPage: (url) => void opened.push(`page ${url}`),
    onChange: (view) => void views.push(view),
    connect: ({ url, token, dial }) => {
      if (dial) dials.push(dial);
      opened.push(`${url} ${token}`);
      const ping = async () => {
        if (refusals[url]) throw refusals[url];
      };
      return { client: { host: { ping } }, close: () => {} } as unknown as NodeConnection;
    },
    tunnel: (route, accepted) => {
      tunnels.push(`${route.server.user}@${route.server.host} ${route.login.kind} ${accepted.join()}`);
      return {
        dial: async (place) => {
          dialled.push(place);
          throw new TtError('SSH_UNREACHABLE', { server: route.server.host });
        },
        close: () => void tunnels.push(`closed ${route.server.host}`),
      };
    },
    times: { backoffMs: () => 1_000_000, lookEveryMs: 1_000_000 },
  });
  closers.push(() => connections.closeAll());
  const add = (address: string, more: Partial<Parameters<Connections['add']>[0]> = {}) =>
    connections.add({ address, token: 't', fingerprint: null, ssh: null, sshKeys: [], name: '', color: null, ...more });
  return {
    connections,
    views,
    opened,
    trusted,
    tunnels,
    dialled,
    dials,
    refusals,
    started,
    file,
    add,
    /** Resolves once the connection is no longer being opened. */
    async settled(id: string) {
      const kind = () => connections.of(id).state.kind;
      await expect.poll(kind, WAIT).not.toMatch(/^(off|connecting)$/);
      return kind();
    },
    dies(words = '') {
      said = words;
      for (const exit of exits.splice(0)) exit();
    },
  };
}

const namesIn = ({ connections }: ConnectionsView) => connections.map(({ name }) => name);
const idAt = (view: ConnectionsView, index: number) => view.connections[index]?.id ?? '';

describe('the agent of this computer', () => {
  it('is found when it runs, shown, and no other is started', async () => {
    await announce('http://127.0.0.1:1');
    const { connections, opened, started, settled } = setUp();
    await connections.start();
    expect(await settled(PRIVATE_ID)).toBe('connected');
    expect(connections.view().shown).toBe(PRIVATE_ID);
    expect(opened).toEqual(['http://127.0.0.1:1 secret']);
    expect(started).not.toHaveBeenCalled();
  });

  it('is not started unasked: the window asks when nothing is remembered and nothing runs', async () => {
    const { connections, started } = setUp();
    await connections.start();
    expect(connections.view()).toMatchObject({ shown: null, connections: [{ id: PRIVATE_ID, link: { kind: 'off' } }] });
    connections.show(PRIVATE_ID);
    expect(connections.view()).toMatchObject({ shown: PRIVATE_ID, connections: [{ link: { kind: 'off' } }] });
    expect(started).not.toHaveBeenCalled();
  });

  it('is started at the start when it was shown last, and waited for', async () => {
    const first = setUp();
    first.connections.show(PRIVATE_ID);
    const { connections, started, settled } = setUp({ file: first.file });
    await connections.start();
    await expect.poll(() => started, WAIT).toHaveBeenCalledOnce();
    expect(connections.view().connections[0]?.link).toEqual({ kind: 'connecting' });
    await announce('http://127.0.0.1:2');
    expect(await settled(PRIVATE_ID)).toBe('connected');
  });

  it('says why it could not start', async () => {
    const { connections, started, dies } = setUp();
    const taken = new TtError('LISTEN_FAILED', { host: '127.0.0.1', port: 4000, reason: reason('portInUse') });
    const opening = connections.open(PRIVATE_ID);
    await expect.poll(() => started, WAIT).toHaveBeenCalledOnce();
    dies(`(node:1) Warning: something else\n${startFailureText('tt-agent', taken)}`);
    await opening;
    const { message, fix } = taken;
    expect(connections.of(PRIVATE_ID).state).toEqual({
      kind: 'refused',
      failure: { code: 'DESKTOP.LISTEN_FAILED', message, fix, data: {} },
    });

    const again = connections.open(PRIVATE_ID);
    await expect.poll(() => started, WAIT).toHaveBeenCalledTimes(2);
    dies('error: CONFIG_INVALID\nlog.level: unknown\nusers: not a list\nCorrect the file.\n');
    await again;
    expect(connections.of(PRIVATE_ID).state).toMatchObject({
      kind: 'refused',
      failure: {
        code: 'DESKTOP.CONFIG_INVALID',
        message: 'log.level: unknown\nusers: not a list',
        fix: 'Correct the file.',
      },
    });
  });

  it('says so when it ends before it listens, and is there as soon as one runs', async () => {
    const { connections, started, dies, settled } = setUp();
    const opening = connections.open(PRIVATE_ID);
    await expect.poll(() => started, WAIT).toHaveBeenCalledOnce();
    dies();
    await opening;
    expect(connections.of(PRIVATE_ID).state).toMatchObject({ kind: 'lost', failure: { code: 'AGENT_NOT_RUNNING' } });
    await announce('http://127.0.0.1:3');
    const asked = connections.open(PRIVATE_ID);
    await asked;
    expect(await settled(PRIVATE_ID)).toBe('connected');
  });

  it('is followed to another address', async () => {
    await announce('http://127.0.0.1:1');
    const { connections, opened } = setUp();
    await connections.open(PRIVATE_ID);
    await announce('http://127.0.0.1:7');
    await expect.poll(() => opened.at(-1), WAIT).toBe('http://127.0.0.1:7 secret');
  });
});

describe('servers', () => {
  it('are added once they answered, named by their host, and shown', async () => {
    const { connections, add, opened, settled } = setUp();
    await add('tt.example', { token: 'a' });
    await add('http://127.0.0.1:9527', { token: 'b', name: ' lab ', color: 'red' });
    const view = connections.view();
    expect(view.connections.slice(1)).toMatchObject([
      { kind: 'server', name: 'tt.example', color: 'blue', address: 'https://tt.example/', isDefault: false },
      { kind: 'server', name: 'lab', color: 'red', address: 'http://127.0.0.1:9527/' },
    ]);
    expect(view.shown).toBe(idAt(view, 2));
    // Both stay open.
    expect([await settled(idAt(view, 1)), await settled(idAt(view, 2))]).toEqual(['connected', 'connected']);
    expect(new Set(opened)).toEqual(new Set(['https://tt.example/ a', 'http://127.0.0.1:9527/ b']));
  });

  it('that do not answer change nothing', async () => {
    const { connections, add, refusals, file } = setUp();
    refusals['https://tt.example/'] = new TtError('UNAUTHORIZED', {});
    await expect(add('tt.example')).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
    expect([namesIn(connections.view()), connections.view().shown, file.content]).toEqual([[''], null, {}]);
  });

  it('get a new token and keep their name when they are added again', async () => {
    const { connections, add, opened, settled } = setUp();
    await add('tt.example', { name: 'lab', color: 'green' });
    await add('other.example');
    const before = idAt(connections.view(), 1);
    await add('https://tt.example', { token: 'new' });
    const view = connections.view();
    expect([namesIn(view), idAt(view, 1), view.shown]).toEqual([['', 'lab', 'other.example'], before, before]);
    await settled(before);
    expect(opened.at(-1)).toBe('https://tt.example/ new');
  });

  it('are joined by a link, which says whom to trust and needs no token', async () => {
    const { add, trusted, opened } = setUp();
    const ca = 'ab'.repeat(32);
    await add(`https://10.0.0.5:9527/#join=once&ca=${ca}`, { token: '' });
    expect(trusted).toEqual([['https://10.0.0.5:9527/', ca, null]]);
    expect(opened[0]).toBe(`https://10.0.0.5:9527/ secret of once from authority ${ca}`);
    const broken = add('https://10.0.0.5/#join=once&ca=xyz');
    await expect(broken).rejects.toMatchObject({ code: 'AGENT_UNREACHABLE' });
    await expect(broken).rejects.not.toThrow('once');
  });

  it('that nobody knows tell their fingerprint, and what the user accepts is pinned', async () => {
    const fingerprint = 'ab'.repeat(32);
    const grouped = (fingerprint.match(/.{4}/g) ?? []).join(' ');
    const distrust = new TtError('SERVER_NOT_TRUSTED', { url: 'https://tt.example/', fingerprint: grouped });
    const { add, trusted, connections } = setUp({ distrust });
    await expect(add('tt.example')).rejects.toBe(distrust);
    expect(namesIn(connections.view())).toEqual(['']);
    await add('tt.example', { fingerprint: grouped });
    expect(trusted).toEqual([['https://tt.example/', fingerprint, null]]);
    // What is pinned belongs to this server and no other.
    await add('tt.example', { fingerprint: grouped });
    expect(trusted.at(-1)).toEqual(['https://tt.example/', fingerprint, `authority ${fingerprint}`]);
    await add('other.example', { fingerprint: grouped });
    expect(trusted.at(-1)?.[2]).toBe(null);
  });

  it.each(['', 'ftp://x', 'http://user:pw@x', 'javascript://alert', 'http://'])(
    'have no address like %j',
    async (url) => {
      const { add, opened } = setUp();
      await expect(add(url)).rejects.toMatchObject({ code: 'AGENT_UNREACHABLE' });
      expect(opened).toEqual([]);
    },
  );

  it('are not more than can be kept open', async () => {
    const { add } = setUp();
    for (let index = 0; index < 32; index++) await add(`s${index}.example`);
    await expect(add('one-more.example')).rejects.toMatchObject({ code: 'CONNECTIONS_FULL' });
    await add('s1.example', { token: 'another' });
  });

  it('are open at the next start, and the one shown last is shown', async () => {
    const first = setUp();
    await first.add('one.example', { token: 'a' });
    await first.add('two.example', { token: 'b' });
    const { connections, opened, settled } = setUp({ file: first.file });
    await connections.start();
    const view = connections.view();
    expect([namesIn(view), view.shown]).toEqual([['', 'one.example', 'two.example'], idAt(view, 2)]);
    await settled(idAt(view, 1));
    await settled(idAt(view, 2));
    expect(opened.toSorted()).toEqual(['https://one.example/ a', 'https://two.example/ b']);
  });

  it('are shown at the start when they are the default one', async () => {
    const first = setUp();
    await first.add('one.example');
    await first.add('two.example');
    first.connections.setDefault(idAt(first.connections.view(), 1));
    const { connections } = setUp({ file: first.file });
    await connections.start();
    const view = connections.view();
    expect(view.shown).toBe(idAt(view, 1));
    expect(view.connections.map(({ isDefault }) => isDefault)).toEqual([false, true, false]);
    connections.setDefault(null);
    expect(connections.view().connections.some(({ isDefault }) => isDefault)).toBe(false);
  });

  it('are renamed and coloured; an empty name is their host', async () => {
    const { connections, add } = setUp();
    await add('one.example');
    const id = idAt(connections.view(), 1);
    connections.change(id, { name: 'lab', color: 'violet' });
    connections.change(PRIVATE_ID, { name: 'ignored', color: 'red' });
    expect(connections.view().connections).toMatchObject([
      { name: '', color: 'red' },
      { name: 'lab', color: 'violet' },
    ]);
    connections.change(id, { name: '  ', color: 'violet' });
    expect(namesIn(connections.view())).toEqual(['', 'one.example']);
  });

  it('are removed with their secret, and one that works is shown instead', async () => {
    const { connections, add, file, settled } = setUp();
    await add('one.example', { token: 'first-secret' });
    await add('two.example');
    const [, one, two] = connections.view().connections.map(({ id }) => id);
    await settled(one ?? '');
    connections.setDefault(two ?? '');
    connections.remove(two ?? '');
    expect(connections.view()).toMatchObject({ shown: one, connections: [{ isDefault: false }, { id: one }] });
    expect(() => connections.of(two ?? '')).toThrow(expect.objectContaining({ code: 'CONNECTION_UNKNOWN' }));
    connections.remove(one ?? '');
    expect(connections.view().shown).toBe(null);
    expect(file.content).toMatchObject({ servers: [] });
  });

  it('are not tried when they were closed, and again when they are shown', async () => {
    const { connections, add, settled } = setUp();
    await add('one.example');
    const id = idAt(connections.view(), 1);
    await settled(id);
    await connections.close(id);
    expect(connections.of(id).state).toEqual({ kind: 'off' });
    connections.show(id);
    expect(await settled(id)).toBe('connected');
  });

  it('whose secret can’t be read any more say that they need a token', async () => {
    const first = setUp();
    await first.add('one.example');
    const [server] = (first.file.content as { servers: { token: string }[] }).servers;
    if (server) server.token = 'AAAA';
    const { connections, settled } = setUp({ file: first.file });
    await connections.start();
    const id = idAt(connections.view(), 1);
    expect(await settled(id)).toBe('refused');
    expect(connections.of(id).state).toMatchObject({ failure: { code: 'UNAUTHORIZED' } });
  });

  it('over ssh are reached by a tunnel, which is opened again at the next start and closed with them', async () => {
    const first = setUp();
    const server = { user: 'kim', host: 'far.example', port: 22 };
    const ssh = { server, jump: null, login: { kind: 'password' as const, password: 'the-password' } };
    await first.add('http://127.0.0.1:9527', { ssh, sshKeys: ['SHA256:x'] });
    const [id = ''] = first.connections
      .view()
      .connections.slice(1)
      .map((one) => one.id);
    expect(first.connections.view().connections[1]).toMatchObject({
      name: 'far.example',
      ssh: { server, jump: null, login: 'password', keyFile: '' },
    });
    await first.settled(id);
    // The one that tried it is closed; what was accepted is known then.
    expect(first.tunnels).toEqual([
      'kim@far.example password SHA256:x',
      'closed far.example',
      'kim@far.example password ',
    ]);
    expect(JSON.stringify([first.views, first.file.content])).not.toContain('the-password');
    await expect(first.dials.at(-1)?.()).rejects.toMatchObject({ code: 'SSH_UNREACHABLE' });
    expect(first.dialled).toEqual([9527]);

    // The same address over another server is another one.
    await first.add('http://127.0.0.1:9527', { ssh: { ...ssh, server: { ...server, host: 'other.example' } } });
    expect(namesIn(first.connections.view())).toEqual(['', 'far.example', 'other.example']);

    const { connections, tunnels, settled } = setUp({ file: first.file });
    await connections.start();
    await settled(id);
    expect(tunnels).toContain('kim@far.example password ');
    connections.remove(id);
    expect(tunnels).toContain('closed far.example');
  });

  it('over ssh are reached at a unix socket too, also by a join link, and on this computer without ssh', async () => {
    const { add, connections, dials, dialled, opened } = setUp();
    const ssh = { server: { user: '', host: 'build1', port: 0 }, jump: null, login: { kind: 'agent' as const } };
    await add('unix:/run/tt/agent.sock#join=abc', { ssh, token: '' });
    expect(opened[0]).toBe('unix:/run/tt/agent.sock secret of abc from null');
    await expect(dials[0]?.()).rejects.toMatchObject({ code: 'SSH_UNREACHABLE' });
    expect(dialled).toEqual(['/run/tt/agent.sock']);
    await add('unix:/run/tt/agent.sock');
    expect(namesIn(connections.view())).toEqual(['', 'build1', 'unix:/run/tt/agent.sock']);
    expect(opened.at(-1)).toBe('unix:/run/tt/agent.sock t');
    await expect(add('unix:agent.sock')).rejects.toMatchObject({ code: 'AGENT_UNREACHABLE' });
  });

  it('let in by a password or the browser, whose token is kept and nothing else', async () => {
    const { add, opened, file } = setUp();
    const byPassword = { wayIn: { kind: 'password', userName: 'ann', password: 'a long one' }, token: '' } as const;
    await add('https://tt.example', byPassword);
    expect(opened[0]).toBe('https://tt.example/ token of ann, a long one');
    await add('https://tt.example', { wayIn: { kind: 'browser' }, token: '' });
    expect(opened).toEqual(
      expect.arrayContaining(['page https://tt.example//auth', 'https://tt.example/ token of the browser']),
    );
    // A join link has its own code.
    await add('https://tt.example#join=abc', byPassword);
    expect(opened).toContain('https://tt.example/ secret of abc from null');
    expect(JSON.stringify(file.content)).not.toContain('a long one');
  });

  it('that wait for the browser end with the next attempt', async () => {
    const { add, connections, opened } = setUp();
    const waiting = add('https://slow.example', { wayIn: { kind: 'browser' }, token: '' });
    const ended = expect(waiting).rejects.toBeDefined();
    await expect.poll(() => opened, WAIT).toContain('page https://slow.example//auth');
    await add('https://tt.example');
    await ended;
    expect(namesIn(connections.view())).toEqual(['', 'tt.example']);
  });

  it.each(['https://127.0.0.1:9527', 'http://10.0.0.5:9527', 'tt.example'])(
    'over ssh are not at %s',
    async (address) => {
      const { add, tunnels } = setUp();
      const ssh = { server: { user: 'kim', host: 'h', port: 22 }, jump: null, login: { kind: 'agent' as const } };
      await expect(add(address, { ssh })).rejects.toMatchObject({ code: 'SSH_ADDRESS_WRONG' });
      expect(tunnels).toEqual([]);
    },
  );

  it('of a file are added without secrets, unless they are there, and ask for their token', async () => {
    const { connections, add, opened, settled } = setUp();
    await add('one.example', { name: 'mine', token: 'kept' });
    const imported = { name: '', color: 'red' as const, authority: null, ssh: null };
    const ssh = {
      server: { user: 'kim', host: 'far.example', port: 22 },
      jump: null,
      login: 'agent' as const,
      keyFile: '',
    };
    connections.importServers([
      { ...imported, name: 'other', address: 'https://one.example/' },
      { ...imported, address: 'https://two.example/', authority: 'PEM' },
      { ...imported, name: 'odd', address: 'https://three.example/', ssh },
    ]);
    const view = connections.view();
    expect(namesIn(view)).toEqual(['', 'mine', 'two.example', 'odd']);
    expect([await settled(idAt(view, 1)), await settled(idAt(view, 2)), await settled(idAt(view, 3))]).toEqual([
      'connected',
      'refused',
      'refused',
    ]);
    expect(connections.of(idAt(view, 2)).state).toMatchObject({ failure: { code: 'UNAUTHORIZED' } });
    expect(new Set(opened)).toEqual(new Set(['https://one.example/ kept']));
    const many = Array.from({ length: 30 }, (_, index) => ({ ...imported, address: `https://s${index}.example/` }));
    expect(() => connections.importServers(many)).toThrow(expect.objectContaining({ code: 'CONNECTIONS_FULL' }));
    expect(namesIn(connections.view())).toHaveLength(4);
  });

  it('that a link offers wait for the user', async () => {
    const { connections, add, opened } = setUp();
    connections.offer({ address: 'https://tt.example/#join=once' });
    expect(connections.view().offered).toEqual({ address: 'https://tt.example/#join=once' });
    expect(opened).toEqual([]);
    await add('https://tt.example/#join=once');
    expect(connections.view().offered).toBe(null);
    const problem = reason('link.noCode');
    connections.offer({ problem });
    expect(connections.view().offered).toMatchObject({
      failure: { code: 'JOIN_LINK_INVALID', data: { reason: problem } },
    });
    connections.dismiss();
    expect(connections.view().offered).toBe(null);
  });
});
