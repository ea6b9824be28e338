// Each window shows a connection of its own: what another window shows changes nothing here, and one that is gone gives way.
import { expect, test } from 'vitest';
import type { ConnectionRequest, ConnectionsAnswer, ConnectionsView, ConnectionView } from '../bridge.ts';
import { ConnectionStore } from './connection-store.ts';

const connection = (id: string): ConnectionView => ({
  id,
  kind: id === 'private' ? 'private' : 'server',
  name: id,
  color: 'teal',
  address: null,
  authority: null,
  ssh: null,
  isDefault: false,
  link: { kind: 'connected' },
});

/** As main: one list for all windows, and the one that was shown last. */
function desktop(...ids: string[]) {
  let view: ConnectionsView = { connections: ids.map(connection), shown: ids[0] ?? null, offered: null };
  const listeners: ((view: ConnectionsView) => void)[] = [];
  const change = (next: Partial<ConnectionsView>) => {
    view = { ...view, ...next };
    for (const listener of listeners) listener(view);
  };
  return {
    change,
    ask: async (request: ConnectionRequest): Promise<ConnectionsAnswer> => {
      if (request.do === 'show') change({ shown: request.id });
      if (request.do === 'add') change({ connections: [...view.connections, connection('new')], shown: 'new' });
      if (request.do === 'remove')
        change({ connections: view.connections.filter(({ id }) => id !== request.id), shown: 'private' });
      return { ok: true, view };
    },
    onChange: (listener: (view: ConnectionsView) => void) => {
      listeners.push(listener);
      return () => {};
    },
  };
}

test('a window keeps what it shows, whatever another one does', async () => {
  const main = desktop('private', 'lab');
  const [one, two] = [new ConnectionStore(main), new ConnectionStore(main, 'lab')];
  await one.start();
  await two.start();
  expect([one.shownId, two.shownId]).toEqual(['private', 'lab']);
  await two.show('private');
  await two.show('lab');
  expect([one.shownId, two.shownId]).toEqual(['private', 'lab']);
  await one.add({ address: 'x', token: '', fingerprint: null, ssh: null, sshKeys: [], name: '', color: null });
  expect([one.shownId, two.shownId]).toEqual(['new', 'lab']);
  await one.remove('lab');
  expect([one.shownId, two.shownId]).toEqual(['new', 'private']);
});

test('a window that asks for one that is gone shows the one that was shown last', async () => {
  const store = new ConnectionStore(desktop('private'), 'gone');
  await store.start();
  expect(store.shownId).toBe('private');
});

test('a window of a desktop without a choice follows the first', async () => {
  const main = desktop('private');
  main.change({ shown: null });
  const store = new ConnectionStore(main);
  await store.start();
  expect(store.shownId).toBe(null);
  main.change({ shown: 'private' });
  expect(store.shownId).toBe('private');
});
