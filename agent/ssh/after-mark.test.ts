// What comes before the mark is dropped, what comes behind it is exact, however it is cut into pieces.
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { AfterMark } from './after-mark.ts';

async function through(bytes: Buffer, size: number, mark: string | null = 'tt-1 ') {
  const lines: string[] = [];
  const output = new AfterMark(mark, (line) => lines.push(line));
  const parts: Buffer[] = [];
  output.on('data', (part: Buffer) => parts.push(part));
  const ended = once(output, 'end');
  for (let at = 0; at < bytes.length; at += size) output.write(bytes.subarray(at, at + size));
  output.end();
  await ended;
  return { lines, rest: Buffer.concat(parts), said: output.said };
}

it('is found in any pieces, once', async () => {
  const rest = Buffer.from('\0\xff\ntt-1 0\nend', 'latin1');
  const bytes = Buffer.concat([Buffer.from('Welcome\ntt-0 1\ntt-1 2 no\n'), rest]);
  for (let size = 1; size <= bytes.length; size++) {
    expect(await through(bytes, size)).toEqual({ lines: ['2 no'], rest, said: '' });
  }
  expect(await through(Buffer.from('tt-1 0\n'), 3)).toEqual({ lines: ['0'], rest: Buffer.alloc(0), said: '' });
});

it('that does not come leaves the last words, without what acts on a terminal', async () => {
  const bytes = Buffer.from(`${'x'.repeat(300)}\u001b[2JThis account is closed.\n`);
  const { lines, rest, said } = await through(bytes, 7);
  expect([lines, rest.length, said.includes('\u001b'), said.endsWith('closed.')]).toEqual([[], 0, false, true]);
});

it('is not there for a shell that gives none: all is output', async () => {
  expect(await through(Buffer.from('tt-1 0\nx'), 2, null)).toMatchObject({ lines: [], rest: Buffer.from('tt-1 0\nx') });
});

it.each([
  ['more and more before it', 'bla\n'.repeat(20_000)],
  ['a line of it without an end', `tt-1 ${'x'.repeat(300)}`],
])('is given up after %s', async (_what, text) => {
  await expect(through(Buffer.from(text), 8192)).rejects.toMatchObject({ code: 'GUEST_SSH_INVALID' });
});
