// A command that is loaded without the others is the same command.
import type { Command } from 'commander';
import { expect, it } from 'vitest';
import { leavesOf } from './command-tree.ts';
import { allCommands, commandsFor } from './program.ts';

function helpOf(program: Command, words: string): string | undefined {
  const found = leavesOf(program).find((leaf) => leaf.words === words);
  return found && `${found.command.helpInformation()}${found.command.aliases().join()}`;
}

it('every command is loaded by its own words, as it is among all', async () => {
  const all = await allCommands();
  const leaves = leavesOf(all);
  expect(leaves.length).toBeGreaterThan(80);
  for (const { words } of leaves) {
    const alone = await commandsFor(words.split(' '));
    expect([words, helpOf(alone, words)]).toEqual([words, helpOf(all, words)]);
  }
});

it('a command of ENVs brings no other', async () => {
  expect(leavesOf(await commandsFor(['env', 'list'])).map(({ words }) => words)).toEqual(['env list', 'env show']);
});

it.each([['env', 'kick'], ['env', 'create'], ['env', '--help'], ['env', 'fly'], ['env']])(
  'a word that is no name of a command brings all of its group: %s %s',
  async (...words) => {
    const names = leavesOf(await commandsFor(words)).map(({ words: name }) => name);
    expect(names).toEqual(
      leavesOf(await allCommands())
        .map(({ words: name }) => name)
        .filter((name) => name.startsWith('env ')),
    );
  },
);
