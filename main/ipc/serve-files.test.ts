// Who may have files sent by main, which, and how many at once; a sending ends with the port of its window.
import { appendFile, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { NodeConnection } from '@tt/client/node';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { ChosenFiles } from '../files/chosen-files.ts';
import { FileOnDisk } from '../files/file-on-disk.ts';
import type { SendRequest } from './serve-files.ts';

type Put = Parameters<NodeConnection['putBytes']>[0];

/** The end that main keeps. `windowGone`: the window has closed the other one, or is gone. */
class Port {
  readonly told: unknown[] = [];
  close = () => {};
  windowGone = () => {};
  start = () => {};
  on(_event: 'close', listener: () => void): void {
    this.windowGone = listener;
  }
  postMessage(message: unknown): void {
    this.told.push(message);
  }
}

const handlers = new Map<string, (event: unknown, ...args: unknown[]) => Promise<unknown>>();
const ports: Port[] = [];
vi.mock('electron', () => ({
  ipcMain: { handle: (channel: string, handler: never) => handlers.set(channel, handler) },
  protocol: {},
  MessageChannelMain: class {
    readonly port1 = new Port();
    readonly port2 = {};
    constructor() {
      ports.push(this.port1);
    }
  },
}));

const { serveFiles } = await import('./serve-files.ts');
const { channels } = await import('./channels.ts');

const MOST_AT_ONCE = 16;

/** One that answers when the test says so, or rejects once it is stopped, as the real one. */
const puts: (Put & { answer: () => void })[] = [];
const putBytes = (put: Put) =>
  new Promise<unknown>((resolve, reject) => {
    put.signal?.addEventListener('abort', () => reject(new Error('stopped')));
    puts.push({ ...put, answer: () => resolve({ state: 'whole' }) });
  });

const opened: FileOnDisk[] = [];
const isClosed = (one: FileOnDisk) =>
  one.read(0, 1).then(
    () => false,
    () => true,
  );
const kept = (one: FileOnDisk | null) => {
  if (one) opened.push(one);
  return one;
};

let folder: string;
let file: string;
let chosen: { path: string; sizeBytes: number; changedAtMs: number };
let chosenFiles: ChosenFiles;
const openOpened = vi.fn(async (): Promise<FileOnDisk | null> => null);
const link = vi.fn(() => ({ putBytes }) as unknown as NodeConnection);

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tt-serve-'));
  file = path.join(folder, 'disk.raw');
});
afterAll(() => rm(folder, { recursive: true }));

beforeEach(async () => {
  await writeFile(file, 'disk');
  const { size, mtimeMs } = await stat(file);
  chosen = { path: file, sizeBytes: size, changedAtMs: Math.trunc(mtimeMs) };
  chosenFiles = new ChosenFiles();
  for (const list of [ports, puts, opened]) list.length = 0;
  // None of an earlier test counts any more.
  serveFiles({ link, openChosen: async (one) => kept(await chosenFiles.open(one)), openOpened });
});

afterEach(async () => {
  for (const port of ports) port.windowGone();
  await expect.poll(async () => (await Promise.all(opened.map(isClosed))).every((is) => is)).toBe(true);
});

const ours = { parent: null, url: 'app://bundle/index.html#/images', postMessage: vi.fn() };
const request: SendRequest = {
  connection: crypto.randomUUID(),
  transferId: crypto.randomUUID(),
  ticket: 'A'.repeat(43),
  offset: 0,
  openedId: null,
};
const ask = async (change: object = {}, of: unknown = chosen, senderFrame: unknown = ours) =>
  handlers.get(channels.sendFile)?.({ senderFrame }, crypto.randomUUID(), { ...request, ...change }, of);

it('sends as many files at once as a server takes, and the next one once one has ended', async () => {
  // All asked at once: what is still being opened counts too.
  const asked = await Promise.all(Array.from({ length: MOST_AT_ONCE + 1 }, () => ask()));
  expect(asked.filter((isSent) => isSent)).toHaveLength(MOST_AT_ONCE);
  expect([asked.at(-1), puts.length]).toEqual([false, MOST_AT_ONCE]);
  puts[0]?.answer();
  await expect.poll(() => ports[0]?.told).toEqual([{ type: 'answer', answer: { state: 'whole' } }]);
  await expect.poll(() => ask()).toBe(true);
  expect(await ask()).toBe(false);
});

it('does not count what was not begun', async () => {
  for (let count = 0; count < MOST_AT_ONCE; count++) expect(await ask({ offset: 5 })).toBe(false);
  expect(await Promise.all(opened.map(isClosed))).toEqual(Array.from({ length: MOST_AT_ONCE }, () => true));
  const all = await Promise.all(Array.from({ length: MOST_AT_ONCE }, () => ask()));
  expect(all).toEqual(Array.from({ length: MOST_AT_ONCE }, () => true));
});

it.each([
  ['an offset below nothing', { offset: -1 }],
  ['a transfer that is none', { transferId: '../host' }],
  ['more than is asked for', { url: 'http://127.0.0.1' }],
])('refuses %s', async (_what, change) => {
  await expect(ask(change)).rejects.toThrow(channels.sendFile);
  expect([opened.length, puts.length]).toEqual([0, 0]);
});

it('refuses who is not the top frame of our page', async () => {
  for (const frame of [null, { ...ours, parent: ours }, { ...ours, url: 'https://example.invalid/' }]) {
    await expect(ask({}, chosen, frame)).rejects.toThrow('refused');
  }
  expect([opened.length, puts.length]).toEqual([0, 0]);
});

it('does not send a file that has changed since the page was told of it', async () => {
  await appendFile(file, 's');
  expect(await ask()).toBe(false);
  expect([ports.length, puts.length]).toEqual([0, 0]);
});

it('takes a file either as chosen or as opened, never as both or none', async () => {
  expect(await ask({ openedId: crypto.randomUUID() })).toBe(false);
  expect(await ask({}, null)).toBe(false);
  expect(openOpened).not.toHaveBeenCalled();
  openOpened.mockImplementationOnce(async () => kept(await FileOnDisk.open(file)));
  expect(await ask({ openedId: crypto.randomUUID() }, null)).toBe(true);
});

it('stops when its window cancels or is gone, and closes the file', async () => {
  expect(await ask()).toBe(true);
  expect(puts[0]?.signal?.aborted).toBe(false);
  ports[0]?.windowGone();
  expect(puts[0]?.signal?.aborted).toBe(true);
  await expect.poll(() => Promise.all(opened.map(isClosed))).toEqual([true]);
  expect(ports[0]?.told).toEqual([]);
});

it('sends nothing for a window that has gone while its file was opened', async () => {
  const gone = {
    ...ours,
    postMessage: () => {
      throw new Error('the frame is gone');
    },
  };
  for (let count = 0; count < MOST_AT_ONCE; count++) await expect(ask({}, chosen, gone)).rejects.toThrow('gone');
  expect(puts).toEqual([]);
  expect((await Promise.all(opened.map(isClosed))).every((is) => is)).toBe(true);
  expect(await ask()).toBe(true);
});
