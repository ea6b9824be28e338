// What `tt env run` is to run: words behind `--`, a line for the shell, or a script.
import { readFile } from 'node:fs/promises';
import { asFileProblem } from '@tt/client/node';
import { MOST_SCRIPT_BYTES, type RunCommand } from '@tt/protocol';
import { type Command, InvalidArgumentError } from 'commander';
import { optionAt } from '../command-tree.ts';
import { textOf } from '../local-file.ts';

export interface CommandOptions {
  cmd?: string;
  script?: string;
}

/** The words behind `--` are arguments for commander, like the names before it. */
export function splitAtDashes(words: readonly string[], command: Command): { names: string[]; argv: string[] | null } {
  let root = command;
  while (root.parent) root = root.parent;
  const { rawArgs } = root as Command & { rawArgs: readonly string[] };
  const at = rawArgs.findIndex((word, index) => {
    const before = optionAt(command, rawArgs[index - 1]);
    return word === '--' && before?.required !== true;
  });
  if (at === -1) return { names: [...words], argv: null };
  const behind = rawArgs.length - at - 1;
  return { names: words.slice(0, words.length - behind), argv: words.slice(words.length - behind) };
}

/** Throws unless it is exactly one of the three. */
export async function commandFrom(argv: string[] | null, { cmd, script }: CommandOptions): Promise<RunCommand> {
  if ([argv, cmd, script].filter((one) => one !== null && one !== undefined).length !== 1) {
    throw new InvalidArgumentError('give one of --cmd "LINE", --script FILE, or a program behind --.');
  }
  if (argv) {
    if (argv.length === 0 || argv[0] === '') throw new InvalidArgumentError('give a program behind --.');
    return { argv };
  }
  const text = cmd ?? (await readScript(script ?? ''));
  if (text.trim() === '') throw new InvalidArgumentError('there is nothing to run in it.');
  return { script: { text } };
}

/** `-` is standard input. Throws FILE_UNUSABLE. */
async function readScript(file: string): Promise<string> {
  try {
    const text = file === '-' ? await standardInput() : textOf(await readFile(file));
    if (Buffer.byteLength(text) <= MOST_SCRIPT_BYTES) return text;
  } catch (error) {
    throw asFileProblem(error);
  }
  throw new InvalidArgumentError(
    `a script may have up to ${MOST_SCRIPT_BYTES / 1024 ** 2} MiB; push what is larger into the guests as a file (tt env push), and run it there with --cmd.`,
  );
}

async function standardInput(): Promise<string> {
  const parts: Buffer[] = [];
  for await (const bytes of process.stdin as AsyncIterable<Buffer>) parts.push(bytes);
  return textOf(Buffer.concat(parts));
}
