// Pictures are asked for only of running machines that somebody sees, and not more often than every two seconds.
import { autorun } from 'mobx';
import { afterEach, expect, test, vi } from 'vitest';
import { startTestStores, type TestStores } from '../testing/test-stores.ts';

let running: TestStores;
afterEach(() => running.stop());

async function countingStores() {
  running = await startTestStores();
  const { stores, link } = running;
  const screenshot = vi.spyOn(link.client.vm, 'screenshot');
  return { stores, screenshot };
}

const shot = (content: string, takenAt = new Date().toISOString()) => ({
  takenAt,
  contentType: 'image/png' as const,
  dataBase64: btoa(content),
});

test('a watched running machine gets a picture, then one every two seconds, until nobody watches', async () => {
  const { stores, screenshot } = await countingStores();
  const [vm] = stores.vms.ofEnv('tiny');
  if (!vm) throw new Error('no VM');
  const release = stores.thumbnails.watch(vm.id);
  await running.settle();
  expect(stores.thumbnails.of(vm.id)?.url).toMatch(/^data:image\/png;base64,/);
  stores.thumbnails.askDue(Date.now() + 1000);
  expect(screenshot).toHaveBeenCalledTimes(1);
  stores.thumbnails.askDue(Date.now() + 2100);
  expect(screenshot).toHaveBeenCalledTimes(2);
  await running.settle();
  release();
  stores.thumbnails.askDue(Date.now() + 9000);
  expect(screenshot).toHaveBeenCalledTimes(2);
});

test('no picture of a stopped machine, none while the link is down, at most four at once', async () => {
  const { stores, screenshot } = await countingStores();
  const [stopped] = stores.vms.ofEnv('kernel-bisect');
  stores.thumbnails.watch(stopped?.id ?? '');
  expect(screenshot).not.toHaveBeenCalled();
  const ids = stores.vms.ofEnv('checkout').map(({ id }) => id);
  for (const id of ids) stores.thumbnails.watch(id);
  expect(screenshot).toHaveBeenCalledTimes(4);
  // Who has no picture yet is asked for when those four have come, each once.
  await expect.poll(() => ids.every((id) => stores.thumbnails.of(id))).toBe(true);
  expect(screenshot.mock.calls.map(([{ vmId }]) => vmId).toSorted()).toEqual(ids.toSorted());
  stores.link.pingFailed(new Error('cut'));
  stores.thumbnails.askDue(Date.now() + 9000);
  expect(screenshot).toHaveBeenCalledTimes(ids.length);
});

test('of a paused machine one picture is enough, as its screen does not change', async () => {
  const { stores, screenshot } = await countingStores();
  const [vm] = stores.vms.ofEnv('tiny');
  if (!vm) throw new Error('no VM');
  await stores.vms.pauseVm(vm.id);
  await expect.poll(() => stores.vms.get(vm.id)?.state).toBe('paused');
  stores.thumbnails.watch(vm.id);
  await expect.poll(() => stores.thumbnails.of(vm.id)).toBeDefined();
  stores.thumbnails.askDue(Date.now() + 9000);
  expect(screenshot).toHaveBeenCalledTimes(1);
});

test('a machine is asked about as often as the one wants who wants it most often', async () => {
  const { stores, screenshot } = await countingStores();
  const [vm] = stores.vms.ofEnv('tiny');
  if (!vm) throw new Error('no VM');
  stores.thumbnails.watch(vm.id);
  const release = stores.thumbnails.watch(vm.id, 1000);
  await running.settle();
  const before = screenshot.mock.calls.length;
  stores.thumbnails.askDue(Date.now() + 1100);
  expect(screenshot).toHaveBeenCalledTimes(before + 1);
  await running.settle();
  release();
  stores.thumbnails.askDue(Date.now() + 2100);
  expect(screenshot).toHaveBeenCalledTimes(before + 1);
});

