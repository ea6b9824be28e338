// The commands of `tt` as a list, for what is made of all of them: completion, man pages, tests.
import type { Command, Option } from 'commander';

export interface Leaf {
  /** Behind `tt`, e.g. `env add`. */
  words: string;
  command: Command;
}

/** The commands that do something, in the order of the help. */
export function leavesOf(command: Command, before: readonly string[] = []): Leaf[] {
  return shownBelow(command).flatMap((sub) => {
    const words = [...before, sub.name()];
    return sub.commands.length > 0 ? leavesOf(sub, words) : [{ words: words.join(' '), command: sub }];
  });
}

/** Without those that only programs call. */
export function shownBelow(command: Command): Command[] {
  const shown = new Set(command.createHelp().visibleCommands(command));
  return command.commands.filter((sub) => shown.has(sub));
}

/** The option that a word of the command line is, by its letter or its name. */
export function optionAt(command: Command, word: string | undefined): Option | undefined {
  return command.options.find(({ short, long }) => word !== undefined && (short === word || long === word));
}
