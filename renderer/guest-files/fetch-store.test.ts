// Files of a guest on their way to this computer, with a real agent and a fake guest.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Vm } from '@tt/protocol';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { until } from '../../agent/testing/until.ts';
import { startTestStores, type TestStores } from '../testing/test-stores.ts';
import { GuestFolder } from './guest-folder.ts';
import { treeOfList } from './local-tree.ts';
import { type SaveTarget, TarTarget } from './save-target.ts';

const ENV = 'tiny';

let running: TestStores;
let vm: Vm;
beforeAll(async () => {
  running = await startTestStores();
  const { pushes, vms } = running.stores;
  [vm] = vms.ofEnv(ENV) as [Vm, ...Vm[]];
  const files = { 'site/index.html': '<p>hello</p>', 'site/deep/big': 'x'.repeat(100_000), 'site/nothing': '' };
  const list = Object.entries(files).map(([relative, text]) => {
    const file = new File([text], relative);
    Object.defineProperty(file, 'webkitRelativePath', { value: relative });
    return file;
  });
  const push = pushes.begin({ name: ENV, envName: ENV, vms: [vm], folder: '/srv', tree: treeOfList(list) });
  await until('the guest has them', () => push.phase === 'ended');
  expect(push.failed).toEqual([]);
}, 60_000);
afterAll(() => running.stop());
beforeEach(() => running.stores.toasts.closeAll());

/** Keeps the archive in place of giving it to a browser. */
class KeptTar extends TarTarget {
  blob: Blob | null = null;

  override async finish(): Promise<void> {
    this.blob = this.whole();
  }
}

async function listed(folderPath: string) {
  const folder = new GuestFolder(vm, folderPath, running.link);
  await folder.read();
  expect(folder.failure).toBeNull();
  return folder;
}

const said = () => running.stores.toasts.all.map(({ text, error }) => [text, error?.code]);
const transfers = async () => (await running.agent.client.transfer.list()).transfers.length;

test('a folder is listed, folders first, and sorted otherwise when asked', async () => {
  const folder = await listed('/srv/site');
  const names = () => folder.sorted.map(({ name }) => name);
  expect(names()).toEqual(['deep', 'index.html', 'nothing']);
  folder.sortBy('size');
  folder.sortBy('size');
  expect(names()).toEqual(['deep', 'index.html', 'nothing']);
  folder.sortBy('size');
  expect(names()).toEqual(['deep', 'nothing', 'index.html']);
});

test('several come as one archive, with their folders', async () => {
  const target = new KeptTar('tiny-1.tar');
  const { sorted } = await listed('/srv');
  await running.stores.fetches.fetch(vm, sorted, target);
  expect(said()).toEqual([['3 files saved: tiny-1.tar', undefined]]);
  expect([running.stores.fetches.current, await transfers()]).toEqual([null, 0]);
  const folder = await mkdtemp(path.join(tmpdir(), 'tt-got-'));
  try {
    await writeFile(
      path.join(folder, 'got.tar'),
      Buffer.from((await target.blob?.arrayBuffer()) ?? new ArrayBuffer(0)),
    );
    await promisify(execFile)('tar', ['-xf', 'got.tar'], { cwd: folder });
    expect(await readFile(path.join(folder, 'site/index.html'), 'utf8')).toBe('<p>hello</p>');
    expect((await readFile(path.join(folder, 'site/deep/big'), 'utf8')).length).toBe(100_000);
    expect(await readFile(path.join(folder, 'site/nothing'), 'utf8')).toBe('');
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('what can’t be written is said, and the agent keeps nothing of it', async () => {
  const full: SaveTarget = {
    name: 'tiny-1',
    prepare: async () => {},
    haveBytes: async () => 0,
    begin: () => Promise.reject(new DOMException('', 'QuotaExceededError')),
    finish: async () => {},
  };
  const { sorted } = await listed('/srv');
  await running.stores.fetches.fetch(vm, sorted, full);
  expect(said()).toEqual([['The files of tiny-1-1 were not saved', 'INTERNAL']]);
  expect(await transfers()).toBe(0);
});

test('one that is cancelled ends, and another can begin', async () => {
  const { fetches } = running.stores;
  const { sorted } = await listed('/srv');
  const guest = running.agent.fakeHost.ofVm(vm.id);
  guest?.setPaused(true);
  const fetching = fetches.fetch(vm, sorted, new KeptTar('tiny-1.tar'));
  expect(fetches.current).toMatchObject({ vmId: vm.id, total: null });
  fetches.cancel();
  await fetching;
  guest?.setPaused(false);
  expect([fetches.current, fetches.isCancelling, said()]).toEqual([
    null,
    false,
    [['Getting files of tiny-1-1 was cancelled', undefined]],
  ]);
  await fetches.fetch(vm, sorted, new KeptTar('tiny-1.tar'));
  expect(said().at(-1)).toEqual(['3 files saved: tiny-1.tar', undefined]);
});

test('a folder that is not there, or a guest that stands still, is a coded failure; what was listed stays', async () => {
  const folder = new GuestFolder(vm, '/none', running.link);
  await folder.read();
  expect([folder.failure?.code, folder.entries]).toEqual(['GUEST_FILE_MISSING', null]);
  const seen = await listed('/srv');
  running.link.cut();
  await seen.read();
  expect([seen.failure?.code, seen.sorted.map(({ name }) => name)]).toEqual(['AGENT_UNREACHABLE', ['site']]);
  running.link.restore();
});
