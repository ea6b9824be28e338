// The password of a guest's user: typed at a prompt or read from a file. Never an argument: every user of this computer can see
// those, and they stay in the shell's history.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { asFileProblem } from '@tt/client/node';
import { type TermCode, TtError } from '@tt/protocol';
import { type Command, InvalidArgumentError } from 'commander';
import { textOf } from '../local-file.ts';
import { printError } from '../terminal.ts';

/** As commander hands the flags over. */
export interface PasswordOptions {
  /** true: to be asked for. */
  password?: true;
  passwordFile?: string;
}

export function withPasswordFlags(command: Command): Command {
  return command
    .option('--password [text]', 'ask for a password of that user on the console', refuseArgument)
    .option('--password-file <file>', 'read that password from the first line of a file; - is standard input');
}

/** What is given is not repeated: it may be a password. */
function refuseArgument(): never {
  throw new InvalidArgumentError(
    'others can see the command line: put --password last to be asked for it, or use --password-file.',
  );
}

/** undefined when no flag asks for one. Throws FILE_UNUSABLE, OPERATION_CANCELLED, InvalidArgumentError. */
export async function guestPassword({ password, passwordFile }: PasswordOptions): Promise<string | undefined> {
  if (passwordFile !== undefined) return firstLineOf(passwordFile);
  if (password === undefined) return undefined;
  if (process.stdin.isTTY) return askUnseen('Password: ', 'env.create');
  throw new InvalidArgumentError('--password asks at a terminal; without one, use --password-file.');
}

/** Of a file; - is standard input. Throws FILE_UNUSABLE. */
export function firstLineOf(file: string): string {
  try {
    return textOf(readFileSync(file === '-' ? 0 : file)).split(/\r?\n/, 1)[0] ?? '';
  } catch (error) {
    throw asFileProblem(error);
  }
}

/** What is typed at the terminal, without an echo. Rejects with OPERATION_CANCELLED; `operation`: what is not done then. */
export async function askUnseen(question: string, operation: TermCode<'activity'>): Promise<string> {
  const unseen = new Writable({ write: (_chunk, _encoding, done) => done() });
  const asking = createInterface({ input: process.stdin, output: unseen, terminal: true });
  const stop = new AbortController();
  asking.once('SIGINT', () => stop.abort());
  printError(question);
  try {
    return await asking.question('', { signal: stop.signal });
  } catch (error) {
    throw stop.signal.aborted ? new TtError('OPERATION_CANCELLED', { operation }) : error;
  } finally {
    asking.close();
    printError('\n');
  }
}
