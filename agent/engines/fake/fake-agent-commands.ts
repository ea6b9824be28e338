// Commands that a host runs in a fake guest by its guest agent alone (agent/guest-channel/by-agent/): what the scripts there do, with the
// fake shell as the program. Commands end at once, but for `sleep`; a Windows knows what the fake shell does.
import { PIECE_BYTES } from '../../guest-channel/by-agent/agent-calls.ts';
import { FILES } from '../../guest-channel/by-agent/linux-files.ts';
import { CLEAR, FINISH, KILL, PREPARE, RUN } from '../../guest-channel/by-agent/linux-scripts.ts';
import { WINDOWS_FILES } from '../../guest-channel/by-agent/windows-files.ts';
import { FROM_INPUT } from '../../guest-channel/from-input.ts';
import * as windows from '../../guest-channel/by-agent/windows-scripts.ts';
import type { RunHeader } from '../../guest-channel/by-agent/windows-system.ts';
import { runFiles } from './fake-agent-files.ts';
import { type FakeMachineParts, runShellLine, type ShellResult } from './fake-shell.ts';
import { sleepSeconds } from './fake-sleep.ts';

type Parts = FakeMachineParts & { readonly isWindows: boolean };

interface Running {
  end: { exitcode?: number; signal?: number } | null;
  timer?: NodeJS.Timeout;
}

const SIGKILL = 9;
const REFUSED = 121;
const FIRST_PID = 50_000;

