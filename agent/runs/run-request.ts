// What a run is asked for, as a client says it and as a guest's helper takes it, and the short text that people are shown.
import { MOST_COMMAND_BYTES, MOST_TITLE, type RunCommand, type RunVia, visible } from '@tt/protocol';
import type { ExecRequest } from '../guest-channel/exec-request.ts';
import { FROM_INPUT } from '../guest-channel/from-input.ts';

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

/** Characters that are kept of such a script: who wants to run it again has it. */
const KEPT_CHARACTERS = 4096;

/** What a guest is given: the request, and the input, which has more than that of the command where the script is in it. */
export function startOf(wanted: RunRequest): { request: ExecRequest; stdin: Buffer | undefined } {
  const request = execRequestOf(wanted);
  const { command, stdin } = wanted;
  const scriptBytes = longScriptBytes(command);
  if (!command.script || scriptBytes === null) return { request, stdin };
  const interpreter = request.script?.interpreter ?? null;
  return {
    request: {
      ...request,
      argv: ['/bin/sh', '-c', FROM_INPUT, 'sh', String(scriptBytes), ...(interpreter ?? DEFAULT_INTERPRETER)],
      script: { text: command.script.text, interpreter, inputBytes: scriptBytes },
      stdin: 'pipe',
    },
    stdin: Buffer.concat([Buffer.from(command.script.text), stdin ?? Buffer.alloc(0)]),
  };
}

/** What is written down of a command; `scriptBytes` where that is not all of its script. */
export function keptCommand(command: RunCommand): { command: RunCommand; scriptBytes?: number } {
  const scriptBytes = longScriptBytes(command);
  if (!command.script || scriptBytes === null) return { command };
  const text = Array.from(command.script.text.slice(0, KEPT_CHARACTERS)).slice(0, -1).join('');
  return { command: { script: { ...command.script, text } }, scriptBytes };
}

/** Null for what is no script, and for one that is an argument of a program. */
function longScriptBytes({ script }: RunCommand): number | null {
  const bytes = script ? Buffer.byteLength(script.text) : 0;
  return bytes > MOST_COMMAND_BYTES ? bytes : null;
}

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
