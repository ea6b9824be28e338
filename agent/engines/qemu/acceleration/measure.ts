// Runs a test guest once, with KVM or with TCG, and reports how long it took or why it did not end with its mark.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { RunError, runCommand } from '../../../host/run-command.ts';
import { ACCELERATION, MACHINE, SANDBOX } from '../command-line.ts';
import type { TestGuest } from './test-guest.ts';

/** From the start of QEMU to its end. */
export type Run = { ms: number; failure: null } | { ms: null; failure: Failure };

export interface Failure {
  /** True when it was still running at its limit. */
  isTooSlow: boolean;
  /** The limit it ran under. */
  limitMs: number;
  /** What QEMU said last, or its status. */
  detail: string;
}

export interface MeasureOptions {
  /** Absolute, made if it is not there. The guest's files go into a folder of their own in it. */
  stateDirectory: string;
  binary: string;
}

export type Measure = typeof measure;

/** Rejects with RunError `notFound` without QEMU; every other failure is a result. */
export async function measure(
  options: MeasureOptions,
  guest: TestGuest,
  kind: 'kvm' | 'tcg',
  limitMs: number,
): Promise<Run> {
  await mkdir(options.stateDirectory, { recursive: true, mode: 0o700 });
  const folder = await mkdtemp(path.join(options.stateDirectory, 'probe-'));
  try {
    const args = [...machineArguments(guest, kind), ...(await guest.prepare(folder))];
    const startedAt = performance.now();
    await runCommand(options.binary, args, { timeoutMs: limitMs, okExitCodes: [guest.exitStatus] });
    return { ms: Math.round(performance.now() - startedAt), failure: null };
  } catch (error) {
    if (!(error instanceof RunError) || error.notFound) throw error;
    return { ms: null, failure: { isTooSlow: error.timedOut, limitMs, detail: lastWords(error) } };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function machineArguments({ memoryMiB }: TestGuest, kind: 'kvm' | 'tcg'): string[] {
  return [
    ['-nodefaults', '-no-user-config', '-machine', MACHINE, ...ACCELERATION[kind], '-m', `${memoryMiB}M`],
    ['-display', 'none', '-no-reboot', '-device', 'isa-debug-exit,iobase=0xf4,iosize=0x04', ...SANDBOX],
  ].flat();
}

function lastWords(error: RunError): string {
  const lastLine = error.stderr.trim().split('\n').at(-1) ?? '';
  return lastLine || `QEMU exited with status ${error.exitCode ?? 'unknown'}`;
}
