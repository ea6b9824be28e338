// Entry for working on the look: the window over the fake bridge. Not in the product: nothing imports it, dev.html is no input.
// dev.html?empty, ?login, ?desktop show other first minutes, ?user somebody with a quota; the console has `tt` (stores, world).

import { TtError } from '@tt/protocol';
import type { ConnectionState, DesktopConnection } from './bridge.ts';
import { figuresNow } from './fake/host-calls.ts';
import { fakeBridge } from './fake-bridge.ts';
import { mountWindow } from './mount.tsx';

const query = new URLSearchParams(location.search);

function fakeConnection(): DesktopConnection {
  const listeners = new Set<(state: ConnectionState) => void>();
  const tell = (state: ConnectionState) => {
    for (const listener of listeners) listener(state);
    return state;
  };
  return {
    current: async () => ({ kind: 'none' }),
    useThisComputer: async () => {
      tell({ kind: 'starting', detail: 'qemu-system-x86_64 8.2.2' });
      await new Promise((resolve) => setTimeout(resolve, 1500));
      return tell({ kind: 'connected', target: 'private', label: 'This computer' });
    },
    useServer: async (url) => {
      throw new TtError('AGENT_UNREACHABLE', { url });
    },
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

const bridge = fakeBridge({
  stepMs: Number(query.get('stepMs') ?? 700),
  empty: query.has('empty'),
  login: query.has('login')
    ? {
        join: async () => {
          throw new TtError('JOIN_CODE_INVALID', {});
        },
        leave: async () => {},
        takeCode: () => 'used-code',
      }
    : null,
  connection: query.has('desktop') ? fakeConnection() : null,
});
const element = document.getElementById('window');
if (!element) throw new Error('dev.html has no #window');
if (query.has('user')) {
  const quota = { envs: 6, vms: 20, cpuCount: 16, memoryMiB: 8192, diskMiB: null };
  bridge.world.me = { name: 'mei', role: 'user', quota };
}
setInterval(() => bridge.world.emitFigures(figuresNow(bridge.world)), 1000);
const { stores } = mountWindow(bridge, element);
Object.assign(window, { tt: { stores, world: bridge.world, TtError } });
