// What a hostile guest gets out of a terminal, with the parser of xterm.js itself: each of these does something there as it comes.
import { Terminal } from '@xterm/headless';
import { expect, test } from 'vitest';
import { bufferText } from './buffer-text.ts';
import { refuseSequences } from './guest-sequences.ts';

const ESC = '\u001b';
const BEL = '\u0007';

/** What happens when a guest prints this: titles that are set, answers that would be typed, and the text that is left. */
async function print(text: string, options: { answers?: boolean; unguarded?: boolean } = {}) {
  const terminal = new Terminal({ cols: 40, rows: 5, allowProposedApi: true });
  const seen = { titles: [] as string[], typed: [] as string[], text: '' };
  terminal.onTitleChange((title) => seen.titles.push(title));
  terminal.onData((answer) => seen.typed.push(answer));
  if (!options.unguarded) refuseSequences(terminal.parser, () => options.answers ?? true);
  await new Promise<void>((resolve) => terminal.write(text, resolve));
  seen.text = bufferText(terminal.buffer.normal);
  terminal.dispose();
  return seen;
}

test.each([`${ESC}]0;owned${BEL}`, `${ESC}]2;owned${ESC}\\`, '\u009d2;owned\u009c'])(
  '%j sets no title',
  async (text) => {
    expect((await print(text, { unguarded: true })).titles).toEqual(['owned']);
    expect(await print(`a${text}b`)).toEqual({ titles: [], typed: [], text: 'ab\n' });
  },
);

test.each([
  `${ESC}]52;c;b3duZWQ=${BEL}`,
  `${ESC}]52;c;?${BEL}`,
  `${ESC}]11;?${BEL}`,
  `${ESC}]4;1;?${BEL}`,
  `${ESC}P$qm${ESC}\\`,
  `${ESC}P+q544e${ESC}\\`,
  `${ESC}]1337;File=:AAAA${BEL}`,
])('%j is left out, and not answered', async (text) => {
  expect(await print(`a${text}b`)).toEqual({ titles: [], typed: [], text: 'ab\n' });
});

test('the text of a link stays', async () => {
  expect((await print(`see ${ESC}]8;;http://example.invalid${ESC}\\here${ESC}]8;;${ESC}\\.`)).text).toBe('see here.\n');
});

test.each([`${ESC}[5n`, `${ESC}[6n`, `${ESC}[?6n`, `${ESC}[c`, `${ESC}[>c`, `${ESC}[4$p`, `${ESC}[?25$p`])(
  'the question %j is answered where somebody has the keyboard, and only there',
  async (question) => {
    expect((await print(question, { answers: true })).typed).toHaveLength(1);
    expect((await print(question, { answers: false })).typed).toEqual([]);
  },
);

test('text for a file: wrapped lines are one, what would turn text around is shown by its number', async () => {
  const long = '0123456789'.repeat(5);
  expect((await print(`${long}\r\n\r\n环境 \u202etxt\r\n`)).text).toBe(`${long}\n\n环境 \\u202etxt\n`);
  expect((await print('')).text).toBe('');
});
