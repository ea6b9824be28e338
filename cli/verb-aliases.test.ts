// Every command that adds or deletes answers to each verb people type for it, and no name leads to two commands.
import type { Command } from 'commander';
import { expect, it } from 'vitest';
import { allCommands } from './program.ts';

const below = (command: Command): Command[] => command.commands.flatMap((sub) => [sub, ...below(sub)]);
const namesOf = (command: Command) => [command.name(), ...command.aliases()];

it('takes add and create, and del, delete and remove for one another', async () => {
  const commands = below(await allCommands());
  const verbs = (one: readonly string[]) => commands.filter((command) => one.includes(command.name()));
  const added = verbs(['add', 'create']);
  const deleted = verbs(['del', 'delete', 'remove']);
  expect([added.length, deleted.length]).toEqual([10, 14]);
  for (const command of added) expect(namesOf(command).sort()).toEqual(['add', 'create']);
  for (const command of deleted) expect(namesOf(command).sort()).toEqual(['del', 'delete', 'remove']);
});

it('has no name twice among the commands beside one another', async () => {
  const all = await allCommands();
  for (const command of [all, ...below(all)]) {
    const names = command.commands.flatMap(namesOf);
    expect(names.length).toBe(new Set(names).size);
  }
});
