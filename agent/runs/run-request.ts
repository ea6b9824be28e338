// What a run is asked for, as a client says it and as a guest's helper takes it, and the short text that people are shown.
import { MOST_TITLE, type RunCommand, visible } from '@tt/protocol';
import type { ExecRequest } from '../guest-channel/exec-request.ts';

export interface RunRequest {
  command: RunCommand;
  user?: string | undefined;
  cwd?: string | undefined;
  environment?: Readonly<Record<string, string>> | undefined;
  stdin?: Buffer | undefined;
}

export interface NewRun extends RunRequest {
  /** Created by the client. */
  id?: string | undefined;
  envName: string;
  vms: readonly { id: string; name: string; os: string }[];
  timeoutMs: number;
  waitMs: number;
}

const DEFAULT_INTERPRETER = ['/bin/sh'];
/** They take a whole script as one argument. */
const SHELLS: ReadonlySet<string> = new Set(['sh', 'bash', 'dash', 'ash', 'ksh', 'zsh', 'busybox']);

/**
 * For interpreters that read a file: it has no name any more when they begin, so nothing is left of it, however they end. It is not
 * their standard input, which is the command's own.
 */
const FROM_FILE = `file=$(mktemp) || exit 126
printf %s "$1" > "$file" || { rm -f "$file"; exit 126; }
exec 9< "$file"
rm -f "$file"
shift
exec "$@" /proc/self/fd/9`;

export function execRequestOf({ command, user, cwd, environment, stdin }: RunRequest): ExecRequest {
  return {
    argv: argvOf(command),
    ...(user !== undefined && { user }),
    ...(cwd !== undefined && { cwd }),
    ...(environment && { env: environment }),
    ...(stdin === undefined && { stdin: 'none' as const }),
  };
}

function argvOf({ argv, script }: RunCommand): string[] {
  if (!script) return [...(argv ?? [])];
  const interpreter = script.interpreter ?? namedInterpreter(script.text) ?? DEFAULT_INTERPRETER;
  const [program = ''] = interpreter;
  if (interpreter.length === 1 && SHELLS.has(program.split('/').at(-1) ?? '')) return [program, '-c', script.text];
  return ['/bin/sh', '-c', FROM_FILE, 'sh', script.text, ...interpreter];
}

/** As the kernel reads the first line: a program and at most one argument. */
function namedInterpreter(text: string): string[] | null {
  const [, program, argument] = /^#![ \t]*(\S+)(?:[ \t]+([^\n]*\S))?/.exec(text) ?? [];
  if (program === undefined) return null;
  return argument === undefined ? [program] : [program, argument];
}

/** One line, at most {@link MOST_TITLE} characters. */
export function titleOf({ argv, script }: RunCommand): string {
  const text = script ? firstLine(script.text) : (argv ?? []).map(inQuotes).join(' ');
  const line = visible(text.replaceAll(/\s+/g, ' ').trim());
  const characters = Array.from(line);
  return characters.length <= MOST_TITLE ? line : `${characters.slice(0, MOST_TITLE - 1).join('')}…`;
}

function firstLine(text: string): string {
  const lines = text.split('\n').map((line) => line.trim());
  return lines.find((line) => line !== '' && !line.startsWith('#')) ?? lines.find((line) => line !== '') ?? '';
}

function inQuotes(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
