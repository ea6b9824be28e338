// docs/man/tt.1 says what the command table says, and the help's examples name commands and options that there are.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { leavesOf, optionAt } from './command-tree.ts';
import { examples } from './help-texts.ts';
import { manPage } from './man-page.ts';
import { allCommands } from './program.ts';

it('is as `npm run man` writes it', async () => {
  const file = path.resolve(import.meta.dirname, '../docs/man/tt.1');
  expect(readFileSync(file, 'utf8')).toBe(manPage(await allCommands()));
});

it('names every command, and each line that roff takes for its own is meant so', async () => {
  const program = await allCommands();
  const page = manPage(program);
  expect(page.match(/^\.SS /gm)).toHaveLength(leavesOf(program).length);
  const odd = page
    .split('\n')
    .filter((line) => /^[.']/.test(line) && !/^\.(\\"|TH|SH|SS|TP|PP|B|I|RI|nf|fi)/.test(line));
  expect(odd).toEqual([]);
});

it('has examples of commands and options that there are', async () => {
  const leaves = leavesOf(await allCommands());
  const lines = Object.values(examples).flat();
  const wrong = lines.filter((line) => {
    const leaf = leaves.find(({ words }) => line.startsWith(`tt ${words} `) || line === `tt ${words}`);
    const flags = line.match(/(?<= )--?[a-z][\w-]*/g) ?? [];
    return !leaf || flags.some((flag) => !optionAt(leaf.command, flag));
  });
  expect(wrong).toEqual([]);
  const known = new Set(['', ...leaves.map(({ words }) => words)]);
  expect(Object.keys(examples).filter((words) => !known.has(words))).toEqual([]);
});
