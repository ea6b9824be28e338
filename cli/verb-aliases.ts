// Synonyms of verbs: `add` may be typed as `create`, and `del` as `delete` or `remove`. One of them is the name in the help; the others
// are aliases.
import type { Command } from 'commander';

const synonyms: readonly (readonly string[])[] = [
  ['add', 'create'],
  ['del', 'delete', 'remove'],
];

/** Gives each command below `command` its synonyms, as far as no command beside it has that name. */
export function withVerbAliases(command: Command): Command {
  const taken = new Set(command.commands.flatMap((sub) => [sub.name(), ...sub.aliases()]));
  for (const sub of command.commands) {
    const others = synonyms.find((verbs) => verbs.includes(sub.name())) ?? [];
    sub.aliases(others.filter((verb) => !taken.has(verb)));
    withVerbAliases(sub);
  }
  return command;
}
