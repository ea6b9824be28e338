// Pure: a command -> the line that the ssh server of Windows gives to its shell, cmd.exe. Only what is the same in every program's
// eyes is quoted; the rest is refused, not guessed. Not tried on a Windows yet.
import type { ExecRequest } from '../guest-channel/exec-request.ts';

const SHELL = '/bin/sh';

/** What of a request the ssh server of Windows has no way for; null: nothing. */
export function missingOnWindows({ argv, env, cwd }: ExecRequest): 'environment' | 'folder' | 'words' | null {
  if (env && Object.keys(env).length > 0) return 'environment';
  if (cwd !== undefined) return 'folder';
  return windowsLine(argv) === null ? 'words' : null;
}

/** A script of one line is for the shell there, as it is. Null for what can't be said in one line. */
export function windowsLine(argv: readonly string[]): string | null {
  const [program, flag, script, ...rest] = argv;
  if (program === SHELL) {
    const isLine = flag === '-c' && script !== undefined && rest.length === 0 && !/[\r\n\0]/.test(script.trimEnd());
    return isLine ? script.trimEnd() : null;
  }
  // Within quotes, cmd.exe still replaces %names%, and programs disagree about quotes and backslashes before them.
  if (argv.some((word) => /["%!\r\n\0]|\\$/.test(word))) return null;
  return argv.map((word) => (/^[\w./:\\+,-]+$/.test(word) ? word : `"${word}"`)).join(' ');
}
