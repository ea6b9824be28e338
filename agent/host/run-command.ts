// The only module that starts programs: lint forbids `child_process` elsewhere.
// Arguments are always an array, never a shell string, so no user input can become a command.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream';

/** How to run one command. `timeoutMs` has no default on purpose: every caller must say how long is too long. */
export interface RunOptions {
  /** After this many milliseconds the process group gets SIGKILL and {@link RunError} is thrown with `timedOut`. */
  timeoutMs: number;
  /** Aborting kills the process group with SIGKILL and rejects with the signal's reason. */
  signal?: AbortSignal;
  /** Working directory; default: this process's. */
  cwd?: string;
  /** Added to this process's environment. `LC_ALL=C` is always set: outputs are parsed, so they must not be translated. */
  env?: Record<string, string>;
  /** Run as this user and group, without any other group and without this process's environment; needs root. */
  user?: { uid: number; gid: number };
  /** Without this process's environment, as with `user`. */
  withoutEnvironment?: boolean;
  /** Open descriptors of this process that the program has as 3, 4, and so on. */
  files?: readonly number[];
  /** Open descriptors of this process to be its standard input (instead of `input`) and output (which is then not collected). */
  stdinFd?: number;
  stdoutFd?: number;
  /** Written to standard input, which is then closed; default: nothing. */
  input?: string | Uint8Array;
  /** Standard input stays open until this settles. */
  closeInputAfter?: Promise<unknown>;
  /** Exit codes that are an answer, not a failure; default `[0]`. */
  okExitCodes?: readonly number[];
  /** Standard output and error are each cut after this many bytes (the head is kept); default 16 MiB. */
  maxOutputBytes?: number;
  /** Called with each chunk of output as it arrives, for progress. */
  onStdout?: (text: string) => void;
  onStderr?: (text: string) => void;
  /** Called with each piece of standard output as it is, which is then not collected. Must not throw. */
  onBytes?: (bytes: Buffer) => void;
}

export interface RunResult {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/**
 * A command that could not be started, failed, or was too slow. `args` never contain secrets: those are passed by file or
 * stdin.
 */
export class RunError extends Error {
  override readonly name = 'RunError';
  readonly command: string;
  readonly args: readonly string[];
  /** null when it was killed or never started. */
  readonly exitCode: number | null;
  /** What killed it, e.g. SIGXFSZ; null when nothing did. */
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
  readonly timedOut: boolean;
  /** True when the program is not installed (ENOENT). */
  readonly notFound: boolean;

  constructor(details: {
    command: string;
    args: readonly string[];
    exitCode: number | null;
    signal?: NodeJS.Signals | null;
    stderr: string;
    timedOut?: boolean;
    notFound?: boolean;
    cause?: unknown;
  }) {
    const why = details.notFound
      ? 'is not installed'
      : details.timedOut
        ? 'took too long and was killed'
        : `exited with ${details.exitCode ?? 'a signal'}`;
    super(`${details.command} ${why}: ${details.stderr.trim().slice(-2000)}`, { cause: details.cause });
    this.command = details.command;
    this.args = details.args;
    this.exitCode = details.exitCode;
    this.signal = details.signal ?? null;
    this.stderr = details.stderr;
    this.timedOut = details.timedOut ?? false;
    this.notFound = details.notFound ?? false;
  }
}

/** Runs a program to its end. A timeout or an abort kills its whole process group, so no grandchild is left. */
export async function runCommand(command: string, args: readonly string[], options: RunOptions): Promise<RunResult> {
  options.signal?.throwIfAborted();
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: {
      ...inherited(options.user !== undefined || options.withoutEnvironment === true),
      PATH: searchPath(),
      ...options.env,
      LC_ALL: 'C',
    },
    stdio: [options.stdinFd ?? 'pipe', options.stdoutFd ?? 'pipe', 'pipe', ...(options.files ?? [])],
    detached: true,
    ...options.user,
  });
  const maxBytes = options.maxOutputBytes ?? 16 * 1024 * 1024;
  const stdout = options.onBytes
    ? pass(child.stdout, options.onBytes)
    : collect(child.stdout, maxBytes, options.onStdout);
  const stderr = collect(child.stderr, maxBytes, options.onStderr);
  let timedOut = false;
  const killGroup = () => signalGroup(child, 'SIGKILL');
  const timer = setTimeout(() => {
    timedOut = true;
    killGroup();
  }, options.timeoutMs);
  options.signal?.addEventListener('abort', killGroup, { once: true });
  // A program may exit without reading its input; EPIPE then says nothing the exit code does not say better.
  child.stdin?.on('error', () => {});
  const endInput = () => child.stdin?.end(options.input ?? '');
  if (options.closeInputAfter) void options.closeInputAfter.then(endInput, endInput);
  else endInput();
  try {
    const [exitCode, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
    options.signal?.throwIfAborted();
    const result = { exitCode: exitCode ?? -1, stdout: stdout(), stderr: stderr() };
    if (exitCode === null || timedOut || !(options.okExitCodes ?? [0]).includes(exitCode)) {
      throw new RunError({ command, args, exitCode, signal, stderr: result.stderr, timedOut });
    }
    return result;
  } catch (error) {
    if (isMissing(error)) {
      throw new RunError({ command, args, exitCode: null, stderr: '', notFound: true, cause: error });
    }
    throw error;
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', killGroup);
  }
}

