// Everything a person can do to a connection of the desktop, and adding one.
import { Eye, KeyRound, Pencil, Plug, Plus, Power, Star, StarOff, Trash2, Unplug } from 'lucide-react';
import type { ConnectionView } from '../bridge.ts';
import type { Action } from '../components/action.ts';
import type { Translate } from '../i18n/index.ts';
import type { Stores } from '../state/stores.ts';
import type { ConnectionStore } from './connection-store.ts';
import { connectionName } from './connection-words.ts';

/** null in a browser, which has no connections of its own. */
export function addConnectionAction({ connections, view }: Stores, t: Translate): Action | null {
  if (!connections) return null;
  return {
    id: 'addConnection',
    label: t('connections.add'),
    icon: Plus,
    whyNot: null,
    run: () => view.open({ kind: 'addConnection', renewed: null }),
  };
}

/** Those that mean something for it as it is, most wanted first. */
export function connectionActions(stores: Stores, connection: ConnectionView, t: Translate): Action[] {
  const { connections, view } = stores;
  if (!connections) return [];
  const { id, kind, link, isDefault } = connection;
  const isPrivate = kind === 'private';
  const ask = (request: Promise<Awaited<ReturnType<ConnectionStore['open']>>>) =>
    void request.then((outcome) => !outcome.ok && stores.toasts.fail(t('connections.failed'), outcome.error));
  const simple = (name: string, label: string, icon: Action['icon'], run: () => void): Action => ({
    id: name,
    label,
    icon,
    whyNot: null,
    run,
  });
  const isOpen = link.kind === 'connected' || link.kind === 'connecting' || link.kind === 'lost';
  return [
    ...(connections.shownId === id
      ? []
      : [simple('show', t('connections.show'), Eye, () => ask(connections.show(id)))]),
    ...(link.kind === 'connected' || link.kind === 'connecting'
      ? []
      : [
          isPrivate && link.kind === 'off'
            ? simple('start', t('connections.start'), Power, () => ask(connections.open(id)))
            : simple('open', t('connections.connect'), Plug, () => ask(connections.open(id))),
        ]),
    ...(link.kind === 'refused' && !isPrivate
      ? [
          simple('newToken', t('connections.newToken'), KeyRound, () =>
            view.open({ kind: 'addConnection', renewed: id }),
          ),
        ]
      : []),
    simple('edit', t('connections.edit'), Pencil, () => view.open({ kind: 'editConnection', id })),
    isDefault
      ? simple('noDefault', t('connections.noDefault'), StarOff, () => ask(connections.setDefault(null)))
      : simple('makeDefault', t('connections.makeDefault'), Star, () => ask(connections.setDefault(id))),
    ...(isOpen
      ? [
          isPrivate
            ? simple('stop', t('connections.stop'), Power, () => ask(connections.close(id)))
            : simple('close', t('connections.disconnect'), Unplug, () => ask(connections.close(id))),
        ]
      : []),
    ...(isPrivate
      ? []
      : [
          {
            ...simple('remove', t('connections.remove'), Trash2, () => view.open({ kind: 'removeConnection', id })),
            danger: true,
          },
        ]),
  ];
}

/** To show each of them: for menus and the palette, with the keys. */
export function showConnectionActions({ connections }: Stores, t: Translate): Action[] {
  if (!connections) return [];
  return connections.all.map((connection, index) => ({
    id: `show:${connection.id}`,
    label: t('connections.showNamed', { name: connectionName(connection, t) }),
    icon: Plug,
    ...(index < 9 && { shortcut: `Ctrl-${index + 1}` }),
    whyNot: connection.id === connections.shownId ? ('unchanged' as const) : null,
    run: () => void connections.show(connection.id),
  }));
}
