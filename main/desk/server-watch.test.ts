// Only connected servers are followed, what is lost is not counted down, and an hour more is asked of the right one.
import type { FeedItem, TtClient } from '@tt/protocol';
import { expect, test, vi } from 'vitest';
import type { ConnectionView, LinkState } from '../session/connection-state.ts';
import { ServerWatch } from './server-watch.ts';

const source = { hostId: 'h', epoch: 'one' };
const env = (name: string, owner = 'kim') => ({
  name,
  owner,
  expired: false,
  state: 'running',
  startAt: '2026-11-30T10:00:00.000Z',
  endAt: '2026-11-30T12:00:00.000Z',
  endPolicy: 'delete',
});

function picture(...envs: ReturnType<typeof env>[]): FeedItem[] {
  return [
    { kind: 'snapshot', revision: 1, source, host: { version: '0.2.0' }, counts: {} },
    { kind: 'page', records: { envs } },
    { kind: 'snapshotEnd', revision: 1, source },
  ] as FeedItem[];
}

const view = (links: Record<string, LinkState['kind']>) => ({
  connections: Object.entries(links).map(([id, kind]) => ({ id, link: { kind } }) as ConnectionView),
});

function server(items: FeedItem[]) {
  const signals: AbortSignal[] = [];
  const updates: unknown[] = [];
  async function* feed(signal: AbortSignal) {
    yield* items;
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
  }
  const client = {
    host: { me: async () => ({ name: 'kim' }) },
    event: {
      follow: async (_input: unknown, { signal }: { signal: AbortSignal }) => {
        signals.push(signal);
        return feed(signal);
      },
    },
    env: { update: async (change: unknown) => void updates.push(change) },
  } as unknown as TtClient;
  return { client, signals, updates };
}

test('connected servers are followed, and what is lost is known no more', async () => {
  const lab = server(picture(env('demo'), env('theirs', 'lee')));
  const own = server(picture(env('mine')));
  const clients: Record<string, TtClient> = { private: own.client, lab: lab.client };
  const onChange = vi.fn();
  const watch = new ServerWatch({ clientOf: (id) => clients[id] as TtClient, onNews: () => {}, onChange });
  watch.follow(view({ private: 'connected', lab: 'connecting' }));
  await expect.poll(() => watch.ends()).toMatchObject([{ connection: 'private', envName: 'mine' }]);
  watch.follow(view({ private: 'connected', lab: 'connected' }));
  await expect.poll(() => watch.ends()).toHaveLength(2);
  expect(watch.ends().map(({ envName }) => envName)).not.toContain('theirs');
  expect(own.signals).toHaveLength(1);
  expect(watch.versions().map(({ connection }) => connection)).toEqual(['private', 'lab']);

  watch.follow(view({ private: 'connected', lab: 'lost' }));
  expect(watch.ends()).toMatchObject([{ connection: 'private' }]);
  expect(lab.signals.every(({ aborted }) => aborted)).toBe(true);
  expect(onChange).toHaveBeenCalled();
  watch.stop();
  expect(own.signals.every(({ aborted }) => aborted)).toBe(true);
});

test('an hour more is asked of the server that has the ENV, by its whole lifetime', async () => {
  const lab = server(picture(env('demo')));
  const watch = new ServerWatch({ clientOf: () => lab.client, onNews: () => {}, onChange: () => {} });
  watch.follow(view({ lab: 'connected' }));
  await expect.poll(() => watch.ends()).toHaveLength(1);
  await watch.extend('lab', 'demo');
  expect(lab.updates).toMatchObject([{ name: 'demo', lifetimeS: 3 * 3600 }]);
  await expect(watch.extend('lab', 'gone')).rejects.toMatchObject({ code: 'ENV_NOT_FOUND' });
  await expect(watch.extend('other', 'demo')).rejects.toMatchObject({ code: 'ENV_NOT_FOUND' });
  watch.stop();
});

test('who one is on a server is asked until it answers: nobody is told of ENVs of others meanwhile', async () => {
  const lab = server(picture(env('demo'), env('theirs', 'lee')));
  const me = vi.fn(async () => ({ name: 'kim' })).mockRejectedValueOnce(new Error('not now'));
  const client = { ...lab.client, host: { me } } as unknown as TtClient;
  const watch = new ServerWatch({
    clientOf: () => client,
    onNews: () => {},
    onChange: () => {},
    backoffMs: () => 0,
  });
  watch.follow(view({ lab: 'connected' }));
  await expect.poll(() => watch.ends().map(({ envName }) => envName)).toEqual(['demo']);
  expect(me).toHaveBeenCalledTimes(2);
  watch.stop();
});
