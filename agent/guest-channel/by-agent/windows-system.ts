// Commands in a Windows guest, which has only QEMU's guest agent.
import type { CommandExit } from '../command-channel.ts';
import type { ExecRequest } from '../exec-request.ts';
import type { Program, ProgramEnd } from './agent-calls.ts';
import type { CommandPlace, GuestSystem } from './guest-system.ts';
import { WINDOWS_FILES } from './windows-files.ts';
import { PREPARE, RUN } from './windows-scripts.ts';

const ENOSYS = 38;

/** The first line of what RUN reads. */
export interface RunHeader {
  folder: string;
  endMark: string;
  program: string;
  /** As one line, which Windows gives the program. */
  arguments: string;
  cwd: string | null;
  environment: Readonly<Record<string, string | null>>;
  /** Of the script behind this line; null if there is none. */
  scriptName: string | null;
  scriptBytes: number;
}

export class WindowsSystem implements GuestSystem {
  readonly name = 'windows';

  prepare(): Program {
    return powershell(PREPARE);
  }

  place(base: string, mark: string, endMark: Buffer): CommandPlace {
    return { folder: `${base}\\tt-run-${mark}`, mark, endMark };
  }

  fileIn({ folder }: CommandPlace, name: string): string {
    return `${folder}\\${name}`;
  }

  start(
    { folder, endMark }: CommandPlace,
    { argv, script, cwd, user, env = {} }: ExecRequest,
    stdin: Buffer,
  ): Program | { errno: number; why: string } {
    if (user !== undefined) return { errno: ENOSYS, why: 'in Windows commands run as the user of the guest agent' };
    const asFile = script && scriptFile(script.text, script.interpreter);
    const [program = '', ...args] = asFile ? [...asFile.interpreter, `${folder}\\${asFile.name}`] : argv;
    const content = Buffer.from(asFile?.content ?? '');
    const header: RunHeader = {
      folder,
      endMark: endMark.toString(),
      program,
      arguments: args.map(inQuotes).join(' '),
      cwd: cwd ?? null,
      environment: env,
      scriptName: asFile?.name ?? null,
      scriptBytes: content.length,
    };
    const own = stdin.subarray(script?.inputBytes ?? 0);
    return { ...powershell(RUN), input: Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), content, own]) };
  }

  files(argv: readonly string[], content: Uint8Array): { request: ExecRequest; stdin: Uint8Array } {
    const script = { text: WINDOWS_FILES, interpreter: ['powershell.exe'] };
    const line = Buffer.from(`${JSON.stringify(argv)}\n`);
    return { request: { argv: [...script.interpreter], script }, stdin: Buffer.concat([line, content]) };
  }

  signal(_place: CommandPlace, pid: number | null, name: string): Program | null {
    return name === 'SIGKILL' && pid !== null ? { path: 'taskkill.exe', arg: ['/T', '/F', '/PID', String(pid)] } : null;
  }

  finish(): null {
    return null;
  }

  clear({ folder }: CommandPlace): Program {
    return { path: 'cmd.exe', arg: ['/d', '/c', 'rmdir', '/s', '/q', folder] };
  }

  /** Beyond 0xC0000000 the agent calls it a signal; for Windows it is an exit code as well. */
  exitOf({ exitCode, signal }: ProgramEnd): CommandExit {
    return { exitCode: (exitCode ?? signal ?? 0) >>> 0, signal: null };
  }
}

/** Of cmd.exe, unless its first line or the caller names another program. */
function scriptFile(text: string, interpreter: readonly string[] | null) {
  const [program = '', ...options] = interpreter ?? ['cmd.exe'];
  const kind = (program.split(/[\\/]/).at(-1) ?? '').replace(/\.exe$/i, '').toLowerCase();
  if (kind === 'cmd') {
    const lines = text.replaceAll(/\r?\n/g, '\r\n');
    return {
      name: 'script.cmd',
      interpreter: [program, ...options, '/d', '/c'],
      content: `@echo off\r\nchcp 65001 > nul\r\n${lines}`,
    };
  }
  if (kind === 'powershell' || kind === 'pwsh') {
    const flags = ['-NoProfile', '-NonInteractive', '-ExecutionPolicy', 'Bypass', '-File'];
    // Without the mark PowerShell 5 takes it for the code page of the system.
    return { name: 'script.ps1', interpreter: [program, ...options, ...flags], content: `\ufeff${text}` };
  }
  return { name: 'script', interpreter: [program, ...options], content: text };
}

function powershell(text: string): Program {
  const encoded = Buffer.from(text, 'utf16le').toString('base64');
  const flags = ['-NoProfile', '-NonInteractive', '-ExecutionPolicy', 'Bypass', '-EncodedCommand', encoded];
  return { path: 'powershell.exe', arg: flags };
}

/** As CommandLineToArgvW of Windows takes it apart again. */
function inQuotes(word: string): string {
  if (/^[^\s"]+$/.test(word)) return word;
  const inner = word.replaceAll(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, '$1$1');
  return `"${inner}"`;
}
