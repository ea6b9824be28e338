// Imports of files in the background, against an agent with fake drivers: one after the other, cancelled, over a lost link, and over a
// reload of the window, with the same file only.
import { reaction } from 'mobx';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startTestStores, type TestStores } from '../../testing/test-stores.ts';
import { ImportNotes } from './import-notes.ts';
import { ImportStore } from './import-store.ts';
import { diskBytes, diskFile, HeldFile } from './test-disk-file.ts';

const MIB = 1024 * 1024;
const name = 'qemu:Mine-1:default';

let running: TestStores;
let place: ReturnType<typeof memoryPlace>;
const windows: (() => void)[] = [];
beforeEach(async () => {
  running = await startTestStores({ empty: true });
  place = memoryPlace();
});
afterEach(async () => {
  for (const leave of windows.splice(0)) leave();
  await running.stop();
});

function memoryPlace() {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  };
}

/** As a window that is opened over the same agent, with the notes of those before it. */
function openWindow(): { imports: ImportStore; leave: () => void } {
  const { operations, link } = running.stores;
  const imports = new ImportStore(running.link, operations, link, place);
  const leave = imports.start();
  windows.push(leave);
  return { imports, leave };
}

const transfers = async () => (await running.link.client.transfer.list()).transfers;
const states = ({ all }: ImportStore) => all.map(({ phase, needsFile }) => [phase, needsFile]);

test('files are sent one after the other, with progress, and become images', async () => {
  const { imports } = openWindow();
  const seen: number[] = [];
  const stop = reaction(
    () => imports.sending?.passage.doneBytes,
    (done) => done !== undefined && seen.push(done),
  );
  const both = [
    imports.begin(diskFile('Mine-1.qcow2', 600_000), { name, memo: 'Ours' }),
    imports.begin(diskFile('Mine-2.qcow2', 500_000), { name: 'qemu:Mine-2:default' }),
  ];
  expect(imports.all.map(({ fileName }) => fileName)).toEqual(['Mine-1.qcow2', 'Mine-2.qcow2']);
  expect([imports.isTaken(name), imports.isTaken('qemu:other:default')]).toEqual([true, false]);
  expect(await Promise.all(both)).toEqual([true, true]);
  stop();
  await running.settle();
  const { items } = running.stores.images;
  expect(items.get(name)).toMatchObject({ state: 'ready', memo: 'Ours', owner: 'mei' });
  expect(items.get('qemu:Mine-2:default')?.state).toBe('ready');
  expect([imports.all, seen.includes(600_000), seen.includes(500_000)]).toEqual([[], true, true]);
  expect([await transfers(), new ImportNotes(place).all()]).toEqual([[], []]);
});

test('a cancelled import leaves nothing, and the next file is sent', async () => {
  const { imports } = openWindow();
  const held = imports.begin(new HeldFile('held.qcow2', diskBytes(5 * MIB), 2 * MIB), { name: 'qemu:held:default' });
  const next = imports.begin(diskFile('Mine-1.qcow2', 600_000), { name });
  await expect.poll(() => imports.sending?.fileName).toBe('held.qcow2');
  expect(imports.all[1]?.phase).toBe('waiting');
  const [one] = imports.all;
  if (!one) throw new Error('nothing is imported');
  await imports.cancel(one);
  expect([await held, await next]).toEqual([false, true]);
  expect([await transfers(), imports.all]).toEqual([[], []]);
  expect(running.stores.toasts.all.filter(({ tone }) => tone === 'danger')).toEqual([]);
});

test('a lost link stops it; when that is back it goes on without being asked', async () => {
  const { imports } = openWindow();
  const { link, stores } = running;
  link.cut();
  await expect.poll(() => stores.link.up).toBe(false);
  expect(await imports.begin(diskFile('Mine-1.qcow2', 600_000), { name })).toBe(false);
  expect(states(imports)).toEqual([['stopped', false]]);
  expect(imports.all[0]?.failure?.code).toBe('AGENT_UNREACHABLE');
  link.restore();
  // The feed comes back by its own clock.
  await expect.poll(() => stores.images.items.get(name)?.state, { timeout: 20_000 }).toBe('ready');
  await expect.poll(() => imports.all).toEqual([]);
}, 30_000);

test('a reloaded window goes on with the same file, and refuses another one', async () => {
  const bytes = diskBytes(5 * MIB);
  const first = openWindow();
  void first.imports.begin(new HeldFile('Mine-1.qcow2', bytes, 4 * MIB), { name, memo: 'Ours' });
  await expect.poll(async () => (await transfers())[0]?.doneBytes).toBe(4 * MIB);
  first.leave();

  const { imports } = openWindow();
  await expect.poll(() => states(imports)).toEqual([['stopped', true]]);
  const [one] = imports.all;
  if (!one) throw new Error('nothing was found');
  expect([one.passage.doneBytes, one.failure, one.request]).toEqual([4 * MIB, null, { name, memo: 'Ours' }]);
  // Only its last sent byte differs.
  const other = bytes.slice();
  other[4 * MIB - 1] = 1;
  expect(await imports.resume(one, new File([other], 'Mine-1.qcow2'))).toBe(false);
  expect([one.failure?.code, one.needsFile]).toEqual(['TRANSFER_OTHER_FILE', true]);
  expect(await imports.resume(one, new File([bytes], 'a copy of it.qcow2'))).toBe(true);
  await running.settle();
  expect(running.stores.images.items.get(name)).toMatchObject({ state: 'ready', memo: 'Ours' });
  expect([imports.all, await transfers(), new ImportNotes(place).all()]).toEqual([[], [], []]);
});

test('what was sent whole before a reload needs no file; what another name makes impossible is kept', async () => {
  const taken = 'qemu:tiny-1:default';
  const { imports, leave } = openWindow();
  const { items } = running.stores.images;
  expect(items.get(taken)?.state).toBe('ready');
  expect(await imports.begin(diskFile('Mine-1.qcow2', 600_000), { name: taken })).toBe(false);
  expect([states(imports), imports.all[0]?.failure?.code]).toEqual([[['stopped', false]], 'IMAGE_NAME_TAKEN']);
  leave();
  await running.stores.images.remove(taken);
  await running.settle();

  const next = openWindow().imports;
  await expect.poll(() => states(next)).toEqual([['stopped', false]]);
  const [one] = next.all;
  expect(one && (await next.resume(one))).toBe(true);
  await running.settle();
  expect(items.get(taken)?.owner).toBe('mei');
});

test('a file that is no image is refused, and nothing of it is kept', async () => {
  const { imports } = openWindow();
  expect(await imports.begin(new File(['Dear all'], 'letter.raw'), { name })).toBe(false);
  await running.settle();
  expect([imports.all, await transfers(), running.stores.images.items.get(name)]).toEqual([[], [], undefined]);
  expect(running.stores.toasts.all.at(-1)?.error?.code).toMatch(/^IMAGE_/);
});
