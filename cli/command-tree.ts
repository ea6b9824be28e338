// The commands of `tt` as a list, for what is made of all of them: completion, man pages, tests.
import type { Command } from 'commander';

export interface Leaf {
  /** Behind `tt`, e.g. `env add`. */
  words: string;
  command: Command;
}

/** The commands that do something, in the order of the help. */
export function leavesOf(command: Command, before: readonly string[] = []): Leaf[] {
  return command.commands.flatMap((sub) => {
    const words = [...before, sub.name()];
    return sub.commands.length > 0 ? leavesOf(sub, words) : [{ words: words.join(' '), command: sub }];
  });
}
