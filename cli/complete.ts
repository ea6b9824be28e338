// What may stand at the cursor of a command line: commands, options, and names that the server has at this moment.
import type { Argument, Command, Option } from 'commander';
import { endPolicySchema, netKindSchema } from '@tt/protocol';
import { optionAt, shownBelow } from './command-tree.ts';
import { endPolicyText } from './commands/end-policy.ts';
import { type NameKind, namesOf } from './live-names.ts';
import { shells } from './shell-scripts.ts';

/** Nothing in them means anything to a shell. Others are not proposed. */
const PLAIN = /^[\w@%+=:,./-]+$/;

/** What an argument names, by its name in the help; `name` depends on the group of the command. */
const argumentKinds: Readonly<Record<string, NameKind>> = {
  env: 'env',
  vm: 'vm',
  image: 'image',
  lab: 'lab',
  profile: 'profile',
  medium: 'medium',
  user: 'user',
  /** Of `snapshot compare`. */
  other: 'snapshot',
};
const nameKinds: Readonly<Record<string, NameKind>> = {
  env: 'env',
  image: 'image',
  profile: 'profile',
  snapshot: 'snapshot',
  template: 'template',
  user: 'user',
  team: 'team',
};
const idKinds: Readonly<Record<string, NameKind>> = {
  operation: 'operation',
  run: 'run',
  transfer: 'transfer',
  session: 'session',
  token: 'token',
};
/** Commands whose <name> is of something new. */
const making: ReadonlySet<string> = new Set([
  'env add',
  'env install',
  'snapshot add',
  'profile add',
  'image import',
  'user add',
  'team add',
  'token add',
]);

/** Commands whose <name> is of an ENV in the bin. */
const inBin: ReadonlySet<string> = new Set(['env restore', 'env purge']);

/** Commands whose --vm is a group of new VMs. */
const groupMaking: ReadonlySet<string> = new Set(['env add', 'env add-vm']);

const optionKinds: Readonly<Record<string, NameKind>> = {
  '--os-prefix': 'system',
  '--kick-os': 'system',
  '--kick-vm': 'vm',
  '--medium': 'medium',
  '--profile': 'profile',
  '--profiles': 'profile',
  '--snapshot': 'snapshot',
  '--template': 'template',
  '--give-to': 'user',
  '--team': 'team',
};
const optionChoices: Readonly<Record<string, readonly string[]>> = {
  '--end-policy': endPolicySchema.options.map(endPolicyText),
  '--net': netKindSchema.options,
  '--network': netKindSchema.options,
  '--firmware': ['bios', 'uefi'],
  '--boot-from': ['disk', 'cd'],
};

/** Whole words for the last word of the line, in the order to show them. Never rejects: a shell has no place for errors. */
export async function candidates(line: string, whole: () => Promise<Command>): Promise<string[]> {
  const words = line.split(/\s+/).slice(1);
  const last = words.pop() ?? '';
  try {
    const found = await proposals(await whole(), words, last);
    return [...new Set(found)].filter((text) => text.startsWith(last) && PLAIN.test(text));
  } catch {
    // No agent, no token, no such ENV: there is nothing to propose.
    return [];
  }
}

async function proposals(program: Command, words: readonly string[], last: string): Promise<string[]> {
  const { command, path, rest } = descend(program, words);
  if (command.commands.length > 0) return rest.length > 0 ? [] : shownBelow(command).map((sub) => sub.name());
  const [flag, value] = last.startsWith('--') && last.includes('=') ? splitAt(last, last.indexOf('=')) : [null, last];
  if (flag !== null) {
    const choices = optionAt(command, flag)?.argChoices;
    const values = choices ?? (await valuesOf(flag, value.slice(1), path, rest));
    return values.map((text) => `${flag}=${text}`);
  }
  const before = optionAt(command, rest.at(-1));
  if (before?.argChoices) return before.argChoices;
  if (before?.required && before.long) return valuesOf(before.long, last, path, rest);
  if (last.startsWith('-')) return command.options.filter(isShown).flatMap(({ long }) => long ?? []);
  const given = positionals(command, rest);
  const argument = argumentAt(command, given.length);
  if (!argument) return [];
  if (argument.name() === 'shell') return [...shells];
  const kind = kindOf(argument, path);
  return kind ? namesOf(kind, envIn(command, given)) : [];
}

/** Follows the words to a command, by names and other spellings. */
function descend(program: Command, words: readonly string[]) {
  let command = program;
  const path: string[] = [];
  let at = 0;
  for (; at < words.length; at++) {
    const sub = command.commands.find((one) => one.name() === words[at] || one.aliases().includes(words[at] ?? ''));
    if (!sub) break;
    command = sub;
    path.push(sub.name());
  }
  return { command, path, rest: words.slice(at) };
}

/** Lists are completed at their last part. */
async function valuesOf(
  flag: string,
  text: string,
  path: readonly string[],
  rest: readonly string[],
): Promise<string[]> {
  const comma = text.lastIndexOf(',') + 1;
  const kind = optionKinds[flag] ?? (flag === '--vm' && !groupMaking.has(path.join(' ')) ? 'vm' : undefined);
  const choices =
    optionChoices[flag] ??
    (kind
      ? await namesOf(
          kind,
          rest.find((word) => !word.startsWith('-')),
        )
      : []);
  return choices.map((choice) => text.slice(0, comma) + choice);
}

function splitAt(text: string, at: number): [string, string] {
  return [text.slice(0, at), text.slice(at)];
}

function isShown({ hidden }: Option): boolean {
  return !hidden;
}

/** The words that are neither options nor values of options. */
function positionals(command: Command, rest: readonly string[]): string[] {
  return rest.filter((word, at) => {
    if (word.startsWith('-')) return false;
    const before = optionAt(command, rest[at - 1]);
    return before?.required !== true;
  });
}

function argumentAt(command: Command, at: number): Argument | undefined {
  const all = command.registeredArguments;
  const lastOne = all.at(-1);
  return all[at] ?? (lastOne?.variadic ? lastOne : undefined);
}

function kindOf(argument: Argument, path: readonly string[]): NameKind | undefined {
  const [group = ''] = path;
  if (making.has(path.join(' ')) && argument.name() === 'name') return undefined;
  if (inBin.has(path.join(' '))) return 'deletedEnv';
  if (argument.name() === 'name') return nameKinds[group];
  if (argument.name() === 'id') return idKinds[group];
  return argumentKinds[argument.name()];
}

/** The ENV that the words before name, if their command takes one. */
function envIn(command: Command, given: readonly string[]): string | undefined {
  return command.registeredArguments[0]?.name() === 'env' ? given[0] : undefined;
}
