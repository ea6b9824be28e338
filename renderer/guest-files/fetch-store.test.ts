// Files of a guest on their way to this computer, with a real agent and a fake guest.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Vm } from '@tt/protocol';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { runCommand } from '../../agent/host/run-command.ts';
import { until } from '../../agent/testing/until.ts';
import { startTestStores, type TestStores } from '../testing/test-stores.ts';
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

/** What is in the folder that was pushed to. */
async function listed() {
  return (await running.link.client.guestFile.list({ vmId: vm.id, path: '/srv', what: 'folder' })).entries;
}

const said = () => running.stores.toasts.all.map(({ text, error }) => [text, error?.code]);
const transfers = async () => (await running.agent.client.transfer.list()).transfers.length;

test('several come as one archive, with their folders', async () => {
  const target = new KeptTar('tiny-1.tar');
  const entries = await listed();
  await running.stores.fetches.fetch(vm, entries, target);
  expect(said()).toEqual([['3 files saved: tiny-1.tar', undefined]]);
  expect([running.stores.fetches.current, await transfers()]).toEqual([null, 0]);
  const folder = await mkdtemp(path.join(tmpdir(), 'tt-got-'));
  try {
    await writeFile(
      path.join(folder, 'got.tar'),
      Buffer.from((await target.blob?.arrayBuffer()) ?? new ArrayBuffer(0)),
    );
    await runCommand('tar', ['-xf', 'got.tar'], { cwd: folder, timeoutMs: 60_000 });
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
  const entries = await listed();
  await running.stores.fetches.fetch(vm, entries, full);
  expect(said()).toEqual([['The files of tiny-1-1 were not saved', 'INTERNAL']]);
  expect(await transfers()).toBe(0);
});

test('one that is cancelled ends, and another can begin', async () => {
  const { fetches } = running.stores;
  const entries = await listed();
  const guest = running.agent.fakeHost.ofVm(vm.id);
  guest?.setPaused(true);
  const fetching = fetches.fetch(vm, entries, new KeptTar('tiny-1.tar'));
  expect(fetches.current).toMatchObject({ vmId: vm.id, total: null });
  fetches.cancel();
  await fetching;
  guest?.setPaused(false);
  expect([fetches.current, fetches.isCancelling, said()]).toEqual([
    null,
    false,
    [['Getting files of tiny-1-1 was cancelled', undefined]],
  ]);
  await fetches.fetch(vm, entries, new KeptTar('tiny-1.tar'));
  expect(said().at(-1)).toEqual(['3 files saved: tiny-1.tar', undefined]);
});