/** How to start a program that keeps running. */
export interface SpawnOptions {
  cwd?: string;
  env?: Record<string, string>;
  /** As in {@link RunOptions}. */
  user?: { uid: number; gid: number };
  /** File descriptors for standard output and error; default: both ignored. */
  stdoutFd?: number;
  stderrFd?: number;
  /** What the program reads from its descriptor 3. It may end before it has read all. */
  feed?: Readable;
  /** Open descriptors of this process that the program has after that: with a `feed` as 4, 5, and so on. */
  files?: readonly number[];
  /** True gives it a separate session that outlives this process (a guest); false makes it die with its terminal. */
  detached: boolean;
}

/** Starts a program and returns once it runs; rejects with {@link RunError} when it can't be started at all. */
export async function spawnProcess(
  command: string,
  args: readonly string[],
  options: SpawnOptions,
): Promise<ChildProcess> {
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { ...inherited(options.user !== undefined), PATH: searchPath(), ...options.env },
    stdio: [
      'ignore',
      options.stdoutFd ?? 'ignore',
      options.stderrFd ?? 'ignore',
      ...(options.feed ? (['pipe'] as const) : []),
      ...(options.files ?? []),
    ],
    detached: options.detached,
    // Node drops the other groups when a user is given (libuv's uv_spawn calls setgroups), and goes to `cwd` before.
    ...options.user,
  });
  try {
    await once(child, 'spawn');
  } catch (error) {
    throw new RunError({ command, args, exitCode: null, stderr: '', notFound: isMissing(error), cause: error });
  }
  if (options.feed) feedInto(child, options.feed);
  if (options.detached) child.unref();
  return child;
}

/** Whether the program had enough is for those to find out who talk to it. */
function feedInto({ stdio: [, , , fourth] }: ChildProcess, feed: Readable): void {
  pipeline(feed, fourth as Writable, () => {});
}

/** The program that {@link runCommand} would start: absolute, or as given if that is a path. Null if not found. */
export async function findProgram(command: string): Promise<string | null> {
  const folders = command.includes('/') ? [''] : searchPath().split(path.delimiter);
  for (const folder of folders) {
    const file = path.join(folder, command);
    // Not allowed to look or not there: the next folder is tried, as execvp(3) does.
    const isFound = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isFound) return file;
  }
  return null;
}

function pass(stream: NodeJS.ReadableStream | null, onBytes: (bytes: Buffer) => void): () => string {
  stream?.on('data', onBytes);
  return () => '';
}

function collect(
  stream: NodeJS.ReadableStream | null,
  maxBytes: number,
  onText?: (text: string) => void,
): () => string {
  const chunks: Buffer[] = [];
  let bytes = 0;
  stream?.on('data', (chunk: Buffer) => {
    onText?.(chunk.toString('utf8'));
    if (bytes >= maxBytes) return;
    chunks.push(chunk.subarray(0, maxBytes - bytes));
    bytes += chunk.length;
  });
  return () => Buffer.concat(chunks).toString('utf8');
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** A user can read the environment of their own processes (proc(5)), and the agent's environment is not for them. */
function inherited(isClosed: boolean): NodeJS.ProcessEnv {
  return isClosed ? {} : process.env;
}

/** Ordinary users of Debian have no sbin in their PATH, though mke2fs and debugfs live there and need no root. */
function searchPath(): string {
  return [process.env['PATH'] ?? '', '/usr/sbin', '/sbin'].filter((part) => part !== '').join(path.delimiter);
}

function isMissing(error: unknown): boolean {
  // EACCES comes from a folder in PATH that may not be searched, when no other has the program.
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return code === 'ENOENT' || code === 'EACCES';
}
