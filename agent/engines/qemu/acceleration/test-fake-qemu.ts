// Test support: stand-ins for QEMU. One is a program whose KVM and TCG behave as a test requests; the other only reports how
// long test guests took, so that a busy machine does not affect the result.
import { chmod, writeFile } from 'node:fs/promises';
import type { Measure } from './measure.ts';

/** Shell lines for a start with `-accel kvm`, and for any other; `$mark` is the exit status of a guest that did its work. */
export async function writeFakeQemu(file: string, kvm: string, tcg: string): Promise<void> {
  const script = `#!/bin/sh
case "$*" in *-kernel*) mark=87;; *) mark=85;; esac
case "$*" in *'-accel kvm'*) ${kvm};; *) ${tcg};; esac
`;
  await writeFile(file, script);
  await chmod(file, 0o755);
}

/**
 * How long guests take, in milliseconds, by test and acceleration; `hangs` never ends. A list is used in order, its last entry
 * repeatedly.
 */
export type Times = Record<`${'long-mode' | 'linux'} ${'kvm' | 'tcg'}`, number | 'hangs' | (number | 'hangs')[]>;

export const GOOD_KVM: Times = { 'long-mode tcg': 900, 'long-mode kvm': 200, 'linux tcg': 3000, 'linux kvm': 700 };
/** As a KVM that is an emulation: boot sectors end, kernels do not. */
export const IMITATION: Times = { ...GOOD_KVM, 'linux kvm': 'hangs' };
export const HANGING_KVM: Times = { ...IMITATION, 'long-mode kvm': 'hangs' };

export class ScriptedRuns {
  times: Times = GOOD_KVM;
  #made: string[] = [];

  readonly measure: Measure = async (_options, guest, kind, limitMs) => {
    const name = `${guest.name} ${kind}` as const;
    const before = this.#made.filter((made) => made === name).length;
    this.#made.push(name);
    const planned = [this.times[name]].flat();
    const ms = planned[Math.min(before, planned.length - 1)] ?? 'hangs';
    return ms === 'hangs' || ms > limitMs
      ? { ms: null, failure: { isTooSlow: true, limitMs, detail: '' } }
      : { ms, failure: null };
  };

  /** What was run since the last call: `linux kvm`, in order. */
  taken(): string[] {
    return this.#made.splice(0);
  }
}
