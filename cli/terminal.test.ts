// Text of others reaches the terminal as text only.
import { visible } from '@tt/protocol';
import { expect, it, vi } from 'vitest';
import { printJson } from './output.ts';
import { drawBlock, print } from './terminal.ts';

const hostile = 'a\u001b]52;c;aGk=\u0007b\rc\u202ed\u009be\u2066f';

it('control characters and turned text are shown, not obeyed', () => {
  expect(visible(hostile)).toBe('a\\u001b]52;c;aGk=\\u0007b\\u000dc\\u202ed\\u009be\\u2066f');
  expect(visible('名前\té \n')).toBe('名前\té \n');
});

it('tables and JSON are written so, and JSON still says the same', () => {
  const written = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  print(hostile);
  printJson({ notes: hostile });
  const [table, json] = written.mock.calls.map(([text]) => String(text));
  written.mockRestore();
  expect([table, json]).toEqual([expect.not.stringContaining('\u202e'), expect.not.stringContaining('\u202e')]);
  expect(table).not.toContain('\u001b');
  expect(JSON.parse(json ?? '')).toEqual({ notes: hostile });
});

it('lines that are drawn again replace those before them, whatever stands in them', () => {
  const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  drawBlock('one\ntwo\n');
  drawBlock(`${hostile}\n`);
  drawBlock('');
  const pieces = written.mock.calls.map(([text]) => String(text));
  written.mockRestore();
  expect(pieces[0]).toBe('\r\u001b[Jone\ntwo\n');
  expect(pieces[1]?.startsWith('\u001b[2A\r\u001b[J')).toBe(true);
  const drawn = pieces[1]?.slice('\u001b[2A\r\u001b[J'.length);
  expect([drawn?.includes('\u001b'), drawn?.includes('\r')]).toEqual([false, false]);
  expect(pieces[2]).toBe('\u001b[1A\r\u001b[J');
});
