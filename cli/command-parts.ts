// The commands of `tt` in parts, each loaded when one of its words is used: a command costs what it needs, not what all of them do.
import type { Command } from 'commander';

/** Adds commands to `tt`, or to a group of commands such as `tt env`. */
export type Adder = (parent: Command) => void;

export interface Part {
  /** The names of its commands. A word that no part has (an alias, an option, a slip) loads them all. */
  words: readonly string[];
  /** `rest`: what was typed behind the word. */
  load: (rest: readonly string[]) => Promise<Adder>;
}

/** Those that add the command that is meant, in the order of the help. */
export function meantBy(parts: readonly Part[], [first, ...rest]: readonly string[]): Promise<Adder[]> {
  const meant = parts.filter(({ words }) => first !== undefined && words.includes(first));
  return Promise.all((meant.length > 0 ? meant : parts).map(({ load }) => load(meant.length > 0 ? rest : [])));
}

/** A group of commands that is made of parts itself. */
export function group(word: string, about: string, parts: readonly Part[]): Part {
  return {
    words: [word],
    load: async (rest) => {
      const adders = await meantBy(parts, rest);
      return (parent) => {
        const command = parent.command(word).description(about);
        for (const add of adders) add(command);
      };
    },
  };
}
