// What a browser is given to send: the chosen file itself where all of it goes, which it reads at its best, else the part that is left.
import type { RestOfFile } from '@tt/client';
import { OFFSET_HEADER, TICKET_HEADER } from '@tt/protocol';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { putFile } from './put-file.ts';

const file = new File(['abcdef'], 'disk.raw');
const sent: { url: string; headers: Record<string, string>; body: unknown }[] = [];

class FakeRequest {
  upload: { onprogress?: unknown } = {};
  onloadend = () => {};
  responseText = '{"state":"whole"}';
  readonly #sent = { url: '', headers: {} as Record<string, string>, body: null as unknown };

  open(_method: string, url: string): void {
    this.#sent.url = url;
  }

  setRequestHeader(name: string, value: string): void {
    this.#sent.headers[name] = value;
  }

  send(body: unknown): void {
    sent.push({ ...this.#sent, body });
    this.onloadend();
  }
}

beforeEach(() => {
  sent.length = 0;
  vi.stubGlobal('XMLHttpRequest', FakeRequest);
});
afterEach(() => vi.unstubAllGlobals());

function rest(offset: number, more: Partial<RestOfFile['source']> = {}): RestOfFile {
  const read = () => Promise.reject(new Error('the page does not read it'));
  const source = { fileName: 'disk.raw', sizeBytes: file.size, read, file, ...more };
  return { transferId: 'an-id', ticket: 'a-ticket', offset, source };
}

it('all of a file is sent as the file itself', async () => {
  expect(await putFile(rest(0), 'secret')).toEqual({ state: 'whole' });
  expect(sent).toMatchObject([
    { headers: { authorization: 'Bearer secret', [TICKET_HEADER]: 'a-ticket', [OFFSET_HEADER]: '0' } },
  ]);
  expect(sent[0]?.body).toBe(file);
});

it('what is left of a file is a part of it', async () => {
  await putFile(rest(2), 'secret');
  expect(sent).toMatchObject([{ headers: { [OFFSET_HEADER]: '2' } }]);
  const body = sent[0]?.body;
  expect(body).not.toBeInstanceOf(File);
  expect(await (body as Blob).text()).toBe('cdef');
});

it('a file that is not as long as it was announced is not sent whole', async () => {
  await putFile(rest(0, { sizeBytes: 4 }), 'secret');
  const body = sent[0]?.body;
  expect(await (body as Blob).text()).toBe('abcd');
});

it('what is no file of the page, and a page without a session, send nothing so', async () => {
  const opened = { name: 'disk.raw', size: 6, slice: () => ({ arrayBuffer: async () => new ArrayBuffer(6) }) };
  expect(await putFile(rest(0, { file: opened }), 'secret')).toBe(null);
  expect(await putFile(rest(0), null)).toBe(null);
  expect(sent).toEqual([]);
});