export class FakeAgentCommands {
  readonly #parts: Parts;
  /** Content by path; those of the host's commands only. */
  readonly #files = new Map<string, Buffer>();
  readonly #handles = new Map<number, string>();
  readonly #running = new Map<number, Running>();
  #next = FIRST_PID;
  /** True: the guest's settings forbid its agent to run anything. */
  isForbidden = false;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** What is left in the guest of commands of the host. */
  get leftovers(): string[] {
    return [...this.#files.keys()];
  }

  /** The answer to `guest-exec`; null if it is none of the scripts. */
  start(args: Record<string, unknown>): object | null {
    const path = String(args['path']);
    const arg = (args['arg'] as string[] | undefined) ?? [];
    const input = Buffer.from((args['input-data'] as string | undefined) ?? '', 'base64');
    if (this.#parts.isWindows) return this.#startInWindows(path, arg, input);
    const [flag, text, , first = '', second = ''] = arg;
    if (path !== '/bin/sh' || flag !== '-c') return null;
    switch (text) {
      case PREPARE:
        return this.#prepared(first);
      case RUN: {
        const [user, , ...argv] = arg.slice(8);
        // Behind the variables.
        if (argv[2] === FILES) return this.#passFiles(first, argv.slice(4), input.subarray(Number(arg[5])));
        const isLong = argv[2] === FROM_INPUT;
        const script = isLong ? input.toString('utf8', Number(arg[5]), Number(arg[5]) + Number(argv[4])) : '';
        const words = isLong ? ['/bin/sh', '-c', script] : argv;
        return this.#run(first, words, user === 'nobody-of-that-name' ? 'there is no such user' : null);
      }
      case KILL:
        return this.#kill(Number(second));
      case FINISH:
        for (const letter of ['o', 'e']) this.#print(first, letter, Buffer.from(second));
        return this.#done();
      case CLEAR:
        return this.#clear(first);
      default:
        return null;
    }
  }

  /** The answer to `guest-exec-status`; null for a pid that is none of these. */
  status(pid: number): object | null {
    const running = this.#running.get(pid);
    if (!running) return null;
    if (!running.end) return { return: { exited: false } };
    // Each end is told once.
    this.#running.delete(pid);
    return { return: { exited: true, ...running.end } };
  }

  file(call: string, args: Record<string, unknown>): object {
    const handle = Number(args['handle']);
    if (call === 'guest-file-open') {
      const path = String(args['path']);
      if (args['mode'] === 'w') this.#files.set(path, Buffer.alloc(0));
      if (!this.#files.has(path))
        return failure(`failed to open file '${path}' (mode: 'r'): No such file or directory`);
      this.#handles.set(++this.#next, path);
      return { return: this.#next };
    }
    const path = this.#handles.get(handle);
    if (path === undefined) return failure(`handle '${handle}' has not been found`);
    if (call === 'guest-file-close') {
      this.#handles.delete(handle);
      return { return: {} };
    }
    const bytes = (this.#files.get(path) ?? Buffer.alloc(0)).subarray(0, Number(args['count']));
    return { return: { count: bytes.length, 'buf-b64': bytes.toString('base64'), eof: true } };
  }

  #startInWindows(path: string, arg: readonly string[], input: Buffer): object {
    if (path === 'taskkill.exe') return this.#kill(Number(arg.at(-1)));
    if (path === 'cmd.exe') return this.#clear(arg.at(-1) ?? '');
    const script = Buffer.from(arg.at(-1) ?? '', 'base64').toString('utf16le');
    if (path !== 'powershell.exe') return failure(`Failed to execute helper program (${path})`);
    if (script === windows.PREPARE) return this.#prepared('C:\\Windows\\Temp');
    const line = input.indexOf(10);
    const {
      folder,
      endMark,
      program,
      arguments: rest,
      scriptName,
      scriptBytes,
    } = JSON.parse(input.toString('utf8', 0, line)) as RunHeader;
    const text = input.toString('utf8', line + 1, line + 1 + scriptBytes);
    if (text === `\ufeff${WINDOWS_FILES}`) {
      const rest = input.subarray(line + 1 + scriptBytes);
      const end = rest.indexOf(10);
      return this.#passFiles(
        folder,
        JSON.parse(rest.toString('utf8', 0, end)) as string[],
        rest.subarray(end + 1),
        endMark,
      );
    }
    // What cmd.exe is told about itself is not for the fake shell.
    const shell = text.replace('@echo off\r\nchcp 65001 > nul\r\n', '').replaceAll('\r\n', ';');
    const answer = this.#run(folder, scriptName === null ? [program, ...rest.split(' ')] : ['sh', '-c', shell], null);
    for (const letter of ['o', 'e']) this.#print(folder, letter, Buffer.from(endMark));
    return answer;
  }

  #prepared(base: string): object {
    this.#files.clear();
    return this.#done(base);
  }

  /** Of a program that has ended at once. */
  #done(stdout = ''): object {
    const pid = ++this.#next;
    this.#running.set(pid, {
      end: { exitcode: 0, ...(stdout !== '' && { 'out-data': Buffer.from(stdout).toString('base64') }) },
    });
    return { return: { pid } };
  }

  #run(folder: string, argv: readonly string[], refusal: string | null): object {
    const pid = ++this.#next;
    const running: Running = { end: null };
    this.#running.set(pid, running);
    const seconds = refusal === null ? sleepSeconds(argv) : null;
    if (seconds !== null) {
      running.timer = setTimeout(() => {
        running.end = { exitcode: 0 };
      }, seconds * 1000).unref();
      return { return: { pid } };
    }
    const { exitCode, stdout, stderr, isMissing } = refusal === null ? this.#shell(argv) : nothing;
    if (refusal !== null || isMissing) {
      this.#files.set(this.#in(folder, 'r'), Buffer.from(`2 ${refusal ?? 'there is no such program'}`));
      running.end = { exitcode: REFUSED };
    } else {
      this.#print(folder, 'o', Buffer.from(stdout));
      this.#print(folder, 'e', Buffer.from(stderr));
      running.end = { exitcode: exitCode };
    }
    return { return: { pid } };
  }

  /** `endMark`: of a system whose program puts it behind the outputs itself. */
  #passFiles(folder: string, argv: readonly string[], content: Buffer, endMark = ''): object {
    const pid = ++this.#next;
    const { exitCode, stdout, stderr, isLost } = runFiles(this.#parts, argv, content);
    if (isLost) return { return: { pid } };
    this.#running.set(pid, { end: { exitcode: exitCode } });
    this.#print(folder, 'o', stdout);
    this.#print(folder, 'e', stderr);
    if (endMark !== '') for (const letter of ['o', 'e']) this.#print(folder, letter, Buffer.from(endMark));
    return { return: { pid } };
  }

  #shell(argv: readonly string[]): ShellResult & { isMissing: boolean } {
    const isScript = argv[0]?.split('/').at(-1) === 'sh' && argv[1] === '-c';
    const line = isScript ? (argv[2] ?? '') : argv.map((word) => `'${word.replaceAll("'", `'"'"'`)}'`).join(' ');
    const result = runShellLine(line, this.#parts);
    return { ...result, isMissing: result.exitCode === 127 && !isScript };
  }

  #kill(pid: number): object {
    const running = this.#running.get(pid);
    if (running && !running.end) {
      clearTimeout(running.timer);
      running.end = this.#parts.isWindows ? { exitcode: 1 } : { signal: SIGKILL };
    }
    return this.#done();
  }

  #clear(folder: string): object {
    for (const path of Array.from(this.#files.keys()))
      if (path.startsWith(this.#in(folder, ''))) this.#files.delete(path);
    return this.#done();
  }

  #print(folder: string, letter: string, bytes: Buffer): void {
    let number = 0;
    while (this.#files.has(this.#in(folder, `${letter}.${number}`))) number++;
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
      this.#files.set(this.#in(folder, `${letter}.${number++}`), bytes.subarray(at, at + PIECE_BYTES));
    }
  }

  #in(folder: string, name: string): string {
    return `${folder}${this.#parts.isWindows ? '\\' : '/'}${name}`;
  }
}

const nothing = { exitCode: 0, stdout: '', stderr: '', isMissing: false };

function failure(desc: string): object {
  return { error: { class: 'GenericError', desc } };
}
