// Text of others reaches the terminal as text only.
import { visible } from '@tt/protocol';
import { expect, it, vi } from 'vitest';
import { printJson } from './output.ts';
import { print } from './terminal.ts';

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
