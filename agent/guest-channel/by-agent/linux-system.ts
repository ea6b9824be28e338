// Commands in a Linux guest that has only QEMU's guest agent.
import type { ExecRequest } from '../exec-request.ts';
import type { Program } from './agent-calls.ts';
import type { CommandPlace, GuestSystem } from './guest-system.ts';
import { FILES } from './linux-files.ts';
import { CLEAR, DRAIN, FINISH, KILL, PREPARE, RUN, SIGNAL } from './linux-scripts.ts';

/** Folders that only root can write, in memory first. */
const BASES = ['/run', '/var/lib', '/root'];
const ENVIRONMENT = ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'];

export class LinuxSystem implements GuestSystem {
  readonly name = 'linux';
  readonly #bases: readonly string[];

  /** `bases`: where a command may have its folder, the best first. */
  constructor(bases: readonly string[] = BASES) {
    this.#bases = bases;
  }

  prepare(): Program {
    return script(PREPARE, this.#bases);
  }

  place(base: string, mark: string, endMark: Buffer): CommandPlace {
    return { folder: `${base}/.tt-run-${mark}`, mark, endMark };
  }

  fileIn({ folder }: CommandPlace, name: string): string {
    return `${folder}/${name}`;
  }

  start({ folder, mark }: CommandPlace, request: ExecRequest, stdin: Buffer): Program {
    const { argv, cwd = '', user = '', env = {} } = request;
    const assignments = Buffer.from(
      Object.entries(env)
        .map(([name, value]) => (value === null ? `unset ${name}\n` : `export ${name}=${inQuotes(value)}\n`))
        .join(''),
    );
    const numbers = [String(assignments.length), '0'];
    return {
      ...script(RUN, [folder, mark, ...numbers, cwd, user, DRAIN, ...argv]),
      input: Buffer.concat([assignments, stdin]),
    };
  }

  files(argv: readonly string[], stdin: Uint8Array): { request: ExecRequest; stdin: Uint8Array } {
    // What tools say of a failure is read: in English.
    return { request: { argv: ['/bin/sh', '-c', FILES, 'sh', ...argv], env: { LC_ALL: 'C' }, cwd: '/' }, stdin };
  }

  signal({ mark }: CommandPlace, pid: number | null, name: string): Program | null {
    if (name === 'SIGKILL') return script(KILL, [mark, pid === null ? '' : String(pid)]);
    return pid === null ? null : script(SIGNAL, [name.slice(3), String(pid)]);
  }

  finish({ folder, endMark }: CommandPlace): Program {
    return script(FINISH, [folder, endMark.toString()]);
  }

  clear({ folder, mark }: CommandPlace): Program {
    return script(CLEAR, [folder, mark]);
  }

  exitOf<End>(end: End): End {
    return end;
  }
}

function script(text: string, args: readonly string[]): Program {
  return { path: '/bin/sh', arg: ['-c', text, 'sh', ...args], env: ENVIRONMENT };
}

function inQuotes(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
