// What a run is asked for, as a client says it and as a guest's helper takes it, and the short text that people are shown.
import { MOST_TITLE, type RunCommand, type RunVia, visible } from '@tt/protocol';
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
  /** Default: the guest helper. */
  via?: RunVia | undefined;
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
    ...(command.script && {
      script: {
        text: command.script.text,
        interpreter: command.script.interpreter ?? namedInterpreter(command.script.text),
      },
    }),
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
  if (!text.startsWith('#!')) return null;
  const [line = ''] = text.slice(2).split('\n', 1);
  // Without a pattern for both at once, which takes seconds for a line of blanks.
  const words = line.trim();
  const [program = ''] = words.split(/[ \t]/, 1);
  if (program === '') return null;
  const argument = words.slice(program.length).trim();
  return argument === '' ? [program] : [program, argument];
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
