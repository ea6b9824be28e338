// Where recordings go: a chosen file, or memory where a browser has none to choose.
import { expect, it, vi } from 'vitest';
import { chooseSink, MemorySink } from './sinks.ts';

it('writes into the file that was chosen, as it happens', async () => {
  const written: (string | number)[] = [];
  const sink = await chooseSink('a.ttrec', {
    showSaveFilePicker: async ({ suggestedName }) => {
      written.push(suggestedName);
      return {
        createWritable: async () => ({
          write: async (bytes: Uint8Array) => void written.push(bytes.length),
          close: async () => void written.push('closed'),
          abort: async () => void written.push('aborted'),
        }),
        getFile: async () => new Blob(),
      };
    },
  });
  await sink?.write(new Uint8Array(3));
  await sink?.close();
  expect(written).toEqual(['a.ttrec', 3, 'closed']);
});

it('is none where the user chose none', async () => {
  const refuse = () => Promise.reject(new DOMException('no file', 'AbortError'));
  expect(await chooseSink('a.ttrec', { showSaveFilePicker: refuse })).toBe(null);
});

it('is memory where files can’t be written, or not here', async () => {
  const deny = () => Promise.reject(new DOMException('not here', 'SecurityError'));
  expect(await chooseSink('a.ttrec', {})).toBeInstanceOf(MemorySink);
  expect(await chooseSink('a.ttrec', { showSaveFilePicker: deny })).toBeInstanceOf(MemorySink);
});

it('of memory saves all in order at its end, and nothing when it was aborted', async () => {
  const save = vi.fn<(name: string, content: Blob) => void>();
  const sink = new MemorySink('a.ttrec', save);
  for (const size of [5 * 1024 * 1024, 1]) await sink.write(new Uint8Array(size).fill(size === 1 ? 2 : 1));
  await sink.close();
  const [name, content] = save.mock.calls[0] ?? [];
  expect([name, content?.size]).toEqual(['a.ttrec', 5 * 1024 * 1024 + 1]);
  expect(new Uint8Array((await content?.slice(-2).arrayBuffer()) ?? new ArrayBuffer(0))).toEqual(Uint8Array.of(1, 2));
  const other = new MemorySink('b.ttrec', save);
  await other.write(new Uint8Array(3));
  await other.abort();
  expect(save).toHaveBeenCalledTimes(1);
});
