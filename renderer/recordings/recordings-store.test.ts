// Recordings of a window: one for each machine, so many at most; they say how they ended, and know of reverts.
import { afterEach, expect, test } from 'vitest';
import { until } from '../../agent/testing/until.ts';
import { startTestStores, type TestStores } from '../testing/test-stores.ts';
import { RecordingReader } from '@tt/client/recordings';
import type { RecordingSink } from './recording-writer.ts';
import { MOST_RECORDINGS, recordingName, RecordingsStore } from './recordings-store.ts';

let running: TestStores;
afterEach(() => running.stop());

async function setUp({ choosesNone = false } = {}) {
  running = await startTestStores();
  const { stores, link } = running;
  const files = new Map<string, Uint8Array<ArrayBuffer>[]>();
  const chooseSink = async (name: string): Promise<RecordingSink | null> => {
    if (choosesNone) return null;
    const pieces: Uint8Array<ArrayBuffer>[] = [];
    files.set(name, pieces);
    return {
      mostBytes: 1024 * 1024,
      write: async (bytes) => void pieces.push(Uint8Array.from(bytes)),
      close: async () => {},
      abort: async () => {},
    };
  };
  // Nobody draws: of the screen comes the first line, which asks for nothing.
  const store = new RecordingsStore(link, stores, { chooseSink, painter: () => () => {} });
  return { stores, store, files };
}

test('a screen is recorded once at a time, and what became of it is said', async () => {
  const { stores, store, files } = await setUp();
  const [vm] = stores.vms.ofEnv('tiny');
  if (!vm) throw new Error('no VM');
  await store.start(vm, true);
  await store.start(vm, true);
  expect([store.running.size, files.size]).toEqual([1, 1]);
  const recorder = store.running.get(vm.id);
  await until('the screen has said something', () => recorder?.session.channel);
  store.input(vm.id, { code: 'KeyA', down: true });
  store.input('another', { code: 'KeyB', down: true });
  await store.stop(vm.id);
  await until('it is over', () => store.running.size === 0);
  expect(stores.toasts.shown.at(-1)?.text).toMatch(/^The recording of tiny-.* is saved$/);
  const [pieces] = files.values();
  const keys: string[] = [];
  for await (const one of (await RecordingReader.open(new Blob(pieces ?? []))).records())
    if (one.kind === 'input') keys.push(one.input.code);
  expect(keys).toEqual(['KeyA']);
});

test('nothing begins without a file, and no more than fit', async () => {
  const none = await setUp({ choosesNone: true });
  const [vm] = none.stores.vms.ofEnv('tiny');
  if (!vm) throw new Error('no VM');
  await none.store.start(vm, false);
  expect(none.store.running.size).toBe(0);
  await running.stop();

  const { stores, store } = await setUp();
  const many = stores.vms.ofEnv('checkout');
  expect(many.length).toBeGreaterThan(MOST_RECORDINGS);
  for (const one of many) await store.start(one, false);
  expect([store.running.size, store.isFull]).toEqual([MOST_RECORDINGS, true]);
  store.stopAll();
  await until('all are over', () => store.running.size === 0);
});

test('a file is named after its machine and the time, in UTC', () => {
  running = { stop: async () => {} } as TestStores;
  expect(recordingName('demo/tiny-2-1', new Date('2026-11-30T12:04:31.500Z'))).toBe(
    'demo-tiny-2-1-2026-11-30-12-04-31.ttrec',
  );
});
