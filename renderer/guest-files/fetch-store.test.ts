// Files of a guest on their way to this computer, with a real agent and a fake guest.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type FileSink, uploadFile } from '@tt/client';
import type { Vm } from '@tt/protocol';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
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
  [vm] = running.stores.vms.ofEnv(ENV) as [Vm, ...Vm[]];
  await push('/srv', {
    'site/index.html': '<p>hello</p>',
    'site/deep/big': 'x'.repeat(100_000),
    'site/nothing': '',
  });
}, 60_000);
afterAll(() => running.stop());
beforeEach(() => running.stores.toasts.closeAll());

async function push(folder: string, files: Record<string, string>): Promise<void> {
  const list = Object.entries(files).map(([relative, text]) => {
    const file = new File([text], relative);
    Object.defineProperty(file, 'webkitRelativePath', { value: relative });
    return file;
  });
  const tree = treeOfList(list);
  const pushing = running.stores.pushes.begin({ name: ENV, envName: ENV, vms: [vm], folder, tree });
  await until('the guest has them', () => pushing.phase === 'ended', 30_000);
  expect(pushing.failed).toEqual([]);
}

/** As somebody in the guest does. */
async function replace(file: string, text: string): Promise<void> {
  const bytes = Buffer.from(text);
  const read = async (offset: number, length: number) => bytes.subarray(offset, offset + length);
  const source = { fileName: 'file', sizeBytes: bytes.length, read };
  const { id: transferId } = await uploadFile(running.link, source, crypto.randomUUID());
  const files = [{ path: path.posix.basename(file), sizeBytes: bytes.length }];
  const request = { envName: ENV, vmIds: [vm.id], transferId, folder: path.posix.dirname(file), files };
  const { vms } = await running.link.client.guestFile.put({ ...request, overwrites: true });
  expect(vms[0]?.failure).toBeNull();
}

/** Keeps the archive in place of giving it to a browser. */
class KeptTar extends TarTarget {
  blob: Blob | null = null;

  override async finish(): Promise<void> {
    this.blob = this.whole();
  }
}

/** What is in the folder that was pushed to. */
async function listed(path = '/srv') {
  return (await running.link.client.guestFile.list({ vmId: vm.id, path, what: 'folder' })).entries;
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
    canTakeBack: true,
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

describe('one whose link is cut in the middle', () => {
  const SIZE = 1024 * 1024;
  const first = `${'a'.repeat(SIZE / 2)}${'b'.repeat(SIZE / 2)}`;
  let folders = 0;
  let folder: string;
  beforeEach(async () => {
    folder = `/srv/cut-${++folders}`;
    await push(folder, { 'site/big': first, 'site/small': 'text' });
  }, 60_000);

  /** Closes the stream of the download once so much has come; gives what each attempt has written. */
  function cutting(target: SaveTarget): { target: SaveTarget; written: number[] } {
    const written = [0];
    const { link } = running;
    const channels: ReturnType<typeof link.openStream>[] = [];
    const open = link.openStream.bind(link);
    vi.spyOn(link, 'openStream').mockImplementation((ticket) => {
      const channel = open(ticket);
      channels.push(channel);
      return channel;
    });
    const begin = target.begin.bind(target);
    target.begin = async (file, have) => {
      const sink = await begin(file, have);
      return {
        ...sink,
        async write(bytes) {
          await sink.write(bytes);
          written[written.length - 1] = (written.at(-1) ?? 0) + bytes.length;
          if (written.length > 1 || (written[0] ?? 0) < SIZE / 4) return;
          written.push(0);
          channels.at(-1)?.close();
        },
      };
    };
    return { target, written };
  }
  afterEach(() => vi.restoreAllMocks());

  const goOn = async () => {
    running.stores.toasts.all.at(-1)?.action?.run();
    await until('it has ended', () => running.stores.fetches.current === null, 30_000);
  };
  const brokenOff = ['Getting files of tiny-1-1 was interrupted; what has come is held', 'AGENT_GONE'];

  test('goes on where it stopped', async () => {
    const { target, written } = cutting(new KeptTar('tiny-1.tar'));
    await running.stores.fetches.fetch(vm, await listed(folder), target);
    expect(said()).toEqual([brokenOff]);
    await goOn();
    expect(said().at(-1)).toEqual(['2 files saved: tiny-1.tar', undefined]);
    // Each byte came once.
    expect(written.reduce((sum, bytes) => sum + bytes, 0)).toBe(SIZE + 4);
    expect(written[1]).toBeLessThan(SIZE);
    const text = await (target as KeptTar).blob?.text();
    expect(text).toContain(first);
    expect(await transfers()).toBe(0);
  });

  test('comes whole when its file has become another one, though size and time are the same', async () => {
    const whole = new WholeFile();
    const { target } = cutting(whole);
    const [entry] = await listed(`${folder}/site`);
    await running.stores.fetches.fetch(vm, entry ? [entry] : [], target);
    expect(said()).toEqual([brokenOff]);
    const other = first.replaceAll('a', 'c');
    await replace(`${folder}/site/big`, other);
    await goOn();
    expect([said().at(-1)?.[0], whole.text === other]).toEqual(['1 file saved: big', true]);
  });

  test('is given up by the next one', async () => {
    const { target } = cutting(new KeptTar('tiny-1.tar'));
    await running.stores.fetches.fetch(vm, await listed(folder), target);
    const [toast] = running.stores.toasts.all;
    vi.restoreAllMocks();
    await running.stores.fetches.fetch(vm, await listed(folder), new KeptTar('other.tar'));
    expect(said().at(-1)).toEqual(['2 files saved: other.tar', undefined]);
    toast?.action?.run();
    expect([running.stores.fetches.current, said().length]).toEqual([null, 2]);
  });
});

/** One file, in memory. */
class WholeFile implements SaveTarget {
  readonly name = 'big';
  readonly canTakeBack = true;
  text = '';

  async prepare(): Promise<void> {}
  async finish(): Promise<void> {}
  async haveBytes(): Promise<number> {
    return 0;
  }

  async begin(): Promise<FileSink> {
    this.text = '';
    return {
      write: async (bytes) => {
        this.text += new TextDecoder().decode(bytes);
      },
      close: async () => {},
      finish: async () => true,
      drop: async () => {},
    };
  }
}
