// Test support: real processes that work, sleep or eat memory, for the cgroups contract and the tests of real limits.
import {
  identifyProcess,
  isRunning,
  type ProcessIdentity,
  signalProcess,
  waitUntilGone,
} from '../host/process-identity.ts';
import { spawnProcess } from '../host/run-command.ts';

const PROGRAMS = {
  busy: ['sh', ['-c', 'while :; do :; done']],
  /** Makes a text of 64 MiB again and again: too large for malloc to keep, so each round takes new memory. */
  working: [
    'sh',
    [
      '-c',
      'while :; do x=0123456789abcdef; for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22; do x=$x$x; done; done',
    ],
  ],
  idle: ['sleep', ['300']],
  /** Buffers everything it reads, waiting for a line end that never comes. */
  hungry: ['tail', ['/dev/zero']],
} as const;

export class TestProcesses {
  readonly #started: ProcessIdentity[] = [];

  start(kind: keyof typeof PROGRAMS): Promise<ProcessIdentity> {
    const [command, args] = PROGRAMS[kind];
    return this.#start(command, args);
  }

  /** Waits for `gate` to be there, writes so many MiB into a file, and stays. */
  startWriting(gate: string, file: string, sizeMiB: number): Promise<ProcessIdentity> {
    const script = 'while [ ! -e "$1" ]; do sleep 0.01; done; head -c "$3"M /dev/zero > "$2"; exec sleep 300';
    return this.#start('sh', ['-c', script, 'sh', gate, file, String(sizeMiB)]);
  }

  async #start(command: string, args: readonly string[]): Promise<ProcessIdentity> {
    const child = await spawnProcess(command, args, { detached: false });
    const identity = await identifyProcess(child.pid ?? 0);
    if (!identity) throw new Error(`${command} ended at once`);
    this.#started.push(identity);
    return identity;
  }

  isRunning(process: ProcessIdentity): Promise<boolean> {
    return isRunning(process);
  }

  async endAll(): Promise<void> {
    for (const process of this.#started) await signalProcess(process, 'SIGKILL');
    for (const process of this.#started.splice(0)) {
      if (!(await waitUntilGone(process, 5_000))) throw new Error(`process ${process.pid} does not die`);
    }
  }
}

/** 4 hex digits no other test uses at the same time. */
export function randomTag(): string {
  return Math.floor(Math.random() * 0x1_0000)
    .toString(16)
    .padStart(4, '0');
}
