// Downloads from a local server that cuts connections, ignores ranges, changes files and redirects elsewhere.
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { download, type DownloadOptions } from './download.ts';
import { PartialDownloads } from './partial-downloads.ts';
import { isInnerAddress } from './source-url.ts';

const content = randomBytes(3 * 1024 * 1024);
let folder: string;
let server: Server;
let asked: string[];
let answer: (request: IncomingMessage, response: ServerResponse, count: number) => void;
let base: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tt-download-'));
  asked = [];
  server = createServer((request, response) => {
    asked.push(`${request.url} ${request.headers.range ?? 'all'}`);
    answer(request, response, asked.length);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  base = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true });
});

const get = (more: Partial<DownloadOptions> = {}) =>
  download(folder, {
    url: `${base}/disk.img`,
    owner: 'ann',
    maxBytes: 10 * 1024 * 1024,
    innerAllowed: true,
    signal: new AbortController().signal,
    retryMs: 1,
    ...more,
  });
const failed = (code: string) =>
  expect.objectContaining({
    code: 'IMAGE_DOWNLOAD_FAILED',
    data: { url: `${base}/disk.img`, reason: expect.objectContaining({ code: expect.stringContaining(code) }) },
  });

/** Sends from where it was asked, and cuts the link after `bytes`. */
function sendPart(request: IncomingMessage, response: ServerResponse, bytes: number, etag = '"one"'): void {
  const start = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
  const isPart = start > 0 && request.headers['if-range'] === etag;
  const from = isPart ? start : 0;
  response.writeHead(isPart ? 206 : 200, {
    etag,
    'content-length': content.length - from,
    ...(isPart && { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` }),
  });
  const end = Math.min(content.length, from + bytes);
  response.write(content.subarray(from, end), () => (end < content.length ? response.destroy() : response.end()));
}

it('resumes where a cut link stopped, in the same call and in a later one', async () => {
  answer = (request, response) => sendPart(request, response, 1024 * 1024);
  const file = await get();
  expect((await readFile(file)).equals(content)).toBe(true);
  expect(asked.length).toBeGreaterThanOrEqual(3);
  expect(asked.slice(1).every((line) => /bytes=\d+-/.test(line))).toBe(true);
  await rm(file);

  asked = [];
  answer = (request, response, count) => {
    if (count === 1) sendPart(request, response, 1024 * 1024);
    else response.destroy();
  };
  await expect(get()).rejects.toEqual(failed(''));
  asked = [];
  answer = (request, response) => sendPart(request, response, content.length);
  expect((await readFile(await get())).equals(content)).toBe(true);
  expect(asked).toEqual([expect.stringMatching(/bytes=\d+-$/)]);
});

it('never mixes two versions, and begins anew where the server knows no ranges', async () => {
  answer = (request, response, count) => sendPart(request, response, 1024 * 1024 * count, `"${Math.min(count, 2)}"`);
  expect((await readFile(await get())).equals(content)).toBe(true);
  expect(asked[1]).toMatch(/bytes=\d+-/);
});

it.each<[string, (response: ServerResponse) => void]>([
  ['serverStatus', (response) => response.writeHead(404).end()],
  ['tooManyRedirects', (response) => response.writeHead(302, { location: '/disk.img' }).end()],
  ['redirectNotHttp', (response) => response.writeHead(302, { location: 'file:///etc/passwd' }).end()],
])('gives up at once: %s', async (code, say) => {
  answer = (_request, response) => say(response);
  await expect(get()).rejects.toEqual(failed(code));
});

it('tries a server in trouble again, follows redirects, and takes no more than it may', async () => {
  answer = (request, response, count) => {
    if (count === 1) response.writeHead(503).end();
    else if (request.url === '/disk.img') response.writeHead(302, { location: `${base}/real` }).end();
    else sendPart(request, response, content.length);
  };
  expect((await readFile(await get())).equals(content)).toBe(true);
  await rm(folder, { recursive: true });
  await expect(get({ maxBytes: 1024 })).rejects.toMatchObject({ code: 'IMAGE_REFUSED' });
  answer = (_request, response) => {
    // Says nothing of its length.
    response.write(content);
    response.end();
  };
  await expect(get({ maxBytes: 1024 })).rejects.toMatchObject({ code: 'IMAGE_REFUSED' });
});

it('a link on which nothing comes is cut, and a cancel ends it at once', async () => {
  answer = (_request, response) => void response.writeHead(200, { 'content-length': 10 }).write('12345');
  await expect(get({ idleMs: 50 })).rejects.toEqual(failed(''));
  const abort = new AbortController();
  const reason = new Error('cancelled');
  answer = () => abort.abort(reason);
  await expect(get({ signal: abort.signal })).rejects.toThrow();
});

it('tells addresses inside from those outside', () => {
  const inner = [
    '127.0.0.1',
    '10.1.2.3',
    '172.20.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '::1',
  ];
  const more = [
    'fe80::1',
    'fd00::1',
    '::ffff:10.0.0.1',
    '2002:a00:1::1',
    '64:ff9b::a00:1',
    '224.0.0.1',
    'nonsense',
    '2001:0:a00:1::1',
    '2001::a00:1',
    '198.18.0.1',
    '198.19.255.254',
  ];
  expect([...inner, ...more].filter((address) => !isInnerAddress(address))).toEqual([]);
  expect(['1.1.1.1', '172.32.0.1', '2606:4700::1', '2001:470::1', '198.20.0.1'].filter(isInnerAddress)).toEqual([]);
});

it('sweeps what nobody has gone on with for a day, with its note, and keeps the note of what it keeps', async () => {
  const now = new Date();
  const yesterday = new Date(now.getTime() - 25 * 3600 * 1000);
  for (const name of ['old.part', 'old.part.json', 'new.part', 'new.part.json']) {
    await writeFile(path.join(folder, name), '{}');
    if (name !== 'new.part') await utimes(path.join(folder, name), now, yesterday);
  }
  await new PartialDownloads(folder).sweep(now);
  expect((await readdir(folder)).sort()).toEqual(['new.part', 'new.part.json']);
  await new PartialDownloads(path.join(folder, 'none')).sweep(now);
});

it('a part counts for whom its note names; of a note of an earlier version, or a damaged one, for nobody', async () => {
  for (const [name, note] of [
    ['anns', '{"validator":null,"owner":"ann"}'],
    ['old', '{"validator":"x"}'],
    ['damaged', '{"validator":'],
    ['hosts', '{"validator":"x","owner":null}'],
  ]) {
    await writeFile(path.join(folder, `${name}.part`), content);
    await writeFile(path.join(folder, `${name}.part.json`), note ?? '');
  }
  const downloads = new PartialDownloads(folder);
  await downloads.init();
  const { blocks } = await stat(path.join(folder, 'anns.part'));
  expect(['ann', 'bob', 'null'].map((owner) => downloads.bytesOf(owner))).toEqual([blocks * 512, 0, 0]);
  await downloads.sweep(new Date(Date.now() + 25 * 3600 * 1000));
  expect(downloads.bytesOf('ann')).toBe(0);
});

it('a part counts for who went on with it last, not while somebody does, and not when it is whole', async () => {
  const downloads = new PartialDownloads(folder);
  const url = `${base}/disk.img`;
  const go = (owner: string) =>
    downloads.run(url, async () => {
      const counted = downloads.bytesOf('ann');
      await rm(await get({ owner, signal: AbortSignal.timeout(60_000) }).finally(() => expect(counted).toBe(0)));
    });
  answer = (request, response, count) => {
    if (count % 2 === 1) sendPart(request, response, 1024 * 1024);
    else response.writeHead(404).end();
  };
  await expect(go('ann')).rejects.toEqual(failed('serverStatus'));
  const begun = downloads.bytesOf('ann');
  await expect(go('bob')).rejects.toEqual(failed('serverStatus'));
  expect([begun > 0, downloads.bytesOf('ann'), downloads.bytesOf('bob') > begun]).toEqual([true, 0, true]);
  answer = (request, response) => sendPart(request, response, content.length);
  await go('bob');
  expect([downloads.bytesOf('bob'), await readdir(folder)]).toEqual([0, []]);
});

it('a connection that was made for an administrator is not used for a user', async () => {
  answer = (_request, response) => response.end(content.subarray(0, 10));
  const url = `${base.replace('127.0.0.1', 'localhost')}/small.img`;
  await get({ url });
  await expect(get({ url, innerAllowed: false })).rejects.toMatchObject({ code: 'IMAGE_DOWNLOAD_FAILED' });
  expect(asked).toEqual(['/small.img all']);
});
