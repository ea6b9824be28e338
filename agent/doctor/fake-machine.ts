// Test support: a machine for tests of the checks, which has everything unless a test says otherwise.
import { reason } from '@tt/protocol';
import { RunError, type RunResult } from '../host/run-command.ts';
import type { Machine } from './machine.ts';

/** A program that ends only when it is aborted. */
export const HANGS = Symbol('hangs');

/** What each program prints; one that is not named is not installed. */
export type FakePrograms = Record<string, string | Error | typeof HANGS>;

const GIB = 1024 ** 3;

export function fakeMachine(programs: FakePrograms = {}, change: Partial<Machine> = {}): Machine {
  return {
    platform: 'linux',
    isRoot: false,
    env: { PATH: '/fake/bin' },
    nodeVersion: '24.21.0',
    root: '/fake/checkout',
    stateDirectory: '/fake/state',
    exists: (file) => file === '/usr/bin/apt-get',
    readText: async () => null,
    run: (command, args, { signal }) => runFake(programs[command], command, args, signal),
    canListenAt: async () => true,
    freeBytes: async () => 100 * GIB,
    memoryBacking: async () => null,
    describeStorage: async () => 'qcow2 overlays at /fake/state/disks',
    confinement: async () => ({ network: true, privileges: true }),
    memory: () => ({ totalBytes: 16 * GIB, availableBytes: 8 * GIB }),
    probeAcceleration: async () => ({
      kind: 'kvm',
      reason: reason('kvmGoodLinux', { kvmS: '0.61', tcgS: '2.9' }),
    }),
    askAgent: async () => null,
    ...change,
  };
}

async function runFake(
  answer: FakePrograms[string] | undefined,
  command: string,
  args: readonly string[],
  signal: AbortSignal | undefined,
): Promise<RunResult> {
  if (answer === undefined) throw new RunError({ command, args, exitCode: null, stderr: '', notFound: true });
  if (answer instanceof Error) throw answer;
  if (answer !== HANGS) return { exitCode: 0, stdout: answer, stderr: '' };
  return new Promise((_, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason as Error));
  });
}