test('answers that come late and in another order are pictures of the machine that was asked about', async () => {
  running = await startTestStores();
  const { stores, link } = running;
  const answers = new Map<string, () => void>();
  vi.spyOn(link.client.vm, 'screenshot').mockImplementation(
    ({ vmId }) =>
      new Promise((resolve) => {
        answers.set(vmId, () =>
          resolve({ takenAt: '2026-11-30T12:00:00.000Z', contentType: 'image/png', dataBase64: btoa(vmId) }),
        );
      }),
  );
  const ids = stores.vms.ofEnv('checkout').map(({ id }) => id);
  for (const vmId of ids) stores.thumbnails.watch(vmId);
  const asked = [...answers.keys()];
  expect(asked).toHaveLength(4);
  const drawn: number[] = [];
  const stop = autorun(() => drawn.push(asked.filter((vmId) => stores.thumbnails.of(vmId)).length));
  for (const vmId of asked.toReversed()) answers.get(vmId)?.();
  await expect.poll(() => asked.every((vmId) => stores.thumbnails.of(vmId))).toBe(true);
  expect(asked.map((vmId) => stores.thumbnails.of(vmId)?.url)).toEqual(
    asked.map((vmId) => `data:image/png;base64,${btoa(vmId)}`),
  );
  // One drawing for all of a round.
  expect(drawn).toEqual([0, 4]);
  stop();
});

test('first pictures are shown as they come, later ones of a crowd together once a second', async () => {
  const { stores, screenshot } = await countingStores();
  let count = 0;
  screenshot.mockImplementation(async () => shot(`picture ${count++}`));
  const { thumbnails } = stores;
  const ids = [...stores.vms.items.all].filter(({ state }) => state === 'running').map(({ id }) => id);
  expect(ids.length).toBeGreaterThan(8);
  for (const vmId of ids) thumbnails.watch(vmId);
  const start = Date.now();
  await expect
    .poll(() => {
      thumbnails.askDue(start);
      return ids.every((vmId) => thumbnails.of(vmId));
    })
    .toBe(true);
  const first = thumbnails.of(ids[0] ?? '');
  const drawn: (typeof first)[] = [];
  const stop = autorun(() => drawn.push(thumbnails.of(ids[0] ?? '')));
  const clock = vi.spyOn(Date, 'now').mockReturnValue(start + 500);
  thumbnails.askDue(start + 3000);
  await running.settle();
  clock.mockRestore();
  expect(drawn).toEqual([first]);
  thumbnails.showArrived(start + 3000);
  expect(drawn).toHaveLength(2);
  expect(drawn[1]).not.toBe(first);
  stop();
});

test('a screen that shows the same draws nothing anew, but for its time once in half a minute, or where somebody looks closely', async () => {
  const { stores, screenshot } = await countingStores();
  const { thumbnails } = stores;
  const [vm] = stores.vms.ofEnv('tiny');
  if (!vm) throw new Error('no VM');
  const start = Date.now();
  let content = 'login:';
  let afterS = 0;
  screenshot.mockImplementation(async () => shot(content, new Date(start + afterS * 1000).toISOString()));
  thumbnails.watch(vm.id);
  const timeAfter = async (seconds: number) => {
    afterS = seconds;
    thumbnails.askDue(start + seconds * 1000);
    await running.settle();
    return Date.parse(thumbnails.of(vm.id)?.takenAt ?? '') - start;
  };
  expect(await timeAfter(0)).toBe(0);
  expect(await timeAfter(3)).toBe(0);
  content = 'login: root';
  expect(await timeAfter(6)).toBe(6000);
  expect(await timeAfter(9)).toBe(6000);
  expect(await timeAfter(36)).toBe(36_000);
  const release = thumbnails.watch(vm.id, 1000);
  expect(await timeAfter(38)).toBe(38_000);
  release();
  expect(await timeAfter(41)).toBe(38_000);
});
