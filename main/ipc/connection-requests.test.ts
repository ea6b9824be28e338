// What a window asks about connections: the answer is what there is then, or a failure with its code and data; it never rejects.
import { TtError } from '@tt/protocol';
import { expect, it } from 'vitest';
import type { ConnectionsView } from '../session/connection-state.ts';
import { answerConnectionRequest, type ConnectionRequest } from './connection-requests.ts';

const view: ConnectionsView = { connections: [], shown: null, offered: null };
const id = '5b2f4d8e-8f0d-4d5e-9a51-3f6a4c1f0a11';

const certificate = { names: ['tt.example'], validFrom: 'a', validTo: 'b', issuer: 'TT', fingerprint: 'f' };
/** As main does it: refused for a machine that does not run. */
const openPort = async (_id: string, vmId: string, guestPort: number) => {
  if (vmId === 'stopped') throw new TtError('VM_NOT_RUNNING', { vmName: vmId, state: 'stopped' });
  return 50_000 + guestPort;
};
const certificateAt = async (url: string) => ({ ...certificate, names: [url] });

function setUp(failure?: Error, names = () => Promise.resolve(['build1'])) {
  const done: unknown[][] = [];
  const note =
    (name: string) =>
    (...args: unknown[]) => {
      if (failure) throw failure;
      done.push([name, ...args]);
    };
  const connections = {
    view: () => view,
    show: note('show'),
    open: async (one: string) => note('open')(one),
    close: async (one: string) => note('close')(one),
    add: async (server: unknown) => note('add')(server),
    change: note('change'),
    remove: note('remove'),
    setDefault: note('setDefault'),
    dismiss: note('dismiss'),
    importServers: note('importServers'),
  };
  return {
    done,
    ask: (request: ConnectionRequest) =>
      answerConnectionRequest(connections, request, { sshNames: () => names(), certificateAt, openPort }),
  };
}

it('does what is asked, and answers with what there is then', async () => {
  const { done, ask } = setUp();
  const server = {
    address: 'tt.example',
    token: 't',
    fingerprint: null,
    ssh: null,
    sshKeys: [],
    name: '',
    color: null,
  };
  expect(await ask({ do: 'list' })).toEqual({ ok: true, view });
  await ask({ do: 'show', id });
  await ask({ do: 'open', id: 'private' });
  await ask({ do: 'close', id });
  await ask({ do: 'add', ...server });
  await ask({ do: 'remove', id });
  await ask({ do: 'setDefault', id: null });
  await ask({ do: 'dismiss' });
  await ask({ do: 'import', servers: [] });
  expect(done).toEqual([
    ['show', id],
    ['open', 'private'],
    ['close', id],
    ['add', server],
    ['remove', id],
    ['setDefault', null],
    ['dismiss'],
    ['importServers', []],
  ]);
});

it('answers with the code and data of a failure', async () => {
  const { ask } = setUp(new TtError('CONNECTION_UNKNOWN', { id }));
  for (const request of [
    { do: 'show', id },
    { do: 'close', id },
  ] as const) {
    expect(await ask(request)).toMatchObject({ ok: false, failure: { code: 'CONNECTION_UNKNOWN', data: { id } } });
  }
  expect(await setUp(new Error('a fault')).ask({ do: 'dismiss' })).toMatchObject({
    ok: false,
    failure: { code: 'INTERNAL' },
  });
});

it('tells what the user calls ssh servers, or why it can’t', async () => {
  expect(await setUp().ask({ do: 'sshNames' })).toEqual({ ok: true, view, sshNames: ['build1'] });
  const failing = setUp(undefined, () => Promise.reject(new TtError('CONNECTION_UNKNOWN', { id })));
  expect(await failing.ask({ do: 'sshNames' })).toMatchObject({ ok: false, failure: { code: 'CONNECTION_UNKNOWN' } });
});

it('tells what a server presents, and that one without TLS presents nothing', async () => {
  const server = { kind: 'server' as const, name: '', color: 'teal' as const, authority: null, isDefault: false };
  const plain = { ...server, id, address: 'http://127.0.0.1:9527', ssh: null, link: { kind: 'off' as const } };
  const ask = (address: string | null) => {
    const connections: ConnectionsView = { ...view, connections: address === null ? [] : [{ ...plain, address }] };
    const nothing = () => {};
    const others = { show: nothing, change: nothing, remove: nothing, setDefault: nothing, dismiss: nothing };
    const later = async () => {};
    const done = { ...others, importServers: nothing, open: later, close: later, add: later, view: () => connections };
    return answerConnectionRequest(
      done,
      { do: 'certificate', id },
      { sshNames: async () => [], certificateAt, openPort },
    );
  };
  expect(await ask('https://tt.example/')).toMatchObject({ certificate: { names: ['https://tt.example/'] } });
  expect(await ask('http://127.0.0.1:9527')).toMatchObject({ ok: true, certificate: null });
  expect(await ask(null)).toMatchObject({ ok: false, failure: { code: 'CONNECTION_UNKNOWN' } });
});

it('answers with the port of this computer that leads to one of a guest, or why there is none', async () => {
  const { ask, done } = setUp();
  const request = { do: 'openPort' as const, id, vmId: 'vm-1', guestPort: 80 };
  expect(await ask(request)).toEqual({ ok: true, localPort: 50_080, view });
  const refused = await ask({ ...request, vmId: 'stopped' });
  expect(refused).toMatchObject({ ok: false, failure: { data: { vmName: 'stopped' } } });
  expect(done).toEqual([]);
});
